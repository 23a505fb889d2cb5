"""The replay that one would write first: an ORM transaction for each event of the inbox, into a copy of the tables."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from benchmarks.peers.models import Customer, Inbox, Invite, Mapping, Outcome
from benchmarks.stage import Store

TABLES = ("customer", "vendor_customer", "invite_outcome")


def replay(store: Store, events: int) -> float:
    """Events a second."""
    options = {"options": "-c search_path=naive,public -c TimeZone=UTC"}
    engine = create_engine(store.names.superuser_url, connect_args=options)
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA naive"))
        for table in TABLES:
            connection.execute(text(f"CREATE TABLE naive.{table} (LIKE public.{table} INCLUDING ALL)"))
    with Session(engine) as session:
        told = session.scalars(select(Inbox.envelope).order_by(Inbox.seq).limit(events)).all()
    began = time.monotonic()
    for envelope in told:
        with Session(engine) as session, session.begin():
            _apply(session, envelope)
    seconds = time.monotonic() - began
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA naive CASCADE"))
    engine.dispose()
    return len(told) / seconds


def _apply(session: Session, envelope: dict[str, Any]) -> None:
    data, cause, at = envelope["data"], UUID(envelope["id"]), datetime.fromisoformat(envelope["time"])
    customer, token = UUID(data["customer_id"]), data["metadata"]["invite_token"]
    if session.get(Outcome, cause) is not None:
        return
    session.merge(Customer(id=customer, email=data["email"], name=data["name"], version=1))
    invite = session.scalars(select(Invite).where(Invite.token == token)).one()
    who = {"vendor_id": invite.vendor_id, "customer_id": customer, "invite_token_id": invite.id, "event_id": cause}
    place = uuid5(cause, "mapping")
    session.add(Mapping(id=place, **who, created_at=at, linked_at=at))
    session.add(Outcome(**who, token=token, vendor_customer_id=place, occurred_at=at))
