"""The tables that this service's handlers write, declared so that they can be replayed, compared and made again."""

from services.vendor.domain import mappings, replica
from shared.messaging.replay.projection import Context, Projection, Projections

LIMITED = "invite_token_id IN (SELECT id FROM vendor_invite_token WHERE max_uses IS NOT NULL)"
"""Who used a link that has an end decides about the next."""

USED = "token IN (SELECT envelope->'data'->'metadata'->>'invite_token' FROM slice)"
OF_USED = f"IN (SELECT vendor_id FROM vendor_invite_token WHERE {USED})"  # noqa: S608 - made of this module's own words
USES_BY_OTHERS = f"""{LIMITED} AND outcome = 'linked' AND event_id NOT IN (SELECT event_id FROM slice)
    AND invite_token_id IN (SELECT id FROM vendor_invite_token WHERE {USED})
    AND decided_at <= (SELECT max(received_at) FROM inbox JOIN slice USING (event_id))"""  # noqa: S608 - made of this module's own words
"""What a link that has an end was used for before the events of a slice came."""

PROJECTIONS = Projections(
    tables=(
        Projection(
            table="invite_outcome",
            key=("event_id",),
            of="customer_id",
            fact=True,
            at="occurred_at",
            judged="source = 'registration'",
            beside=f"{LIMITED} AND outcome = 'linked'",
            volatile=("decided_at",),
        ),
        Projection(
            table="vendor_customer_removal",
            key=("vendor_id", "customer_id", "removed_at"),
            of="customer_id",
            fact=True,
            at="removed_at",
            judged="reason = 'customer_erased'",
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
    context=(
        Context(table="vendor", needed=f"id {OF_USED}"),
        Context(table="vendor_status", needed=f"vendor_id {OF_USED}"),
        Context(table="vendor_invite_token", needed=USED),
        Context(table="invite_outcome", needed=USES_BY_OTHERS),
    ),
)
