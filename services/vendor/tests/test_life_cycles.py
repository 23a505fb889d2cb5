"""Any sequence of acts leads only to states that the rules name, and rows, events, histories and audit agree.

`LIFE_CYCLES=300` makes it many.
"""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from services.vendor.domain import applications, commissions, decisions, directory, standing, vendors
from services.vendor.domain.applications import Wanted
from services.vendor.models import AuditEntry, Vendor, VendorApplication, VendorStatus
from services.vendor.tests.building import ADMIN, NOON, applicant
from shared.events.ids import new_id
from shared.kit.database import Database
from shared.kit.errors import Refusal

NAMES = ["Acme", "acme", "Acme 2", "Lamps"]
PEOPLE = 2
people, some_names = st.sampled_from([0, 0, 0, 1]), st.sampled_from(NAMES)
"""Mostly one person, so that lives become long."""
rates, reasons = st.sampled_from([-1, 0, 250, 10_000, 10_001]), st.sampled_from(["Not readable", " "])
OFTEN = ["become_a_vendor", "suspend", "reactivate", "restore", "apply", "approve"]
ACTS = [*OFTEN, *OFTEN, "withdraw", "reject", "delete", "delete", "set_commission"]

STEPS: dict[str, dict[str | None, str]] = {
    "vendor.approved": {None: "approved", "deleted": "approved"},
    "vendor.suspended": {"approved": "suspended"},
    "vendor.reactivated": {"suspended": "approved", "deleted": "approved"},
}
"""What each event may follow, and what it leads to, as somebody who knows nothing but the events would say."""


class Life(NamedTuple):
    """What a test believes of one user."""

    application: str | None = None
    vendor: str | None = None
    before_deletion: str | None = None


class LifeCycles(RuleBasedStateMachine):
    """Applicants and admins do whatever they like; what should come of it is known from a model of a few lines."""

    connection: Connection

    @initialize()
    def begin(self) -> None:
        self.session = Session(self.connection, expire_on_commit=False, join_transaction_mode="create_savepoint")
        self.users = [new_id() for _ in range(PEOPLE)]
        self.lives = [Life() for _ in range(PEOPLE)]
        self.names: list[dict[str, str]] = [{} for _ in range(PEOPLE)]
        self.clock = NOON

    def teardown(self) -> None:
        if hasattr(self, "session"):
            self.session.close()
        self.connection.rollback()

    def now(self) -> datetime:
        self.clock += timedelta(minutes=1)
        return self.clock

    def attempt(self, act: Callable[[], Any], *, allowed: bool) -> Any:
        """Do it in a transaction of its own; it must succeed if and only if the model says so."""
        before = self.session.scalar(text("SELECT count(*) FROM outbox"))
        try:
            with self.session.begin_nested():
                result = act()
                self.session.flush()
        except Refusal:
            assert not allowed
            self.session.expire_all()
            assert self.session.scalar(text("SELECT count(*) FROM outbox")) == before
            return None
        assert allowed
        return result

    @rule(who=people, what=st.sampled_from(ACTS), name=some_names, bps=rates, hours=st.integers(-1, 2), reason=reasons)
    def act(self, who: int, what: str, name: str, bps: int, hours: int, reason: str) -> None:
        """One rule, so that what leads on comes more often than what ends a life."""
        given = {"apply": (name,), "become_a_vendor": (name,), "approve": (bps,), "reject": (reason,)}
        getattr(self, what)(who, *given.get(what, (bps, hours) if what == "set_commission" else ()))

    def apply(self, who: int, name: str) -> None:
        life, user = self.lives[who], self.users[who]
        allowed = life.application != "pending" and life.vendor in {None, "deleted"}
        act = lambda: applications.submit(self.session, user, Wanted(name), self.now(), applicant(user))  # noqa: E731
        if self.attempt(act, allowed=allowed):
            self.lives[who] = life._replace(application="pending")

    def withdraw(self, who: int) -> None:
        self.close(who, lambda _: applications.withdraw(self.session, self.users[who], self.now(), ADMIN), "withdrawn")

    def reject(self, who: int, reason: str) -> None:
        decide = lambda which: decisions.reject(self.session, which, reason, self.now(), ADMIN)  # noqa: E731
        self.close(who, decide, "rejected", sound=bool(reason.strip()))

    def become_a_vendor(self, who: int, name: str) -> None:
        self.apply(who, name)
        self.approve(who, None)

    def approve(self, who: int, bps: int | None) -> None:
        decide = lambda which: decisions.approve(  # noqa: E731
            self.session, which, self.now(), ADMIN, default_bps=1000, commission_bps=bps
        )
        if self.close(who, decide, "approved", sound=bps is None or 0 <= bps <= 10_000):
            self.lives[who] = self.lives[who]._replace(vendor="approved")

    def close(self, who: int, decide: Callable[[UUID], Any], to: str, *, sound: bool = True) -> bool:
        life = self.lives[who]
        which = self.newest_application(who)
        done = self.attempt(lambda: decide(which), allowed=sound and life.application == "pending")
        if done:
            self.lives[who] = life._replace(application=to)
        return bool(done)

    def suspend(self, who: int) -> None:
        self.step(who, {"approved"}, "suspended", lambda which: standing.suspend(self.session, which, "x", self.now()))

    def reactivate(self, who: int) -> None:
        self.step(who, {"suspended"}, "approved", lambda which: standing.reactivate(self.session, which, self.now()))

    def delete(self, who: int) -> None:
        was = self.lives[who].vendor
        act = lambda which: standing.delete(self.session, which, "x", self.now())  # noqa: E731
        if self.step(who, {"approved", "suspended"}, "deleted", act):
            self.lives[who] = self.lives[who]._replace(before_deletion=was)

    def restore(self, who: int) -> None:
        to = self.lives[who].before_deletion or "approved"
        before = {"deleted"} if self.lives[who].application != "pending" else set[str]()
        self.step(who, before, to, lambda which: standing.restore(self.session, which, self.now()))

    def set_commission(self, who: int, bps: int, hours: int) -> None:
        which, now = self.newest_vendor(who), self.now()
        sound = 0 <= bps <= 10_000 and hours >= 0
        allowed = sound and self.lives[who].vendor in {"approved", "suspended"}
        change = lambda: standing.change_commission(  # noqa: E731
            self.session, which, bps, now, effective_from=now + timedelta(hours=hours)
        )
        self.attempt(change, allowed=allowed)

    def step(self, who: int, before: set[str], to: str, act: Callable[[UUID], Any]) -> bool:
        which = self.newest_vendor(who)
        done = self.attempt(lambda: act(which), allowed=self.lives[who].vendor in before)
        if done:
            self.lives[who] = self.lives[who]._replace(vendor=to)
        return bool(done)

    def newest_application(self, who: int) -> UUID:
        mine = select(VendorApplication.id).where(VendorApplication.user_id == self.users[who])
        return self.session.scalar(mine.order_by(VendorApplication.submitted_at.desc()).limit(1)) or new_id()

    def newest_vendor(self, who: int) -> UUID:
        """Whom an admin would mean: the vendor that is not deleted, else the one that was deleted last."""
        user = self.users[who]
        if present := vendors.find_of_user(self.session, user):
            return present.id
        gone = (
            select(VendorStatus.vendor_id)
            .join(Vendor, Vendor.id == VendorStatus.vendor_id)
            .where(Vendor.user_id == user)
            .order_by(VendorStatus.since.desc())
        )
        return self.session.scalar(gone.limit(1)) or new_id()

    @invariant()
    def rows_are_as_the_model_says(self) -> None:
        for user, life in zip(self.users, self.lives, strict=True):
            mine = select(VendorApplication.status).where(VendorApplication.user_id == user)
            found = self.session.scalar(mine.order_by(VendorApplication.submitted_at.desc()).limit(1))
            assert found == life.application
            present = vendors.find_of_user(self.session, user)
            assert (present.status if present else None) == (life.vendor if life.vendor != "deleted" else None)

    @invariant()
    def names_are_unique_and_histories_end_in_the_present(self) -> None:
        rows = self.session.scalars(select(Vendor).where(Vendor.user_id.in_(self.users))).all()
        for field in ("slug", "code"):
            assert len({getattr(row, field) for row in rows}) == len(rows)
        for row in rows:
            history = directory.statuses(self.session, row.id)
            assert history[0].status == row.status
            assert history[0].version <= row.version
            assert [one.since for one in history] == sorted((one.since for one in history), reverse=True)
            assert commissions.in_force(self.session, row, self.clock).bps == row.commission_bps or any(
                rate.effective_from > rate.set_at for rate in commissions.history(self.session, row.id)
            )

    @invariant()
    def events_lead_to_the_same_as_the_rows(self) -> None:
        for row in self.session.scalars(select(Vendor).where(Vendor.user_id.in_(self.users))):
            events = self.events(row.id)
            assert [event.aggregate_version for event in events] == list(range(1, row.version + 1))
            status: str | None = None
            for event in events:
                if event.type == "vendor.updated":
                    status = event.data["status"]
                else:
                    assert status in STEPS[event.type], (status, event.type)
                    status = STEPS[event.type][status]
            assert status == row.status

    @invariant()
    def applications_tell_of_themselves(self) -> None:
        for row in self.session.scalars(select(VendorApplication).where(VendorApplication.user_id.in_(self.users))):
            told = [event.type for event in self.events(row.id)]
            more = ["vendor_application.rejected"] if row.status == "rejected" else []
            assert told == ["vendor_application.submitted", *more]
            acts = self.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == row.id)).all()
            assert len(acts) == row.version

    def events(self, aggregate: UUID) -> list[Any]:
        ask = text("""
            SELECT type, aggregate_version, envelope -> 'data' AS data FROM outbox
            WHERE aggregate_id = :id ORDER BY seq
        """)
        return list(self.session.execute(ask, {"id": aggregate}))


def test_no_sequence_of_acts_reaches_a_state_that_the_rules_do_not_name(database: Database) -> None:
    with database.engine.connect() as connection:
        LifeCycles.connection = connection
        run_state_machine_as_test(
            LifeCycles,
            settings=settings(
                max_examples=int(os.environ.get("LIFE_CYCLES", "10")),
                stateful_step_count=40,
                deadline=None,
                derandomize=True,
                phases=[Phase.generate],  # each attempt is a transaction: to shrink would take minutes
                suppress_health_check=list(HealthCheck),
            ),
        )
        connection.rollback()
