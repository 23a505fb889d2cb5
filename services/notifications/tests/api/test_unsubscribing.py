"""One click in a mail is enough, looking is not, and a mail program may click twice."""

from services.notifications.domain.kinds import Channel, Kind
from services.notifications.domain.unsubscribing import Subscription
from services.notifications.settings import Settings
from services.notifications.tests.api.conftest import Client, as_person, problem
from shared.events.ids import new_id


def test_one_click_switches_the_kind_off_without_signing_in(client: Client, settings: Settings) -> None:
    ada = new_id()
    token = settings.unsubscribe_links.token(Subscription(ada, Kind.ORDER_CONFIRMED, Channel.EMAIL))
    on = {"kind": "order_confirmed", "channel": "email", "enabled": True}
    assert [client.get(f"/notifications/unsubscribe?token={token}").json for _ in "12"] == [on, on]
    for _ in "12":
        clicked = client.post(f"/notifications/unsubscribe?token={token}", data={"List-Unsubscribe": "One-Click"})
        assert (clicked.status_code, clicked.json) == (200, {**on, "enabled": False})
    items = client.get("/notifications/preferences", headers=as_person(ada)).json["items"]
    off = [(item["kind"], one["channel"]) for item in items for one in item["channels"] if not one["enabled"]]
    assert off == [("order_confirmed", "email"), ("part_accepted", "email"), ("part_packed", "email")]


def test_what_has_to_be_heard_stays_on(client: Client, settings: Settings) -> None:
    token = settings.unsubscribe_links.token(Subscription(new_id(), Kind.VENDOR_SUSPENDED, Channel.EMAIL))
    assert client.post(f"/notifications/unsubscribe?token={token}").json["enabled"] is True


def test_a_link_that_is_not_ours_is_refused(client: Client) -> None:
    for method in ("GET", "POST"):
        refused = client.open("/notifications/unsubscribe?token=abc", method=method)
        assert problem(refused) == (404, "unsubscribe-link-invalid", [])
