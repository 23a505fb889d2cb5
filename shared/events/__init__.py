"""The words that services say to each other."""
