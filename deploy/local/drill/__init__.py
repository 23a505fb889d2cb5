"""The drill: every fault that can lose a mapping is brought about, found by `explain`, and mended."""
