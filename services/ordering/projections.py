"""The tables that hold others' words, declared so that they can be replayed, compared and made again."""

from services.ordering.domain import leaving, links, products, vendors
from shared.messaging.replay.projection import Projection, Projections

PROJECTIONS = Projections(
    tables=(
        Projection(table="product", key=("id",), of="id", definition=products.DEFINITION),
        Projection(table="vendor", key=("id",), of="id", definition=vendors.DEFINITION),
        Projection(table="commission_rate", key=("vendor_id", "version"), of="vendor_id", definition=vendors.RATES),
        Projection(
            table="vendor_customer", key=("vendor_id", "customer_id"), of="customer_id", definition=links.DEFINITION
        ),
        Projection(table="erased_customer", key=("customer_id",), of="customer_id", definition=leaving.DEFINITION),
    ),
)
