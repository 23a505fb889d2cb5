"""What becomes of identity's events: any mix in one batch, any order, any number of times."""

from sqlalchemy.orm import Session

from services.vendor.consumers import on_customers_created
from services.vendor.tests.building import (
    NOON,
    announced,
    created,
    invite,
    rows,
    vendor,
)
from shared.events.ids import derived_id


def test_everyone_who_registers_through_the_link_is_listed(session: Session) -> None:
    seller = vendor(session)
    link = invite(session, seller)
    events = [created(link.token) for _ in "ABC"]
    on_customers_created(session, events)
    listed = rows(session, "vendor_customer")
    assert {row[0] for row in listed} == {derived_id(event.id, "vendor_customer") for event in events}
    assert {row[2] for row in listed} == {event.event.customer_id for event in events}
    assert {(row[1], row[3], row[4], row[6], row[7], row[9]) for row in listed} == {
        (seller.id, link.id, "registration", NOON, NOON, 1)
    }
    assert {news["cause_id"] for news in announced(session, "vendor_customer.linked")} == {str(e.id) for e in events}
