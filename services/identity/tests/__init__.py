"""Identity's proofs, file by file."""
