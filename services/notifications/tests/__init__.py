"""Tests of notifications; they mirror its files."""
