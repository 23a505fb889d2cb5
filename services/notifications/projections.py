"""The tables that handlers write, declared so that they can be replayed, compared and made again.

What was told is a fact: whom it concerned was judged by who owned which shop, and who was an admin, when it came. A
replay leaves it as it is, and makes again what is missing. Deliveries are no projection: they are written once, by the
first appearance of a message, and the database refuses them while a replay is on.
"""

from services.notifications.domain import people, vendors
from shared.messaging.replay.projection import Projection, Projections

PROJECTIONS = Projections(
    tables=(
        Projection(table="person", key=("id",), of="id", fact=True, definition=people.DEFINITION),
        Projection(table="vendor", key=("id",), of="id", fact=True, definition=vendors.DEFINITION),
        Projection(
            table="message",
            key=("id",),
            of="aggregate_id",
            fact=True,
            at="occurred_at",
            volatile=("arrived_at", "read_at"),
        ),
    ),
)
