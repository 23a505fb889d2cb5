"""Vendors, links and events for tests, in as few words as a test needs."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.vendor.domain import applications, decisions
from services.vendor.domain.applications import Wanted
from services.vendor.models import AuditEntry, Vendor, VendorApplication, VendorInviteToken, VendorStatus
from shared.events.envelope import Envelope
from shared.events.event import Event
from shared.events.identity import CustomerCreated, CustomerErased, CustomerUpdated
from shared.events.ids import new_id
from shared.kit.audit import By

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LONG_AGO = NOON - timedelta(days=365)

ROWS = {
    "customer": "id, email, name, version, erased_at",
    "vendor_customer": "*",
    "vendor_customer_removal": "*",
    "invite_outcome": "event_id, customer_id, token, vendor_id, invite_token_id, vendor_customer_id, source, outcome, "
    "occurred_at",
}


def vendor(session: Session, name: str = "Vendor A", statuses: list[tuple[datetime, str]] | None = None) -> Vendor:
    """A vendor approved long ago, or with the given history of (since, status)."""
    history = statuses or [(LONG_AGO, "approved")]
    key = new_id()
    made = Vendor(
        id=key,
        user_id=new_id(),
        name=f"{name} {key.hex[-12:]}",
        slug=key.hex,
        code=key.hex.upper(),
        status=history[-1][1],
        commission_bps=1000,
        version=len(history),
        created_at=history[0][0],
    )
    session.add(made)
    session.flush()
    for version, (since, status) in enumerate(history, 1):
        session.add(VendorStatus(vendor_id=key, version=version, status=status, since=since, reason="because"))
    session.flush()
    return made


def invite(session: Session, of: Vendor, **more: Any) -> VendorInviteToken:
    """A link of a vendor, for everybody and for ever unless said otherwise."""
    key = new_id()
    made = VendorInviteToken(
        **{"id": key, "vendor_id": of.id, "token": f"token-{key.hex}", "created_at": LONG_AGO, **more}
    )
    session.add(made)
    session.flush()
    return made


def envelope(event: Event, version: int, at: datetime, event_id: UUID | None = None) -> Envelope[Any]:
    """An event as it arrives."""
    return Envelope(
        id=event_id or new_id(),
        source=event.publisher,
        aggregate_id=event.aggregate_id,
        aggregate_version=version,
        occurred_at=at,
        correlation_id="test",
        event=event,
    )


def created(
    token: str | None = None, *, customer: UUID | None = None, at: datetime = NOON, name: str = "Ada", version: int = 1
) -> Envelope[CustomerCreated]:
    """A registration, with a token or without."""
    customer = customer or new_id()
    metadata = {"invite_token": token} if token is not None else {}
    event = CustomerCreated(
        customer_id=customer,
        email=f"{name}@x.example".lower(),
        name=name,
        locale="en",
        registered_at=at,
        metadata=metadata,
    )
    return envelope(event, version, at)


def updated(
    customer: UUID, *, version: int = 2, at: datetime = NOON + HOUR, name: str = "Grace"
) -> Envelope[CustomerUpdated]:
    """A change of name."""
    event = CustomerUpdated(customer_id=customer, email=_email(name), name=name, locale="en", updated_at=at)
    return envelope(event, version, at)


def erased(customer: UUID, *, version: int = 9, at: datetime = NOON + 5 * HOUR) -> Envelope[CustomerErased]:
    """A departure."""
    return envelope(CustomerErased(customer_id=customer, erased_at=at), version, at)


def _email(name: str) -> str:
    return f"{name.lower()}@x.example"


def rows(session: Session, table: str) -> list[tuple[Any, ...]]:
    """A table's rows without what only the clock decides, in a stable order."""
    found = session.execute(text(f"SELECT {ROWS[table]} FROM {table}")).all()  # noqa: S608 - names of this module
    return sorted((tuple(row) for row in found), key=repr)


def everything(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """All derived tables and facts."""
    return {table: rows(session, table) for table in ROWS}


def outcomes(session: Session, *events: Envelope[Any]) -> list[str | None]:
    """The recorded outcome of each event."""
    ask = text("SELECT outcome FROM invite_outcome WHERE event_id = :event")
    return [session.scalar(ask, {"event": event.id}) for event in events]


def announced(session: Session, kind: str) -> list[dict[str, Any]]:
    """The data of the outbox's events of a type, in order."""
    ask = text("SELECT envelope -> 'data' FROM outbox WHERE type = :kind ORDER BY seq")
    return list(session.scalars(ask, {"kind": kind}))


ADMIN = By(new_id(), "admin", "203.0.113.7")


def applicant(user_id: UUID) -> By:
    """Somebody who acts for themselves."""
    return By(user_id, "customer", "203.0.113.8")


def application(session: Session, name: str = "Acme", user_id: UUID | None = None, **more: Any) -> VendorApplication:
    """An open application of somebody."""
    user_id = user_id or new_id()
    return applications.submit(session, user_id, Wanted(name, **more), NOON, applicant(user_id))


def approved(session: Session, name: str = "Acme", user_id: UUID | None = None, **given: Any) -> Vendor:
    """A vendor who applied and was approved."""
    asked = application(session, name, user_id)
    return decisions.approve(session, asked.id, NOON, ADMIN, default_bps=1000, **given).vendor


def acts(session: Session, subject_id: UUID) -> list[AuditEntry]:
    """What the audit trail holds of something, first act first."""
    session.flush()
    rows = select(AuditEntry).where(AuditEntry.subject_id == subject_id)
    return list(session.scalars(rows.order_by(AuditEntry.id)))


def newest(session: Session, aggregate_id: UUID) -> dict[str, Any]:
    """Type, version and data of the last event of something."""
    ask = text("""
        SELECT type, aggregate_version AS version, envelope -> 'data' AS data FROM outbox
        WHERE aggregate_id = :id ORDER BY aggregate_version DESC LIMIT 1
    """)
    return dict(session.execute(ask, {"id": aggregate_id}).one()._mapping)
