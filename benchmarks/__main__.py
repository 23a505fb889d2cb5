"""`python -m benchmarks`: the messaging benchmark, see `--help`."""

from benchmarks.messaging import main

if __name__ == "__main__":
    main()
