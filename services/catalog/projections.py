"""The tables that this service's handlers write, declared so that they can be replayed, compared and made again."""

from services.catalog.domain import links, vendors
from shared.messaging.replay.projection import Projection, Projections

PROJECTIONS = Projections(
    tables=(
        Projection(table="vendor", key=("id",), of="id", definition=vendors.DEFINITION),
        Projection(
            table="vendor_status",
            key=("vendor_id", "version"),
            of="vendor_id",
            definition=vendors.STATUS_DEFINITION,
        ),
        Projection(
            table="link",
            key=("vendor_id", "customer_id"),
            of="vendor_customer_id",
            definition=links.DEFINITION,
        ),
        Projection(
            table="link_change",
            key=("vendor_id", "customer_id", "version"),
            of="vendor_customer_id",
            definition=links.CHANGE_DEFINITION,
        ),
    ),
)
