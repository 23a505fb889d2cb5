"""The web application of the ordering service."""

from flask import Flask

from services.ordering import __version__
from services.ordering.api import (
    admin_discounts,
    admin_orders,
    admin_payouts,
    cart,
    inside,
    ledger,
    orders,
    statistics,
    vendor_orders,
)
from services.ordering.settings import Settings
from shared.kit import app as kit
from shared.kit.auth import TokenVerifier
from shared.kit.database import Database

DOORS = (cart, orders, vendor_orders, ledger, statistics, admin_orders, admin_discounts, admin_payouts)
INSIDE = (inside.blueprint,)


def create_app(settings: Settings, database: Database, verifier: TokenVerifier | None = None) -> Flask:
    """Build the application; tokens are checked with identity's published keys unless a `verifier` is given."""
    return kit.create_app(
        settings,
        title="Ordering",
        version=__version__,
        blueprints=[door.blueprint for door in DOORS],
        database=database,
        verifier=verifier,
    )
