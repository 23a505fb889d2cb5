"""An invitation as the invited person meets it."""

import pytest
from sqlalchemy.orm import Session

from services.vendor.consumers import on_customer_erased, on_customers_created
from services.vendor.domain import customers, histories, invitations
from services.vendor.domain.replica import AccountErased
from services.vendor.tests.building import HOUR, LONG_AGO, NOON, announced, created, erased, invite, rows, vendor
from shared.events.ids import new_id


def test_a_preview_says_whose_it_is_and_records_nothing(session: Session) -> None:
    seller = vendor(session)
    link = invite(session, seller, max_uses=1, expires_at=NOON + HOUR)
    answer = invitations.preview(session, link.token, NOON)
    assert (answer.outcome, answer.vendor, answer.sentence) == ("linked", seller, f"{seller.name} invites you.")
    on_customers_created(session, [created(link.token)])
    assert invitations.preview(session, link.token, NOON).outcome == "exhausted"
    late = invitations.preview(session, link.token, NOON + HOUR)
    assert (late.outcome, late.sentence) == ("expired", f"{seller.name}'s invitation expired on 1 March 2026.")
    assert invitations.preview(session, "nonsense", NOON).vendor is None
    assert len(rows(session, "invite_outcome")) == 1


def test_accepting_links_records_and_announces(session: Session) -> None:
    seller, person = vendor(session), new_id()
    link = invite(session, seller)
    answer = invitations.accept(session, link.token, person, NOON)
    assert (answer.outcome, answer.sentence) == (
        "linked",
        f"You are on {seller.name}'s customer list, as of 1 March 2026.",
    )
    (mapping,), (outcome,) = rows(session, "vendor_customer"), rows(session, "invite_outcome")
    assert (mapping[2], mapping[4], mapping[5]) == (person, "acceptance", outcome[0])
    assert announced(session, "vendor_customer.linked")[0]["source"] == "acceptance"
    assert invitations.accept(session, link.token, person, NOON + HOUR).outcome == "already_linked"


def test_a_refused_acceptance_is_recorded_and_announced(session: Session) -> None:
    person = new_id()
    assert invitations.accept(session, "x" * 5000, person, NOON).outcome == "unknown_token"
    assert len(rows(session, "invite_outcome")[0][2]) == invitations.LONGEST_TOKEN
    assert announced(session, "vendor_invite.refused")[0]["source"] == "acceptance"


def test_a_new_acceptance_revives_a_removed_customer(session: Session) -> None:
    seller, person = vendor(session), new_id()
    link = invite(session, seller)
    registered = created(link.token, customer=person)
    on_customers_created(session, [registered])
    customers.remove(session, seller.id, person, NOON + HOUR)
    assert invitations.accept(session, link.token, person, NOON + 2 * HOUR).outcome == "linked"
    on_customers_created(session, [registered])
    (row,) = rows(session, "vendor_customer")
    assert (row[4], row[8], row[9]) == ("acceptance", None, 3)
    said = announced(session, "vendor_customer.linked")
    assert said[0]["vendor_customer_id"] == said[1]["vendor_customer_id"] == str(row[0])


def test_vendors_are_not_on_their_own_lists(session: Session) -> None:
    seller = vendor(session)
    with pytest.raises(invitations.OwnInvitation):
        invitations.accept(session, invite(session, seller).token, seller.user_id, NOON)
    assert not rows(session, "invite_outcome")


def test_who_has_left_accepts_nothing(session: Session) -> None:
    person = new_id()
    on_customer_erased(session, erased(person))
    with pytest.raises(AccountErased):
        invitations.accept(session, invite(session, vendor(session)).token, person, NOON + 9 * HOUR)


def test_a_person_reads_what_became_of_their_invitations(session: Session) -> None:
    seller, person = vendor(session), new_id()
    old = invite(session, seller, expires_at=NOON - HOUR)
    on_customers_created(session, [created(old.token, customer=person, at=NOON)])
    invitations.accept(session, invite(session, seller).token, person, NOON + HOUR)
    customers.remove(session, seller.id, person, NOON + 2 * HOUR)
    accepted, registered = histories.of_customer(session, person).items
    assert accepted.sentence == f"You came onto {seller.name}'s customer list on 1 March 2026 and are no longer on it."
    assert registered.sentence == (
        f"{seller.name}'s invitation had expired on 1 March 2026 when you registered on 1 March 2026."
    )
    first = histories.of_customer(session, person, limit=1)
    assert histories.of_customer(session, person, cursor=first.next_cursor).items == [registered]


def test_a_vendor_reads_who_was_refused_and_why(session: Session) -> None:
    seller = vendor(session)
    link = invite(session, seller, revoked_at=LONG_AGO)
    event = created(link.token, name="Ada")
    other = created(invite(session, vendor(session, "Vendor B"), revoked_at=LONG_AGO).token)
    on_customers_created(session, [event, other])
    (chapter,) = histories.refused(session, seller.id).items
    assert chapter.sentence == "Ada registered on 1 March 2026, after you had withdrawn the invitation on 1 March 2025."
    on_customer_erased(session, erased(event.event.customer_id))
    (chapter,) = histories.refused(session, seller.id).items
    assert chapter.sentence.startswith("Somebody registered")
