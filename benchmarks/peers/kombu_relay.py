"""The straightforward relay: read a row, publish it with a confirm, mark it, commit; then the next."""

import os

import psycopg2
from kombu import Connection, Exchange

database = psycopg2.connect(os.environ["PEER_DATABASE"])
connection = Connection(os.environ["PEER_BROKER"], transport_options={"confirm_publish": True})
producer = connection.Producer(exchange=Exchange(os.environ["PEER_EXCHANGE"], type="topic", durable=True))
cursor = database.cursor()
while True:
    cursor.execute("SELECT seq, event_id::text, type, envelope::text FROM outbox WHERE published_at IS NULL "
                   "ORDER BY seq LIMIT 1")  # fmt: skip
    row = cursor.fetchone()
    if row is None:
        break
    seq, event_id, kind, body = row
    producer.publish(
        body,
        routing_key=kind,
        message_id=event_id,
        content_type="application/cloudevents+json",
        content_encoding="utf-8",
        delivery_mode=2,
        mandatory=True,
    )
    cursor.execute(
        "UPDATE outbox SET published_at = clock_timestamp(), log_position = nextval('outbox_log_position') "
        "WHERE seq = %s",
        (seq,),
    )
    database.commit()
