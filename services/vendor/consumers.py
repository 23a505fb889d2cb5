"""What identity tells us: who registered and with which token, what they are called now, who has left."""

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from services.vendor.domain import applications, removals, replica, standing, vendors
from services.vendor.domain.claims import Claim
from services.vendor.domain.invites import Source
from services.vendor.domain.replica import News
from services.vendor.domain.settling import settle
from shared.events.envelope import Envelope
from shared.events.identity import CustomerCreated, CustomerErased, CustomerUpdated
from shared.messaging.handlers import Handlers, batched
from shared.messaging.replay.shadow import is_replaying


def on_customers_created(session: Session, envelopes: Sequence[Envelope[CustomerCreated]]) -> None:
    """Learn names, settle every token that came along, and let go again of who had left before this arrived."""
    late = set(replica.learn(session, [_news(envelope) for envelope in envelopes]))
    settle(session, _claims(envelopes))
    if late:
        causes = {envelope.event.customer_id: envelope for envelope in envelopes}
        removals.remove_erased(session, {customer: causes[customer] for customer in late})


def on_customer_updated(session: Session, envelope: Envelope[CustomerUpdated]) -> None:
    """Show the new name and e-mail on every list, unless something newer is known."""
    replica.learn(session, [_news(envelope)])


def on_customer_erased(session: Session, envelope: Envelope[CustomerErased]) -> None:
    """Forget name and e-mail, take the person off every list, let them sell no more; nothing late undoes it.

    What they sold and applied for is no list that events make: a replay leaves it alone.
    """
    customer, left = envelope.event.customer_id, envelope.event.erased_at
    selling = not is_replaying(session)
    if selling:
        vendors.alone_with(session, customer)  # before the person's row, as whoever applies does
    replica.learn(session, [News(customer, envelope.aggregate_version, erased_at=left)])
    removals.remove_erased(session, {customer: envelope})
    if selling:
        applications.forget(session, customer, left)
        standing.owner_left(session, customer, left, envelope)


HANDLERS: Handlers = {
    CustomerCreated: batched(on_customers_created),
    CustomerUpdated: on_customer_updated,
    CustomerErased: on_customer_erased,
}


def _news(envelope: Envelope[CustomerCreated] | Envelope[CustomerUpdated]) -> News:
    event = envelope.event
    return News(event.customer_id, envelope.aggregate_version, event.email, event.name)


def _claims(envelopes: Sequence[Envelope[CustomerCreated]]) -> Iterator[Claim]:
    for envelope in envelopes:
        event, token = envelope.event, envelope.event.metadata.get("invite_token")
        if token:
            yield Claim(envelope.id, event.customer_id, token, event.registered_at, Source.REGISTRATION, envelope)
