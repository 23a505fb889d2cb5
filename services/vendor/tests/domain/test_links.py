"""Invite links as their vendor handles them."""

import pytest
from sqlalchemy.orm import Session

from services.vendor.consumers import on_customers_created
from services.vendor.domain import links
from services.vendor.domain.links import NewLink
from services.vendor.tests.building import HOUR, LONG_AGO, NOON, created, outcomes, vendor
from shared.kit.errors import Invalid


def test_a_link_has_a_token_nobody_guesses(session: Session) -> None:
    seller = vendor(session)
    tokens = {links.create(session, seller, NewLink(), NOON).link.token for _ in range(50)}
    assert len(tokens) == 50
    assert {len(token) for token in tokens} == {32}


def test_a_link_cannot_have_expired_before_it_was_made(session: Session) -> None:
    with pytest.raises(Invalid) as refusal:
        links.create(session, vendor(session), NewLink(expires_at=NOON), NOON)
    assert "expires_at" in refusal.value.fields


def test_a_suspended_vendor_makes_no_link(session: Session) -> None:
    seller = vendor(session, statuses=[(LONG_AGO, "suspended")])
    with pytest.raises(links.VendorSuspended):
        links.create(session, seller, NewLink(), NOON)


def test_the_list_says_how_many_each_brought(session: Session) -> None:
    seller, other = vendor(session), vendor(session, "Vendor B")
    first = links.create(session, seller, NewLink("Fair", max_uses=2), NOON).link
    second = links.create(session, seller, NewLink(expires_at=NOON + HOUR), NOON).link
    links.create(session, other, NewLink(), NOON)
    session.flush()
    uses = [created(first.token) for _ in range(3)]
    on_customers_created(session, [*uses, created(second.token, at=NOON + HOUR)])
    listed = {brought.link.id: (brought.uses, brought.refused) for brought in links.page(session, seller.id).items}
    assert listed == {first.id: (2, {"exhausted": 1}), second.id: (0, {"expired": 1})}


def test_pages_follow_each_other(session: Session) -> None:
    seller = vendor(session)
    made = [links.create(session, seller, NewLink(), NOON).link.id for _ in range(5)]
    session.flush()
    first = links.page(session, seller.id, limit=3)
    rest = links.page(session, seller.id, cursor=first.next_cursor, limit=3)
    assert [brought.link.id for brought in [*first.items, *rest.items]] == sorted(made, reverse=True)


def test_a_label_can_change(session: Session) -> None:
    seller = vendor(session)
    link = links.create(session, seller, NewLink(" Spring   fair "), NOON).link
    assert link.label == "Spring fair"
    assert links.relabel(session, seller.id, link.id, "Summer").link.label == "Summer"
    assert links.relabel(session, seller.id, link.id, None).link.label is None


def test_revoking_twice_keeps_the_first_moment_and_spares_who_came_before(session: Session) -> None:
    seller = vendor(session)
    link = links.create(session, seller, NewLink(), LONG_AGO).link
    links.revoke(session, seller.id, link.id, NOON + HOUR)
    assert links.revoke(session, seller.id, link.id, NOON + 2 * HOUR).link.revoked_at == NOON + HOUR
    session.flush()
    before, after = created(link.token, at=NOON), created(link.token, at=NOON + HOUR)
    on_customers_created(session, [before, after])
    assert outcomes(session, before, after) == ["linked", "revoked"]


def test_another_vendors_link_is_not_yours(session: Session) -> None:
    seller, other = vendor(session), vendor(session, "Vendor B")
    link = links.create(session, other, NewLink("Theirs"), NOON).link
    with pytest.raises(links.NotYourInvite):
        links.revoke(session, seller.id, link.id, NOON)
    with pytest.raises(links.NotYourInvite):
        links.relabel(session, seller.id, link.id, "Mine")
    assert (link.label, link.revoked_at) == ("Theirs", None)
    with pytest.raises(links.UnknownInvite):
        links.revoke(session, seller.id, seller.id, NOON)
