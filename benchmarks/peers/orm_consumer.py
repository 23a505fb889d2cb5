"""The naive chain's second half: an ORM transaction and an ack for each message."""

import json
import os
from datetime import UTC, datetime
from uuid import UUID, uuid5

import pika
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from benchmarks.peers.models import Customer, Inbox, Invite, Mapping, Outbox, Outcome

engine = create_engine(os.environ["PEER_DATABASE"].replace("postgresql://", "postgresql+psycopg2://"))


def apply(session: Session, body: bytes) -> None:
    """The vendor service's inserts, as objects."""
    envelope = json.loads(body)
    data, cause, at = envelope["data"], UUID(envelope["id"]), datetime.fromisoformat(envelope["time"])
    if session.scalar(select(Inbox).where(Inbox.event_id == cause)):
        return
    customer, token = UUID(data["customer_id"]), data["metadata"]["invite_token"]
    about = {"aggregate_version": 1, "occurred_at": at, "correlation_id": envelope["correlationid"]}
    told = {"event_id": cause, "type": envelope["type"], "source": "identity", "aggregate_id": customer}
    session.add(Inbox(**told, **about, envelope=envelope, handled_at=datetime.now(UTC)))
    session.add(Customer(id=customer, email=data["email"], name=data["name"], version=1))
    invite = session.scalars(select(Invite).where(Invite.token == token)).one()
    who = {"vendor_id": invite.vendor_id, "customer_id": customer, "invite_token_id": invite.id, "event_id": cause}
    place = uuid5(cause, "mapping")
    session.add(Mapping(id=place, **who, created_at=at, linked_at=at))
    session.add(Outcome(**who, token=token, vendor_customer_id=place, occurred_at=at))
    news = {**envelope, "type": "vendor_customer.linked", "data": {"vendor_customer_id": str(place)}}
    linked = {"event_id": uuid5(cause, "linked"), "type": "vendor_customer.linked", "aggregate_id": place}
    session.add(Outbox(**linked, **about, envelope=news))


channel = pika.BlockingConnection(pika.URLParameters(os.environ["PEER_BROKER"])).channel()
channel.basic_qos(prefetch_count=200)
for method, _, body in channel.consume(os.environ["PEER_QUEUE"]):
    with Session(engine) as session, session.begin():
        apply(session, body)
    channel.basic_ack(method.delivery_tag)
