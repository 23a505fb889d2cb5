"""Becoming a vendor, being suspended and coming back."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.vendor.domain import standing, vendors
from services.vendor.domain.statuses import WrongStatus
from services.vendor.models import Vendor, VendorStatus
from services.vendor.tests.building import HOUR, NOON, announced
from shared.events.ids import new_id
from shared.kit.database import Database
from shared.kit.errors import Invalid


def create(session: Session, name: str = "Acme") -> Vendor:
    return vendors.create(session, new_id(), name, commission_bps=1000, now=NOON)


def history(session: Session, vendor: Vendor) -> list[tuple[str, object, str | None]]:
    rows = session.scalars(
        select(VendorStatus).where(VendorStatus.vendor_id == vendor.id).order_by(VendorStatus.version)
    )
    return [(row.status, row.since, row.reason) for row in rows]


def test_a_new_vendor_is_approved_announced_and_has_a_history(session: Session) -> None:
    vendor = create(session, "  Blue   Lamp ")
    assert (vendor.name, vendor.slug, vendor.code, vendor.status) == ("Blue Lamp", "blue-lamp", "BLUELAMP", "approved")
    assert history(session, vendor) == [("approved", NOON, None)]
    (said,) = announced(session, "vendor.approved")
    assert (said["vendor_id"], said["user_id"], said["commission_bps"]) == (str(vendor.id), str(vendor.user_id), 1000)


def test_a_user_becomes_a_vendor_once(session: Session) -> None:
    user = new_id()
    first, second = (vendors.create(session, user, name, commission_bps=0, now=NOON) for name in ("One", "Other"))
    assert first is second
    assert len(announced(session, "vendor.approved")) == 1


def test_names_are_told_apart_whatever_their_case(session: Session) -> None:
    assert [create(session, name).name for name in ("Red_Lamp", "red_lamp", "RedXlamp")] == [
        "Red_Lamp",
        "red_lamp 2",
        "RedXlamp",
    ]


def test_simultaneous_namings_leave_no_gap(database: Database) -> None:
    def one(_: int) -> str:
        with database.transaction() as session:
            return create(session, "Rush").slug

    with ThreadPoolExecutor(8) as pool:
        slugs = set(pool.map(one, range(16)))
    assert slugs == {"rush", *(f"rush-{n}" for n in range(2, 17))}


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_name_has_a_length(session: Session, name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        create(session, name)
    assert "name" in refusal.value.fields


def test_suspension_and_return_are_kept_and_announced(session: Session) -> None:
    vendor = create(session)
    standing.suspend(session, vendor.slug, " Fraud ", NOON + HOUR)
    standing.reactivate(session, vendor.slug, NOON + 2 * HOUR)
    assert history(session, vendor) == [
        ("approved", NOON, None),
        ("suspended", NOON + HOUR, "Fraud"),
        ("approved", NOON + 2 * HOUR, None),
    ]
    assert announced(session, "vendor.suspended")[0]["reason"] == "Fraud"
    assert len(announced(session, "vendor.reactivated")) == 1
    assert vendor.version == 3


def test_a_history_runs_forward_even_if_the_clock_does_not(session: Session) -> None:
    vendor = create(session)
    standing.suspend(session, vendor.slug, "why", NOON - HOUR)
    assert [since > NOON for _, since, _ in history(session, vendor)] == [False, True]  # type: ignore[operator]


def test_steps_that_cannot_be_taken_name_both_ends(session: Session) -> None:
    vendor = create(session)
    with pytest.raises(WrongStatus, match="is approved and cannot become approved"):
        standing.reactivate(session, vendor.slug, NOON)
    with pytest.raises(vendors.UnknownVendor):
        standing.suspend(session, "nobody", "why", NOON)
    with pytest.raises(Invalid):
        standing.suspend(session, vendor.slug, " ", NOON)
