"""Registration asks nothing of anybody but identity's database, and the same request twice is one account."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
from sqlalchemy import text

from tests.eventually import eventually
from tests.integration.marketplace import Marketplace, fresh_email

NO_BROKER = "amqp://guest:nothing@127.0.0.1:1//"


def _ids(answers: list[httpx.Response]) -> set[str]:
    return {answer.json()["id"] for answer in answers}


def test_registration_is_answered_201_with_the_broker_down_and_arrives_later(quiet_marketplace: Marketplace) -> None:
    place = quiet_marketplace
    place.start("identity.web", BROKER_URL=NO_BROKER)
    relay = place.process("identity.relay")
    relay.start(BROKER_URL=NO_BROKER)
    eventually(lambda: relay.readiness()["broker"] != "ok", timeout=60)
    people = {place.register("Early Bird", "some-token").id for _ in range(5)}
    relay.kill()
    place.start("vendor.consumer")
    place.start("identity.relay")

    def decided() -> bool:
        with place.vendor.db.transaction() as session:
            return set(session.scalars(text("SELECT customer_id FROM invite_outcome"))) == people

    eventually(decided, timeout=30)


def test_the_same_idempotency_key_is_one_account_however_many_come_at_once(quiet_marketplace: Marketplace) -> None:
    place, headers, email = quiet_marketplace, {"Idempotency-Key": uuid4().hex}, fresh_email("twice")
    with ThreadPoolExecutor(6) as pool:
        answers = list(
            pool.map(lambda _: place.send_registration("Twice", "t", email=email, headers=headers), range(6))
        )
    assert [answer.status_code for answer in answers] == [201] * 6
    assert len(_ids(answers)) == 1
    again = place.send_registration("Twice", "t", email=email, headers=headers)
    assert again.headers["Idempotency-Replayed"] == "true"
    with place.identity.db.transaction() as session:
        told = text("SELECT count(*) FROM outbox WHERE envelope -> 'data' ->> 'email' = :email")
        assert session.scalar(told, {"email": email}) == 1


def test_the_same_key_with_another_body_is_refused_by_name(quiet_marketplace: Marketplace) -> None:
    place, headers = quiet_marketplace, {"Idempotency-Key": uuid4().hex}
    assert place.send_registration("One", headers=headers).status_code == 201
    other = place.send_registration("Other", headers=headers)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")
