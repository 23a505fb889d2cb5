"""One's notifications: in one's language, newest first, read one by one or all at once, and nobody else's."""

from services.notifications.tests.api.conftest import Client, Committed, as_person, problem
from services.notifications.tests.world import confirmed, erased, joined
from shared.events.ids import new_id


def test_somebody_sees_what_they_were_told_in_their_own_language(client: Client, committed: Committed) -> None:
    with committed() as world:
        ada = world.person(locale="de-AT")
        told = confirmed(ada)
        world.tell(told)
    answer = client.get("/notifications", headers=as_person(ada))
    assert answer.status_code == 200, answer.text
    (item,) = answer.json["items"]
    assert (item["kind"], item["title"]) == ("order_confirmed", f"Ihre Bestellung {told.number} ist bestätigt")
    assert (item["line"], item["action"]) == ("€ 71,96, von 4 Shops.", "Bestellung verfolgen")
    assert (item["link"], item["read_at"]) == (f"/orders/{told.order_id}", None)
    assert item["about"] == {"order_id": str(told.order_id), "customer_id": str(ada)}
    assert answer.json["unread"] == 1
    english = client.get("/notifications?language=en", headers=as_person(ada)).json["items"][0]
    assert english["title"] == f"Your order {told.number} is confirmed"


def test_names_are_those_of_today_and_of_nobody_who_left(client: Client, committed: Committed) -> None:
    with committed() as world:
        (vendor, owner), ada = world.shop(), world.person(name="Ada Lovelace")
        world.tell(joined(vendor, ada))
    shop = as_person(owner, "vendor")
    assert (
        client.get("/notifications", headers=shop).json["items"][0]["title"] == "Ada Lovelace is on your customer list"
    )
    with committed() as world:
        world.tell(erased(ada))
    shown = client.get("/notifications", headers=shop)
    assert shown.json["items"][0]["title"] == "A new customer is on your customer list"
    assert "Ada" not in shown.text


def test_pages_go_on_where_the_last_one_ended(client: Client, committed: Committed) -> None:
    with committed() as world:
        ada = world.person()
        world.tell(*(confirmed(ada) for _ in range(5)))
    first = client.get("/notifications?limit=3", headers=as_person(ada))
    rest = client.get(f"/notifications?limit=3&cursor={first.json['next_cursor']}", headers=as_person(ada)).json
    assert first.headers["Link"].startswith("<?limit=3&cursor=")
    ids = [item["id"] for item in [*first.json["items"], *rest["items"]]]
    assert (len(ids), len(set(ids)), rest["next_cursor"]) == (5, 5, None)


def test_what_is_read_stays_read_and_is_not_counted(client: Client, committed: Committed) -> None:
    with committed() as world:
        ada = world.person()
        world.tell(confirmed(ada), confirmed(ada))
    me = as_person(ada)
    newest = client.get("/notifications", headers=me).json["items"][0]
    read = client.post(f"/notifications/{newest['id']}/read", headers=me)
    assert read.status_code == 200, read.text
    assert read.json["read_at"]
    again = client.post(f"/notifications/{newest['id']}/read", headers=me)
    assert again.json["read_at"] == read.json["read_at"]
    assert client.get("/notifications/unread", headers=me).json == {"unread": 1}
    (left,) = client.get("/notifications?unread=true", headers=me).json["items"]
    assert left["id"] != newest["id"]


def test_everything_is_read_at_once_or_up_to_what_was_seen(client: Client, committed: Committed) -> None:
    with committed() as world:
        ada = world.person()
        for _ in range(4):
            world.tell(confirmed(ada))
    me = as_person(ada)
    seen = client.get("/notifications", headers=me).json["items"][1]["id"]
    assert client.post("/notifications/read", json={"through": seen}, headers=me).json == {"read": 3, "unread": 1}
    assert client.post("/notifications/read", headers=me).json == {"read": 1, "unread": 0}


def test_nobody_reads_what_another_was_told(client: Client, committed: Committed) -> None:
    with committed() as world:
        ada, eve = world.person(), world.person()
        world.tell(confirmed(ada))
    hers = client.get("/notifications", headers=as_person(ada)).json["items"][0]["id"]
    assert client.get("/notifications", headers=as_person(eve)).json["items"] == []
    for refused in (
        client.post(f"/notifications/{hers}/read", headers=as_person(eve)),
        client.post("/notifications/read", json={"through": hers}, headers=as_person(eve)),
        client.post(f"/notifications/{new_id()}/read", headers=as_person(eve)),
    ):
        assert problem(refused) == (404, "unknown-notification", [])
    assert client.get("/notifications/unread", headers=as_person(ada)).json == {"unread": 1}
