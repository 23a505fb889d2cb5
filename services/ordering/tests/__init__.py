"""Proofs that mirror the files of the ordering service."""
