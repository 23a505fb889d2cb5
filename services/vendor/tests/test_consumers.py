"""What becomes of identity's events: any mix in one batch, any order, any number of times."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.vendor.consumers import on_customer_erased, on_customer_updated, on_customers_created
from services.vendor.domain import removals
from services.vendor.tests.building import (
    HOUR,
    LONG_AGO,
    NOON,
    announced,
    created,
    erased,
    everything,
    invite,
    outcomes,
    rows,
    updated,
    vendor,
)
from shared.events.ids import derived_id, new_id


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
    said = announced(session, "vendor_customer.linked")
    assert {news["cause_id"] for news in said} == {str(event.id) for event in events}


def test_every_token_gets_an_outcome_and_every_outcome_is_announced(session: Session) -> None:
    seller = vendor(session)
    shut = vendor(session, "Shut", [(LONG_AGO, "approved"), (NOON - HOUR, "suspended")])
    twice = new_id()
    told = {
        "linked": created(invite(session, seller).token, customer=twice),
        "unknown_token": created("no-such-token"),
        "expired": created(invite(session, seller, expires_at=NOON).token),
        "revoked": created(invite(session, seller, revoked_at=NOON).token),
        "vendor_not_approved": created(invite(session, shut).token),
        "already_linked": created(invite(session, seller).token, customer=twice, at=NOON + HOUR),
    }
    on_customers_created(session, [*told.values(), created()])
    assert outcomes(session, *told.values()) == list(told)
    refused = {news["reason"]: news for news in announced(session, "vendor_invite.refused")}
    assert set(refused) == set(told) - {"linked"}
    assert refused["unknown_token"]["vendor_id"] is None
    assert refused["expired"]["vendor_id"] == str(seller.id)
    assert len(rows(session, "customer")) == len(told)


def test_registrations_without_a_token_only_leave_a_name(session: Session) -> None:
    on_customers_created(session, [created(), created("")])
    assert len(rows(session, "customer")) == 2
    assert not rows(session, "invite_outcome")


def test_limited_links_in_one_batch_bring_as_many_as_they_may(session: Session) -> None:
    seller = vendor(session)
    one, two = (invite(session, seller, max_uses=uses) for uses in (1, 2))
    early, late = created(one.token, at=NOON), created(one.token, at=NOON + HOUR)
    pairs = [created(two.token) for _ in range(4)]
    on_customers_created(session, [late, *pairs, early])
    assert outcomes(session, early, late) == ["linked", "exhausted"]
    assert sorted(map(str, outcomes(session, *pairs))) == ["exhausted", "exhausted", "linked", "linked"]


@pytest.mark.parametrize("together", [True, False])
def test_somebody_listed_takes_no_use(session: Session, *, together: bool) -> None:
    seller, person = vendor(session), new_id()
    limited = invite(session, seller, max_uses=1)
    first = created(invite(session, seller).token, customer=person)
    again, other = created(limited.token, customer=person, at=NOON + HOUR), created(limited.token, at=NOON + 2 * HOUR)
    for batch in [[first, again, other]] if together else [[first], [again, other]]:
        on_customers_created(session, batch)
    assert outcomes(session, first, again, other) == ["linked", "already_linked", "linked"]
    late = created(limited.token, customer=person, at=NOON + 3 * HOUR)
    on_customers_created(session, [late])
    assert outcomes(session, late) == ["already_linked"]


@pytest.mark.parametrize("batch", [1, 3])
def test_redelivery_changes_nothing(session: Session, batch: int) -> None:
    seller = vendor(session)
    link = invite(session, seller, max_uses=2)
    events = [created(link.token, at=NOON + n * HOUR) for n in range(3)]
    on_customers_created(session, events)
    before, said = everything(session), announced(session, "vendor_customer.linked")
    for start in range(0, 3, batch):
        on_customers_created(session, [*events[start : start + batch], events[start]])
    assert everything(session) == before
    assert announced(session, "vendor_customer.linked") == said


def test_the_same_event_twice_in_one_batch_counts_once(session: Session) -> None:
    link = invite(session, vendor(session), max_uses=2)
    event, other = created(link.token), created(link.token)
    on_customers_created(session, [event, event, other])
    assert outcomes(session, event, other) == ["linked", "linked"]


def test_the_status_counts_as_of_the_registration(session: Session) -> None:
    shut_then = vendor(
        session,
        "Was shut",
        [(LONG_AGO, "approved"), (NOON - HOUR, "suspended"), (NOON + HOUR, "approved")],
    )
    open_then = vendor(session, "Was open", [(LONG_AGO, "approved"), (NOON + HOUR, "suspended")])
    refused, welcome = created(invite(session, shut_then).token), created(invite(session, open_then).token)
    on_customers_created(session, [refused, welcome])
    assert outcomes(session, refused, welcome) == ["vendor_not_approved", "linked"]


def test_a_removed_customer_stays_removed_until_a_new_invitation(session: Session) -> None:
    seller, person = vendor(session), new_id()
    link = invite(session, seller)
    event = created(link.token, customer=person)
    on_customers_created(session, [event])
    assert removals.remove(session, seller.id, person, NOON + HOUR)
    on_customers_created(session, [event])
    (removed,) = rows(session, "vendor_customer")
    assert (removed[8], removed[9]) == (NOON + HOUR, 2)
    again = created(link.token, customer=person, at=NOON + 2 * HOUR)
    on_customers_created(session, [again])
    (back,) = rows(session, "vendor_customer")
    assert back[0] == removed[0]
    assert back[5:] == (again.id, NOON, NOON + 2 * HOUR, None, 3)


@pytest.mark.parametrize("together", [True, False])
def test_an_older_invitation_that_arrives_late_brings_nobody_back(session: Session, *, together: bool) -> None:
    seller, person = vendor(session), new_id()
    link = invite(session, seller)
    on_customers_created(session, [created(link.token, customer=person)])
    removals.remove(session, seller.id, person, NOON + 2 * HOUR)
    late = [created(link.token, customer=person, at=NOON + hours * HOUR) for hours in (1, 2)]
    for batch in [late] if together else [[event] for event in late]:
        on_customers_created(session, batch)
    assert outcomes(session, *late) == ["already_linked", "already_linked"]
    assert rows(session, "vendor_customer")[0][8] == NOON + 2 * HOUR


def test_of_two_late_invitations_around_a_removal_the_newer_counts(session: Session) -> None:
    seller, person = vendor(session), new_id()
    link = invite(session, seller)
    on_customers_created(session, [created(link.token, customer=person)])
    removals.remove(session, seller.id, person, NOON + 2 * HOUR)
    before, after = (created(link.token, customer=person, at=NOON + hours * HOUR) for hours in (1, 3))
    on_customers_created(session, [after, before])
    assert outcomes(session, before, after) == ["already_linked", "linked"]


def test_a_row_that_went_missing_is_made_again_without_a_word(session: Session) -> None:
    event = created(invite(session, vendor(session)).token)
    on_customers_created(session, [event])
    before, said = everything(session), len(announced(session, "vendor_customer.linked"))
    session.execute(text("DELETE FROM vendor_customer"))
    on_customers_created(session, [event])
    assert everything(session) == before
    assert len(announced(session, "vendor_customer.linked")) == said


def test_the_newest_name_is_kept_whatever_comes_last(session: Session) -> None:
    event = created(name="Ada")
    person = event.event.customer_id
    on_customer_updated(session, updated(person, name="Grace", version=3))
    on_customers_created(session, [event])
    on_customer_updated(session, updated(person, name="Joan", version=2))
    assert rows(session, "customer") == [(person, "grace@x.example", "Grace", 3, None)]


def test_two_versions_of_one_person_in_one_batch(session: Session) -> None:
    person = new_id()
    on_customers_created(
        session, [created(customer=person, name="New", version=2), created(customer=person, name="Old")]
    )
    assert rows(session, "customer")[0][2:4] == ("New", 2)


def test_who_leaves_is_forgotten_and_taken_off_every_list(session: Session) -> None:
    person = new_id()
    events = [created(invite(session, vendor(session)).token, customer=person) for _ in "AB"]
    on_customers_created(session, events)
    left = erased(person)
    on_customer_erased(session, left)
    on_customer_erased(session, left)
    assert rows(session, "customer") == [(person, None, None, 9, left.event.erased_at)]
    assert [row[8:] for row in rows(session, "vendor_customer")] == [(left.event.erased_at, 2)] * 2
    said = announced(session, "vendor_customer.unlinked")
    assert [news["reason"] for news in said] == ["customer_erased"] * 2


def test_leaving_before_the_registration_arrives_ends_in_the_same_rows(session: Session) -> None:
    seller, person = vendor(session), new_id()
    came, went = created(invite(session, seller).token, customer=person), erased(person)
    start = session.begin_nested()
    on_customers_created(session, [came])
    on_customer_erased(session, went)
    in_order = everything(session)
    start.rollback()
    on_customer_erased(session, went)
    on_customers_created(session, [came])
    assert everything(session) == in_order
    assert len(announced(session, "vendor_customer.unlinked")) == 1
