"""The naive chain's first half: each outbox row through the ORM, a confirm each, a commit each."""

import json
import os
import time
from datetime import UTC, datetime

from kombu import Connection, Exchange
from sqlalchemy import Sequence, create_engine, select
from sqlalchemy.orm import Session

from benchmarks.peers.models import Outbox

engine = create_engine(os.environ["PEER_DATABASE"].replace("postgresql://", "postgresql+psycopg2://"))
connection = Connection(os.environ["PEER_BROKER"], transport_options={"confirm_publish": True})
producer = connection.Producer(exchange=Exchange(os.environ["PEER_EXCHANGE"], type="topic", durable=True))
oldest = select(Outbox).where(Outbox.published_at.is_(None)).order_by(Outbox.seq).limit(1)
while True:
    with Session(engine) as session, session.begin():
        row = session.scalar(oldest)
        if row:
            options = {"content_type": "application/cloudevents+json", "content_encoding": "utf-8"}
            producer.publish(json.dumps(row.envelope), routing_key=row.type, delivery_mode=2, mandatory=True, **options)
            row.log_position = session.scalar(Sequence("outbox_log_position"))
            row.published_at = datetime.now(UTC)
    if row is None:
        time.sleep(0.05)
