"""Tests of the catalog service, beside what they prove."""
