"""Approving and rejecting: one transaction, one vendor, one admin who decides; names in sequence whatever the rush."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.vendor.consumers import on_customers_created
from services.vendor.domain import commissions, decisions, standing
from services.vendor.domain.applications import UnknownApplication, WrongApplicationStatus
from services.vendor.domain.decisions import AlreadyDecided
from services.vendor.models import Vendor, VendorApplication, VendorProfile, VendorStatus
from services.vendor.settings import Settings
from services.vendor.tests.building import (
    ADMIN,
    HOUR,
    NOON,
    acts,
    announced,
    application,
    approved,
    created,
    newest,
)
from shared.events.ids import new_id
from shared.kit.audit import By
from shared.kit.database import Database
from shared.kit.errors import Invalid


def approve(session: Session, which: UUID, by: By = ADMIN) -> Vendor:
    return decisions.approve(session, which, NOON, by, default_bps=1000).vendor


def test_an_approval_makes_the_vendor_its_profile_its_history_and_its_event(session: Session) -> None:
    asked = application(session, "Blue Lamp", description="Lamps", address={"city": "London"})
    vendor = approve(session, asked.id)
    assert (vendor.user_id, vendor.name, vendor.slug, vendor.code) == (
        asked.user_id,
        "Blue Lamp",
        "blue-lamp",
        "BLUELAMP",
    )
    assert (asked.status, asked.vendor_id, asked.decided_by) == ("approved", vendor.id, ADMIN.actor_id)
    profile = session.get_one(VendorProfile, vendor.id)
    assert (profile.description, profile.address) == ("Lamps", {"city": "London"})
    assert commissions.in_force(session, vendor, NOON).bps == vendor.commission_bps == 1000
    told = newest(session, vendor.id)
    assert (told["type"], told["version"], told["data"]["commission_bps"]) == ("vendor.approved", 1, 1000)
    assert [act.action for act in acts(session, asked.id)] == ["application.submitted", "application.approved"]


def test_a_rate_that_is_given_is_taken(session: Session) -> None:
    assert approved(session, commission_bps=0).commission_bps == 0
    with pytest.raises(Invalid):
        approved(session, "Too much", commission_bps=10_001)


def test_who_comes_second_is_told_who_decided_and_when(session: Session) -> None:
    news = created(name="Grace")
    on_customers_created(session, [news])
    asked = application(session)
    approve(session, asked.id, By(news.event.customer_id, "admin"))
    with pytest.raises(AlreadyDecided, match="Grace approved it at 2026-03-01T12:00:00Z") as refusal:
        decisions.reject(session, asked.id, "No", NOON + HOUR, ADMIN)
    assert refusal.value.facts == {
        "from": "approved",
        "to": "rejected",
        "decided_by": str(news.event.customer_id),
        "decided_by_name": "Grace",
        "decided_at": "2026-03-01T12:00:00Z",
    }


def test_what_was_withdrawn_or_never_was_is_not_approved(session: Session) -> None:
    asked = application(session)
    asked.status, asked.decided_at = "withdrawn", NOON
    with pytest.raises(WrongApplicationStatus, match="It is withdrawn and cannot become approved"):
        approve(session, asked.id)
    with pytest.raises(UnknownApplication):
        approve(session, new_id())


@pytest.mark.parametrize("reason", [None, "", "   "])
def test_a_rejection_has_a_reason(session: Session, reason: str | None) -> None:
    asked = application(session)
    with pytest.raises(Invalid) as refusal:
        decisions.reject(session, asked.id, reason, NOON, ADMIN)
    assert "reason" in refusal.value.fields
    assert asked.status == "pending"


def test_a_deleted_vendor_of_the_same_user_and_business_comes_back_with_its_id(session: Session) -> None:
    approved(session, "Acme")
    vendor = approved(session, "Acme", commission_bps=700)
    standing.delete(session, vendor.id, "Left", NOON + HOUR, ADMIN)
    again = approved(session, "acme", vendor.user_id)
    assert (again.id, again.name, again.slug, again.status) == (vendor.id, "Acme 2", "acme-2", "approved")
    assert again.commission_bps == 700, "a restored vendor keeps its own rate"
    assert newest(session, vendor.id)["type"] == "vendor.approved"
    assert newest(session, vendor.id)["version"] == again.version == 4


def test_another_business_of_the_same_user_is_another_vendor_and_a_deleted_name_stays_taken(session: Session) -> None:
    first = approved(session, "Acme")
    standing.delete(session, first.id, "Left", NOON + HOUR, ADMIN)
    second, stranger = approved(session, "Lamps", first.user_id), approved(session, "Acme")
    assert second.id != first.id
    assert (first.status, second.status, stranger.name) == ("deleted", "approved", "Acme 2")


class Rush:
    """Many who act at once, each in a transaction of their own."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def applications(self, *names: str) -> list[UUID]:
        with self.database.transaction() as session:
            return [application(session, name).id for name in names]

    def all_at_once(self, people: int, what: Callable[[Session, int], object]) -> list[object]:
        def one(number: int) -> object:
            try:
                with self.database.transaction() as session:
                    return what(session, number)
            except WrongApplicationStatus as refusal:
                return refusal

        with ThreadPoolExecutor(people) as pool:
            return list(pool.map(one, range(people)))


@pytest.fixture
def rush(settings: Settings) -> Iterator[Rush]:
    database = Database(settings.database_url, application_name="rush", pool_size=48, lock_timeout=30)
    yield Rush(database)
    database.dispose()


def test_two_hundred_approvals_of_one_name_are_named_in_sequence_without_gaps(rush: Rush) -> None:
    asked = rush.applications(*["Acme Rush"] * 200)
    with ThreadPoolExecutor(48) as pool:
        list(pool.map(lambda which: rush.all_at_once(1, lambda session, _: approve(session, which)), asked))
    with rush.database.transaction() as session:
        made = session.scalars(select(Vendor).where(Vendor.name.startswith("Acme Rush"))).all()
        told = announced(session, "vendor.approved")
    assert {vendor.name for vendor in made} == {"Acme Rush", *(f"Acme Rush {n}" for n in range(2, 201))}
    assert {vendor.slug for vendor in made} == {"acme-rush", *(f"acme-rush-{n}" for n in range(2, 201))}
    assert len({vendor.code for vendor in made}) == len(made) == 200
    assert {event["name"] for event in told} >= {vendor.name for vendor in made}


def test_names_that_meet_in_a_rush_stay_apart(rush: Rush) -> None:
    wanted = ["Meet", "Meet 2", "meet", "MEET 3", "Meet-2", "Meet 2 2", "Meets", "Meet!", "Meet 10"] * 4
    asked = rush.applications(*wanted)
    rush.all_at_once(len(asked), lambda session, number: approve(session, asked[number]))
    with rush.database.transaction() as session:
        made = session.scalars(select(Vendor).where(Vendor.slug.startswith("meet"))).all()
    assert len(made) == len(wanted)
    for field in ("slug", "code"):
        assert len({getattr(vendor, field) for vendor in made}) == len(wanted)
    assert len({vendor.name.lower() for vendor in made}) == len(wanted)


def test_fifty_approvals_of_one_application_make_one_vendor_and_tell_the_others_who_decided(rush: Rush) -> None:
    (asked,) = rush.applications("Once")
    admins = [new_id() for _ in range(50)]
    found = rush.all_at_once(50, lambda session, number: approve(session, asked, By(admins[number], "admin")))
    refused = [answer for answer in found if isinstance(answer, AlreadyDecided)]
    assert len(refused) == 49
    with rush.database.transaction() as session:
        decided = session.get_one(VendorApplication, asked)
        assert {refusal.facts["decided_by"] for refusal in refused} == {str(decided.decided_by)}
        (vendor,) = session.scalars(select(Vendor).where(Vendor.user_id == decided.user_id))
        assert len(session.scalars(select(VendorStatus).where(VendorStatus.vendor_id == vendor.id)).all()) == 1


def test_approving_and_rejecting_at_once_does_one_of_both(rush: Rush) -> None:
    asked = rush.applications(*[f"Either {n}" for n in range(12)])

    def decide(session: Session, number: int) -> object:
        if number % 2:
            return decisions.reject(session, asked[number // 2], "No", NOON, ADMIN)
        return approve(session, asked[number // 2])

    found = rush.all_at_once(24, decide)
    for first, second in zip(found[::2], found[1::2], strict=True):
        assert isinstance(first, AlreadyDecided) != isinstance(second, AlreadyDecided)
