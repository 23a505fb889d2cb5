"""The tables that this service's handlers write, declared so that they can be replayed, compared and made again."""

from services.vendor.domain import mappings, replica
from shared.messaging.replay.projection import Projection, Projections

PROJECTIONS = Projections(
    tables=(
        Projection(
            table="invite_outcome",
            key=("event_id",),
            of="customer_id",
            fact=True,
            at="occurred_at",
            volatile=("decided_at",),
        ),
        Projection(
            table="vendor_customer_removal",
            key=("vendor_id", "customer_id", "removed_at"),
            of="customer_id",
            fact=True,
            at="removed_at",
        ),
        Projection(table="customer", key=("id",), of="id", definition=replica.DEFINITION),
        Projection(
            table="vendor_customer",
            key=("vendor_id", "customer_id"),
            of="customer_id",
            definition=mappings.DEFINITION,
        ),
    ),
    restore=mappings.restore,
)
