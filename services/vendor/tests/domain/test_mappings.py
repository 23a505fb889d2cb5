"""Customer lists made again from the recorded facts."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from services.vendor.consumers import on_customer_erased, on_customers_created
from services.vendor.domain import mappings, removals
from services.vendor.models import VendorCustomer, VendorInviteToken
from services.vendor.tests.building import HOUR, NOON, created, erased, invite, rows, vendor
from shared.events.ids import new_id


def come_and_go(session: Session, link: VendorInviteToken, times: int) -> None:
    """Somebody is linked, and `times` times taken off and, but for the last, brought back."""
    person = new_id()
    for step in range(times + 1):
        on_customers_created(session, [created(link.token, customer=person, at=NOON + 2 * step * HOUR)])
        if step < times or times == 3:
            removals.remove(session, link.vendor_id, person, NOON + (2 * step + 1) * HOUR)


def test_all_rows_come_back_as_they_were(session: Session) -> None:
    link = invite(session, vendor(session))
    for times in range(4):
        come_and_go(session, link, times)
    left = created(link.token)
    on_customers_created(session, [left])
    on_customer_erased(session, erased(left.event.customer_id))
    live = rows(session, "vendor_customer")
    assert sorted((row[9], row[8] is None) for row in live) == [
        (1, True),
        (2, False),
        (3, True),
        (5, True),
        (8, False),
    ]
    session.execute(delete(VendorCustomer))
    assert mappings.restore(session) == len(live)
    assert rows(session, "vendor_customer") == live


def test_rows_that_are_there_are_left_alone(session: Session) -> None:
    link = invite(session, vendor(session))
    events = [created(link.token) for _ in range(2)]
    on_customers_created(session, events)
    lost = events[0].event.customer_id
    session.execute(delete(VendorCustomer).where(VendorCustomer.customer_id == lost))
    assert mappings.restore(session, [events[1].event.customer_id]) == 0
    assert mappings.restore(session, []) == 0
    assert mappings.restore(session, [lost]) == 1


def test_nobody_is_taken_off_before_they_came(session: Session) -> None:
    seller = vendor(session)
    event = created(invite(session, seller).token)
    on_customers_created(session, [event])
    removals.remove(session, seller.id, event.event.customer_id, NOON - HOUR)
    assert rows(session, "vendor_customer")[0][8] == NOON
