"""Admins watch over vendors: suspended and back, deleted and restored, and what they pay."""

import pytest
from sqlalchemy.orm import Session

from services.vendor.domain import commissions, standing, vendors
from services.vendor.domain.standing import ApplicationWaits
from services.vendor.domain.statuses import WrongStatus
from services.vendor.domain.vendors import AlreadyVendor, NoVendor
from services.vendor.tests.building import ADMIN, HOUR, NOON, acts, announced, application, approved, newest
from shared.kit.errors import Invalid


def test_every_step_leaves_who_when_from_where_before_after_and_why(session: Session) -> None:
    vendor = approved(session)
    standing.suspend(session, vendor.id, " Complaints ", NOON + HOUR, ADMIN)
    standing.reactivate(session, vendor.id, NOON + 2 * HOUR, ADMIN, "Settled")
    standing.delete(session, vendor.id, "Left", NOON + 3 * HOUR, ADMIN)
    standing.restore(session, vendor.id, NOON + 4 * HOUR, ADMIN)
    told = [(act.action, act.before, act.after, act.reason) for act in acts(session, vendor.id)]
    assert told == [
        ("vendor.suspended", {"status": "approved"}, {"status": "suspended"}, "Complaints"),
        ("vendor.reactivated", {"status": "suspended"}, {"status": "approved"}, "Settled"),
        ("vendor.deleted", {"status": "approved"}, {"status": "deleted"}, "Left"),
        ("vendor.restored", {"status": "deleted"}, {"status": "approved"}, None),
    ]
    assert {(act.actor_id, act.actor_role, act.address) for act in acts(session, vendor.id)} == {
        (ADMIN.actor_id, "admin", "203.0.113.7")
    }


def test_deleting_also_ends_the_selling_for_those_who_know_only_that_word(session: Session) -> None:
    vendor = approved(session)
    standing.delete(session, vendor.id, "Left", NOON + HOUR, ADMIN)
    assert [said["vendor_id"] for said in announced(session, "vendor.suspended")] == [str(vendor.id)]
    told = newest(session, vendor.id)
    assert (told["type"], told["version"], told["data"]["status"]) == ("vendor.updated", 3, "deleted")
    with pytest.raises(NoVendor):
        vendors.of_user(session, vendor.user_id)


def test_nobody_leaves_a_suspension_through_deletion(session: Session) -> None:
    vendor = approved(session)
    standing.suspend(session, vendor.id, "Fraud", NOON + HOUR, ADMIN)
    standing.delete(session, vendor.id, "Left", NOON + 2 * HOUR, ADMIN)
    standing.restore(session, vendor.id, NOON + 3 * HOUR, ADMIN)
    assert vendor.status == "suspended"
    assert newest(session, vendor.id)["data"]["status"] == "suspended"
    assert announced(session, "vendor.reactivated") == []


def test_who_became_another_vendor_is_not_restored(session: Session) -> None:
    first = approved(session, "Acme")
    standing.delete(session, first.id, "Left", NOON + HOUR, ADMIN)
    approved(session, "Lamps", first.user_id)
    with pytest.raises(AlreadyVendor, match="sells as Lamps now"):
        standing.restore(session, first.id, NOON + 2 * HOUR, ADMIN)


def test_who_applied_again_is_not_restored_beside_that(session: Session) -> None:
    vendor = approved(session)
    standing.delete(session, vendor.id, "Left", NOON + HOUR, ADMIN)
    application(session, user_id=vendor.user_id)
    with pytest.raises(ApplicationWaits):
        standing.restore(session, vendor.id, NOON + 2 * HOUR, ADMIN)


def test_steps_that_cannot_be_taken_name_both_ends_and_change_nothing(session: Session) -> None:
    vendor = approved(session)
    for act, to in ((standing.reactivate, "approved"), (standing.restore, "approved")):
        with pytest.raises(WrongStatus) as refusal:
            act(session, vendor.id, NOON, ADMIN)
        assert refusal.value.facts == {"from": "approved", "to": to}
    standing.delete(session, vendor.id, "Left", NOON, ADMIN)
    for gone in (standing.suspend, standing.delete):
        with pytest.raises(WrongStatus):
            gone(session, vendor.id, "why", NOON, ADMIN)
    with pytest.raises(WrongStatus):
        standing.change_commission(session, vendor.id, 1, NOON, ADMIN)
    assert (vendor.status, vendor.version) == ("deleted", 3)


def test_a_commission_holds_from_its_moment_on_and_every_one_is_kept(session: Session) -> None:
    vendor = approved(session)
    standing.change_commission(session, vendor.id, 1500, NOON + HOUR, ADMIN, reason="As agreed")
    standing.change_commission(session, vendor.id, 500, NOON + 2 * HOUR, ADMIN, effective_from=NOON + 9 * HOUR)
    at = [commissions.in_force(session, vendor, NOON + hours * HOUR).bps for hours in (0, 1, 8, 9, 99)]
    assert at == [1000, 1500, 1500, 500, 500]
    assert vendor.commission_bps == 1500, "what is yet to come is not in force"
    assert [rate.commission_bps for rate in commissions.history(session, vendor.id)] == [500, 1500, 1000]
    told = newest(session, vendor.id)["data"]
    assert (told["commission_bps"], told["commission_from"]) == (500, "2026-03-01T21:00:00Z")
    assert [act.action for act in acts(session, vendor.id)] == ["commission.changed"] * 2


@pytest.mark.parametrize(
    ("bps", "hours", "field"), [(-1, 1, "commission_bps"), (10_001, 1, "commission_bps"), (1, -1, "effective_from")]
)
def test_a_commission_is_a_share_and_reaches_not_into_the_past(
    session: Session, bps: int, hours: int, field: str
) -> None:
    vendor = approved(session)
    with pytest.raises(Invalid) as refusal:
        standing.change_commission(session, vendor.id, bps, NOON, ADMIN, effective_from=NOON + hours * HOUR)
    assert field in refusal.value.fields
