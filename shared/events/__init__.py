"""The words that services say to each other; importing this package declares every one of them."""

from shared.events import identity, vendor

__all__ = ["identity", "vendor"]
