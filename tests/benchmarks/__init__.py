"""That the benchmarks run; what they measure is judged by `make bench`."""
