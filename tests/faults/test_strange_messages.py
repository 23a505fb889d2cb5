"""What cannot be read, is not known, or comes from the future is kept with its bytes, and holds nobody up."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from shared.events.envelope import encode
from shared.events.identity import CustomerCreated
from shared.events.ids import new_id
from shared.messaging.publisher import Message, Publisher
from shared.messaging.tests.people import created, envelope
from shared.messaging.topology import Broker
from tests.eventually import eventually
from tests.faults.conftest import Settled
from tests.faults.crowd import arriving, open_link
from tests.integration.marketplace import Marketplace


def strange() -> dict[str, list[bytes]]:
    """Bytes by the reason they must be kept under."""
    sound = encode(envelope(created("Ada")))
    return {
        "undecodable": [
            b"",
            b"\xff\xfe\x00",
            b"not json",
            b"[" * 50_000,
            sound[: len(sound) // 2].encode(),
            b'{"type": "customer.created"}',
            sound.replace('"name":"Ada"', '"name":7').encode(),
            sound.replace('"data":{', '"data":{"odd":NaN,').encode(),
            sound.replace('"correlationid":"c-1"', '"correlationid":"\\u0000"').encode(),
            sound.replace('"correlationid":"c-1"', '"correlationid":"\\ud800"').encode(),
            sound.replace('"aggregateversion":1', f'"aggregateversion":{2**70}').encode(),
        ],
        "unknown_event": [
            sound.replace('"type":"customer.created"', '"type":"customer.sang"').encode(),
            sound.replace('"schemaversion":1', '"schemaversion":9').encode(),
            sound.replace('"type":"customer.created"', '"type":"vendor.approved"').encode(),
        ],
    }


def test_malformed_unknown_and_newer_messages_among_healthy_ones(
    quiet_marketplace: Marketplace, settled: Settled
) -> None:
    place, messages = quiet_marketplace, strange()
    link = open_link(place)
    place.start("vendor.consumer", "identity.relay")
    with arriving(place, 3000, link):
        for _ in range(3):
            publish(place, [body for bodies in messages.values() for body in bodies])
    settled(place, strange=3 * sum(map(len, messages.values())))
    eventually(lambda: _kept(place) == {(reason, body) for reason, bodies in messages.items() for body in bodies})
    assert place.process("vendor.consumer").running


def publish(place: Marketplace, bodies: Sequence[bytes]) -> None:
    """Send bytes as if they were registrations."""
    publisher = Publisher(Broker(place.broker_url, place.namespace), "identity")
    unroutable = publisher.publish([Message(str(new_id()), CustomerCreated.type, body) for body in bodies], 30)
    publisher.close()
    assert not unroutable


def _kept(place: Marketplace) -> set[tuple[str, bytes]]:
    with place.vendor.db.transaction() as session:
        return {(row.reason, bytes(row.body)) for row in session.execute(text("SELECT reason, body FROM dead_letter"))}
