"""Proofs that mirror the files of the vendor service."""
