"""The web application of the catalog service."""

from flask import Flask

from services.catalog import __version__
from services.catalog.api import (
    admin_categories,
    admin_images,
    admin_products,
    categories,
    imports,
    inside,
    products,
    stock,
    vendor_images,
    vendor_products,
)
from services.catalog.settings import Settings
from shared.kit import app as kit
from shared.kit.auth import TokenVerifier
from shared.kit.database import Database

DOORS = (
    products,
    categories,
    vendor_products,
    vendor_images,
    stock,
    imports,
    admin_products,
    admin_images,
    admin_categories,
)
INSIDE = (inside.blueprint,)


def create_app(settings: Settings, database: Database, verifier: TokenVerifier | None = None) -> Flask:
    """Build the application; tokens are checked with identity's published keys unless a `verifier` is given."""
    return kit.create_app(
        settings,
        title="Catalog",
        version=__version__,
        blueprints=[door.blueprint for door in DOORS],
        database=database,
        verifier=verifier,
        largest_body=128 * kit.KIBIBYTE,
    )
