"""Everybody says what they wish to hear, but for what they have to."""

from services.notifications.domain.kinds import TRAITS, Kind, heard_by
from services.notifications.tests.api.conftest import ADMIN, Client, Committed, as_person, problem
from services.notifications.tests.world import confirmed


def wish(kind: str, channel: str, enabled: bool) -> dict[str, object]:
    return {"items": [{"kind": kind, "channel": channel, "enabled": enabled}]}


def test_everybody_is_shown_the_kinds_of_their_roles(client: Client) -> None:
    for role, headers in (("customer", as_person()), ("vendor", as_person(role="vendor")), ("admin", ADMIN)):
        items = client.get("/notifications/preferences", headers=headers).json["items"]
        assert [item["kind"] for item in items] == heard_by(role)
        for item in items:
            traits = TRAITS[Kind(item["kind"])]
            assert {one["channel"]: one["enabled"] for one in item["channels"]} == traits.channels
            assert any(one["locked"] for one in item["channels"]) == bool(item["why"])


def test_what_is_switched_off_in_the_app_is_neither_listed_nor_counted(client: Client, committed: Committed) -> None:
    with committed() as world:
        ada = world.person()
        world.tell(confirmed(ada))
    me = as_person(ada)
    changed = client.put("/notifications/preferences", json=wish("order_confirmed", "in_app", False), headers=me)
    assert changed.status_code == 200, changed.text
    assert client.get("/notifications", headers=me).json == {"items": [], "next_cursor": None, "unread": 0}
    client.put("/notifications/preferences", json=wish("order_confirmed", "in_app", True), headers=me)
    assert client.get("/notifications/unread", headers=me).json == {"unread": 1}


def test_one_wish_leaves_the_others_alone_and_the_later_of_two_counts(client: Client) -> None:
    me = as_person()
    both = [*wish("part_packed", "email", True)["items"], *wish("part_packed", "email", False)["items"]]  # type: ignore[misc]
    client.put("/notifications/preferences", json=wish("part_accepted", "email", True), headers=me)
    items = client.put("/notifications/preferences", json={"items": both}, headers=me).json["items"]
    on = {item["kind"]: {one["channel"]: one["enabled"] for one in item["channels"]} for item in items}
    assert on["part_accepted"] == {"email": True, "in_app": True}
    assert on["part_packed"] == {"email": False, "in_app": True}


def test_what_has_to_be_heard_cannot_be_switched_off_and_nothing_else_is_then(client: Client) -> None:
    me = as_person(role="vendor")
    wishes = [*wish("stock_low", "email", False)["items"], *wish("vendor_suspended", "email", False)["items"]]  # type: ignore[misc]
    refused = client.put("/notifications/preferences", json={"items": wishes}, headers=me)
    assert problem(refused) == (422, "cannot-be-switched-off", ["items.1.enabled"])
    items = client.get("/notifications/preferences", headers=me).json["items"]
    (stock,) = [item for item in items if item["kind"] == "stock_low"]
    assert all(one["enabled"] for one in stock["channels"])


def test_nobody_wishes_for_what_is_not_theirs(client: Client) -> None:
    for kind, channel in (("stock_low", "email"), ("order_placed", "email")):
        refused = client.put("/notifications/preferences", json=wish(kind, channel, False), headers=as_person())
        assert problem(refused) == (422, "invalid", ["items.0.channel"])
