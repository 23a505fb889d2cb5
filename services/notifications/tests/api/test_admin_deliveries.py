"""Admins see what is stuck, send it again or let it go, and every act leaves a row."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.notifications.tests.api.conftest import ADMIN, Client, Committed, as_person, problem
from services.notifications.tests.world import confirmed
from shared.events.ids import new_id
from shared.kit.database import Database


def stuck(committed: Committed, state: str = "failed") -> UUID:
    """A delivery that got so far."""
    with committed() as world:
        ada = world.person(name="Ada", email=f"{new_id().hex}@shop.example")
        world.tell(confirmed(ada))
        key = world.deliveries(ada)[0].id
        stopped = text(
            "UPDATE delivery SET state = :s, claimed_by = 1, attempts = 3, last_error = '550 no', finished_at = now() "
            "WHERE id = :id"
        )
        world.session.execute(stopped, {"s": state, "id": key})
    return key


def trail(database: Database, key: UUID) -> list[Any]:
    with database.transaction() as session:
        rows = text("SELECT action, reason, before->>'state', after->>'state' FROM audit_entry WHERE subject_id = :id")
        return [tuple(row) for row in session.execute(rows, {"id": key})]


def test_what_waits_for_an_admin_is_listed_and_counted(client: Client, committed: Committed) -> None:
    keys = {state: stuck(committed, state) for state in ("failed", "in_doubt", "lapsed", "sent")}
    items = client.get("/admin/deliveries?limit=100", headers=ADMIN).json["items"]
    shown = {item["id"]: item for item in items}
    assert {str(keys[state]) for state in ("failed", "in_doubt", "lapsed")} <= shown.keys()
    assert str(keys["sent"]) not in shown
    assert shown[str(keys["failed"])]["recipient_name"] == "Ada"
    assert shown[str(keys["failed"])]["last_error"] == "550 no"
    (sent,) = client.get(
        f"/admin/deliveries?state=sent&recipient_id={_recipient(client, keys['sent'])}", headers=ADMIN
    ).json["items"]
    assert sent["id"] == str(keys["sent"])
    counts = client.get("/admin/deliveries/counts", headers=ADMIN).json
    assert counts["failed"]["count"] >= 1
    assert counts["claimed"] == {"count": 0, "oldest": None}


def _recipient(client: Client, key: UUID) -> str:
    items = client.get("/admin/deliveries?state=sent&limit=100", headers=ADMIN).json["items"]
    return str(next(item["recipient_id"] for item in items if item["id"] == str(key)))


def test_one_in_doubt_is_sent_again_because_an_admin_said_so(
    client: Client, committed: Committed, database: Database
) -> None:
    key = stuck(committed, "in_doubt")
    answer = client.post(f"/admin/deliveries/{key}/resend", json={"reason": "They asked"}, headers=ADMIN)
    assert (answer.status_code, answer.json["state"], answer.json["attempts"]) == (200, "due", 0), answer.text
    assert answer.json["last_error"] is None
    assert trail(database, key) == [("delivery.resent", "They asked", "in_doubt", "due")]
    again = client.post(f"/admin/deliveries/{key}/resend", headers=ADMIN)
    assert problem(again) == (409, "wrong-delivery-state", [])


def test_one_that_is_dismissed_is_listed_no_more_and_can_still_be_sent(
    client: Client, committed: Committed, database: Database
) -> None:
    key = stuck(committed)
    assert client.post(f"/admin/deliveries/{key}/dismiss", headers=ADMIN).json["state"] == "dismissed"
    listed = client.get("/admin/deliveries?limit=100", headers=ADMIN).json["items"]
    assert str(key) not in {item["id"] for item in listed}
    assert problem(client.post(f"/admin/deliveries/{key}/dismiss", headers=ADMIN))[0] == 409
    assert client.post(f"/admin/deliveries/{key}/resend", headers=ADMIN).json["state"] == "due"
    assert [row[0] for row in trail(database, key)] == ["delivery.dismissed", "delivery.resent"]


def test_what_is_sent_or_gone_is_not_sent_again(client: Client, committed: Committed) -> None:
    sent, gone = stuck(committed, "sent"), stuck(committed)
    with committed() as world:
        world.session.execute(
            text("DELETE FROM message WHERE id = (SELECT message_id FROM delivery WHERE id = :id)"), {"id": gone}
        )
    assert problem(client.post(f"/admin/deliveries/{sent}/resend", headers=ADMIN)) == (409, "wrong-delivery-state", [])
    assert problem(client.post(f"/admin/deliveries/{gone}/resend", headers=ADMIN)) == (409, "message-gone", [])
    assert problem(client.post(f"/admin/deliveries/{new_id()}/resend", headers=ADMIN))[0] == 404
    assert problem(client.post(f"/admin/deliveries/{gone}/dismiss", headers=as_person()))[0] == 403
