"""The tables by what they are about; `models` is their door."""
