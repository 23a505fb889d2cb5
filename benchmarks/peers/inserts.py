"""What every peer does with one message: the vendor service's inserts for one registration, in one transaction.

Plain statements through the driver, no ORM, and few of the rules: the link is looked up, and everybody is linked.
"""

import json
import uuid
from datetime import datetime
from typing import Any

Statement = tuple[str, tuple[Any, ...]]

INVITE = "SELECT id, vendor_id FROM vendor_invite_token WHERE token = %s"
_INBOX = """
    INSERT INTO inbox (event_id, type, source, aggregate_id, aggregate_version, occurred_at, correlation_id, envelope,
                       status, handled_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'handled', clock_timestamp())
    ON CONFLICT (event_id) DO NOTHING RETURNING event_id
"""
_CUSTOMER = "INSERT INTO customer (id, email, name, version) VALUES (%s, %s, %s, %s) ON CONFLICT (id) DO NOTHING"
_MAPPING = """
    INSERT INTO vendor_customer (id, vendor_id, customer_id, invite_token_id, source, event_id, created_at, linked_at,
                                 version)
    VALUES (%s, %s, %s, %s, 'registration', %s, %s, %s, 1) ON CONFLICT (vendor_id, customer_id) DO NOTHING
"""
_OUTCOME = """
    INSERT INTO invite_outcome (event_id, customer_id, token, vendor_id, invite_token_id, vendor_customer_id, source,
                                outcome, occurred_at)
    VALUES (%s, %s, %s, %s, %s, %s, 'registration', 'linked', %s)
"""
_OUTBOX = """
    INSERT INTO outbox (event_id, type, aggregate_id, aggregate_version, occurred_at, correlation_id, envelope)
    VALUES (%s, 'vendor_customer.linked', %s, 1, %s, %s, %s)
"""


class Registration:
    """One message, read; and the ids of what it brings about, the same ones at every delivery."""

    def __init__(self, raw: bytes | str) -> None:
        self.raw = raw if isinstance(raw, str) else raw.decode()
        self.envelope: dict[str, Any] = json.loads(self.raw)
        self.data: dict[str, Any] = self.envelope["data"]
        self.token: str = self.data["metadata"]["invite_token"]
        self.at = datetime.fromisoformat(self.envelope["time"])
        cause = uuid.UUID(self.envelope["id"])
        self.mapping, self.news = str(uuid.uuid5(cause, "mapping")), str(uuid.uuid5(cause, "linked"))

    def inbox(self) -> Statement:
        """The insert that finds out whether this message is new."""
        e = self.envelope
        where = (e["source"].lstrip("/"), e["subject"], e["aggregateversion"], self.at, e["correlationid"])
        return _INBOX, (e["id"], e["type"], *where, self.raw)

    def effects(self, invite: str, vendor: str) -> list[Statement]:
        """The inserts that follow, in order."""
        cause, customer, invite, vendor = self.envelope["id"], self.data["customer_id"], str(invite), str(vendor)
        news = {**self.envelope, "id": self.news, "type": "vendor_customer.linked", "subject": self.mapping}
        news["data"] = {"vendor_customer_id": self.mapping, "vendor_id": vendor, "customer_id": customer}
        mapping = (self.mapping, vendor, customer, invite, cause, self.at, self.at)
        return [
            (_CUSTOMER, (customer, self.data["email"], self.data["name"], self.envelope["aggregateversion"])),
            (_MAPPING, mapping),
            (_OUTCOME, (cause, customer, self.token, vendor, invite, self.mapping, self.at)),
            (_OUTBOX, (self.news, self.mapping, self.at, self.envelope["correlationid"], json.dumps(news))),
        ]


def apply(connection: Any, raw: bytes | str) -> None:
    """Do it through psycopg2: all in one transaction, nothing at a redelivery."""
    message = Registration(raw)
    with connection, connection.cursor() as cursor:
        cursor.execute(*message.inbox())
        if cursor.fetchone():
            cursor.execute(INVITE, (message.token,))
            for sql, row in message.effects(*cursor.fetchone()):
                cursor.execute(sql, row)
