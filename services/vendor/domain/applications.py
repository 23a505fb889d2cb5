"""Applications: somebody asks to sell, withdraws, and asks again; what an admin decides is in `decisions`."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, null, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.vendor.domain import replica
from services.vendor.domain.audit import Action, note
from services.vendor.domain.replica import AccountErased
from services.vendor.domain.vendors import AlreadyVendor, alone_with, clean_name, find_of_user
from services.vendor.models import Customer, VendorApplication
from shared.events.ids import new_id
from shared.events.vendor import VendorApplicationSubmitted
from shared.kit.audit import By
from shared.kit.errors import NotFound, Refusal
from shared.messaging import outbox


class Status(StrEnum):
    """Where an application stands; every one but `pending` is final."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class AlreadyApplied(Refusal):
    """You have an application that is not decided yet."""


class NoApplication(NotFound):
    """You have not applied."""


class UnknownApplication(NotFound):
    """There is no such application."""


class WrongApplicationStatus(Refusal):
    """The application cannot go from its present status to that one."""


class Wanted(NamedTuple):
    """What an applicant says of their business; an e-mail that is not given is the account's own."""

    business_name: str
    business_email: str | None = None
    phone: str | None = None
    website: str | None = None
    description: str | None = None
    tax_id: str | None = None
    address: Mapping[str, Any] | None = None


def submit(session: Session, user_id: UUID, wanted: Wanted, now: datetime, by: By) -> VendorApplication:
    """Open an application and announce it. The database lets a user have one that is undecided.

    Raises `AlreadyApplied`, `AlreadyVendor` (suspended vendors too), `AccountErased`, or `Invalid` for the name.
    """
    alone_with(session, user_id)
    person = replica.hold(session, user_id)
    if person and person.erased_at:
        raise AccountErased
    if vendor := find_of_user(session, user_id):
        raise AlreadyVendor(f"You sell as {vendor.name}.", facts={"from": vendor.status, "to": Status.PENDING})
    application = _inserted(session, user_id, wanted, now)
    if application is None:
        raise AlreadyApplied(facts={"from": Status.PENDING, "to": Status.PENDING})
    _announce(session, application)
    after = {"status": Status.PENDING, "business_name": application.business_name}
    note(session, by, Action.APPLICATION_SUBMITTED, application.id, user_id=user_id, after=after)
    return application


def withdraw(session: Session, user_id: UUID, now: datetime, by: By) -> VendorApplication:
    """Take one's open application back; another can be made. Raises `NoApplication` or `WrongApplicationStatus`."""
    application = own(session, user_id)
    session.refresh(application, with_for_update={"key_share": True})
    close(application, Status.WITHDRAWN, now, by)
    before, after = {"status": Status.PENDING}, {"status": Status.WITHDRAWN}
    note(session, by, Action.APPLICATION_WITHDRAWN, application.id, user_id=user_id, before=before, after=after)
    return application


def forget(session: Session, user_id: UUID, left: datetime) -> None:
    """Withdraw the open application of somebody who has left, as of then, and keep no way to reach them in any."""
    mine = VendorApplication.user_id == user_id
    no_more = dict.fromkeys(("business_email", "phone", "tax_id", "address"), null())
    session.execute(update(VendorApplication).where(mine).values(no_more))
    closed = {"status": Status.WITHDRAWN, "version": VendorApplication.version + 1}
    at = func.greatest(left, VendorApplication.submitted_at)
    is_open = VendorApplication.status == Status.PENDING
    session.execute(update(VendorApplication).where(mine, is_open).values(**closed, decided_at=at))


def own(session: Session, user_id: UUID) -> VendorApplication:
    """The newest application of a user. Raises `NoApplication`."""
    mine = select(VendorApplication).where(VendorApplication.user_id == user_id)
    application = session.scalar(mine.order_by(VendorApplication.submitted_at.desc(), VendorApplication.id.desc()))
    if application is None:
        raise NoApplication
    return application


def close(application: VendorApplication, to: Status, now: datetime, by: By) -> None:
    """Decide an open application, never before it was made whatever the clocks say. Raises `WrongApplicationStatus`."""
    if application.status != Status.PENDING:
        facts = {"from": application.status, "to": str(to)}
        raise WrongApplicationStatus(f"It is {application.status} and cannot become {to}.", facts=facts)
    application.status = to
    application.version += 1
    application.decided_at = max(now, application.submitted_at)
    application.decided_by = by.actor_id


def e_mail(session: Session, application: VendorApplication) -> str | None:
    """Where to write to: what was given, else the account's own once identity's word has arrived."""
    if application.business_email:
        return application.business_email
    return session.scalar(select(Customer.email).where(Customer.id == application.user_id))


def _inserted(session: Session, user_id: UUID, wanted: Wanted, now: datetime) -> VendorApplication | None:
    values = {**wanted._asdict(), "business_name": clean_name(wanted.business_name)}
    row = insert(VendorApplication).values(
        id=new_id(), user_id=user_id, status=Status.PENDING, submitted_at=now, version=1, **values
    )
    only_one = row.on_conflict_do_nothing(index_elements=["user_id"], index_where=text("status = 'pending'"))
    return session.scalar(only_one.returning(VendorApplication))


def _announce(session: Session, application: VendorApplication) -> None:
    event = VendorApplicationSubmitted(
        application_id=application.id,
        user_id=application.user_id,
        business_name=application.business_name,
        business_email=application.business_email,
        submitted_at=application.submitted_at,
    )
    outbox.add(session, event, aggregate_version=application.version, occurred_at=application.submitted_at)
