"""Proofs of the doors."""
