"""Gives the tests of several services together their marketplace."""

from tests.integration.fixtures import marketplace, pytest_runtest_makereport, quiet_marketplace

__all__ = ["marketplace", "pytest_runtest_makereport", "quiet_marketplace"]
