"""Somebody who sells leaves: their vendor is suspended as of then, told and written down once, and stays so."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.vendor.consumers import on_customer_erased, on_customers_created
from services.vendor.domain import decisions, standing, vendors
from services.vendor.domain.replica import AccountErased
from services.vendor.domain.standing import OWNER_LEFT, OwnerGone
from services.vendor.models import Vendor
from services.vendor.tests.building import (
    ADMIN,
    HOUR,
    NOON,
    acts,
    announced,
    application,
    approved,
    created,
    erased,
    invite,
    newest,
    outcomes,
    vendor,
)  # fmt: skip
from services.vendor.tests.shop import Shop

LEFT = NOON + 5 * HOUR


def seller(session: Session) -> Vendor:
    made = vendor(session)
    on_customers_created(session, [created(customer=made.user_id)])
    return made


def changes(session: Session, vendor_id: UUID) -> list[tuple[str, str | None]]:
    found = text("SELECT status, reason FROM vendor_status WHERE vendor_id = :id ORDER BY version")
    return [(row.status, row.reason) for row in session.execute(found, {"id": vendor_id})]


def test_a_vendor_whose_owner_left_is_suspended_with_reason_event_and_audit(session: Session) -> None:
    shop = seller(session)
    left = erased(shop.user_id)
    on_customer_erased(session, left)
    assert (shop.status, shop.version) == ("suspended", 2)
    assert changes(session, shop.id)[-1] == ("suspended", OWNER_LEFT)
    told = newest(session, shop.id)
    assert (told["type"], told["version"], told["data"]["reason"]) == ("vendor.suspended", 2, OWNER_LEFT)
    cause = "SELECT envelope ->> 'causationid' FROM outbox WHERE type = 'vendor.suspended'"
    assert session.scalar(text(cause)) == str(left.id)
    (act,) = acts(session, shop.id)
    assert (act.action, act.actor_role, act.reason) == ("vendor.suspended", "system", OWNER_LEFT)
    assert (act.before, act.after) == ({"status": "approved"}, {"status": "suspended"})


def test_told_twice_it_is_suspended_once(session: Session) -> None:
    shop = seller(session)
    for event in [erased(shop.user_id)] * 2:
        on_customer_erased(session, event)
    assert len(announced(session, "vendor.suspended")) == len(acts(session, shop.id)) == 1


def test_late_registrations_are_judged_by_the_moment_of_leaving(session: Session) -> None:
    shop = seller(session)
    token = invite(session, shop).token
    on_customer_erased(session, erased(shop.user_id))
    before, after = created(token, at=LEFT - HOUR), created(token, at=LEFT + HOUR)
    on_customers_created(session, [after, before])
    assert outcomes(session, before, after) == ["linked", "vendor_not_approved"]


def test_leaving_that_is_told_before_the_registration_is_known_suspends_too(session: Session) -> None:
    shop = vendor(session)
    on_customer_erased(session, erased(shop.user_id))
    on_customers_created(session, [created(customer=shop.user_id)])
    assert shop.status == "suspended"


def test_an_admin_s_own_decision_that_came_between_is_not_overtaken_by_time(session: Session) -> None:
    shop = seller(session)
    standing.suspend(session, shop.id, "Complaints", LEFT + HOUR, ADMIN)
    standing.reactivate(session, shop.id, LEFT + 2 * HOUR, ADMIN)
    on_customer_erased(session, erased(shop.user_id))
    assert [status for status, _ in changes(session, shop.id)] == ["approved", "suspended", "approved", "suspended"]


@pytest.mark.parametrize("status", ["suspended", "deleted"])
def test_who_could_not_sell_anyway_stays_as_they_are(session: Session, status: str) -> None:
    shop = seller(session)
    {"suspended": standing.suspend, "deleted": standing.delete}[status](session, shop.id, "Complaints", NOON, ADMIN)
    known = len(announced(session, "vendor.suspended"))
    on_customer_erased(session, erased(shop.user_id))
    assert (shop.status, changes(session, shop.id)[-1][1]) == (status, "Complaints")
    assert len(announced(session, "vendor.suspended")) == known


def test_nobody_brings_back_what_has_no_owner(session: Session) -> None:
    shop, other = seller(session), seller(session)
    standing.delete(session, other.id, "Fraud", NOON, ADMIN)
    for gone in (shop, other):
        on_customer_erased(session, erased(gone.user_id))
    with pytest.raises(OwnerGone):
        standing.reactivate(session, shop.id, LEFT + HOUR, ADMIN)
    with pytest.raises(OwnerGone):
        standing.restore(session, other.id, LEFT + HOUR, ADMIN)


def test_nobody_who_left_becomes_a_vendor(session: Session) -> None:
    asked = application(session)
    user = asked.user_id
    on_customer_erased(session, erased(user))
    with pytest.raises(AccountErased):
        vendors.create(session, user, "Late", commission_bps=1000, now=LEFT)
    session.execute(text("UPDATE vendor_application SET status = 'pending', decided_at = NULL"))
    session.expire_all()
    with pytest.raises(AccountErased):
        decisions.approve(session, asked.id, LEFT, ADMIN, default_bps=1000)


def test_a_replay_of_leaving_touches_no_application_and_no_standing(shop: Shop) -> None:
    (person,) = shop.register(1)
    with shop.database.transaction() as session:
        made = approved(session, user_id=person)
    shop.tell(erased(person))
    before = [shop.rows(table) for table in ("vendor", "vendor_application", "vendor_status", "audit_entry", "outbox")]
    assert shop.replay().run().empty
    assert [
        shop.rows(table) for table in ("vendor", "vendor_application", "vendor_status", "audit_entry", "outbox")
    ] == before
    with shop.database.transaction() as session:
        assert session.get_one(Vendor, made.id).status == "suspended"
