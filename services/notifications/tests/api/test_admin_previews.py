"""Admins see what people read."""

from services.notifications.domain.kinds import Kind
from services.notifications.tests.api.conftest import ADMIN, Client, problem


def test_a_template_is_shown_with_sample_data(client: Client) -> None:
    shown = client.get("/admin/notifications/preview?kind=part_shipped&language=de", headers=ADMIN)
    assert shown.status_code == 200, shown.text
    assert shown.json["subject"] == "Acme hat Ihre Bestellung verschickt"
    assert "JD014600006228974321" in shown.json["text"]
    assert "<p>" in shown.json["html"]


def test_all_that_people_can_be_told_is_listed_in_a_language(client: Client) -> None:
    shown = client.get("/admin/notifications/templates?language=de", headers=ADMIN).json
    items = {it["kind"]: it for it in shown["items"]}
    assert (shown["languages"], {*items}) == (["en", "de"], {*Kind})
    assert items["part_shipped"] == {
        "kind": "part_shipped",
        "audience": "customer",
        "channels": ["email", "in_app"],
        "title": "Acme hat Ihre Bestellung verschickt",
    }
    assert (items["delivery_failed"]["audience"], items["delivery_failed"]["channels"]) == ("admin", ["in_app"])


def test_there_are_no_other_kinds_or_languages(client: Client) -> None:
    for query in ("kind=nothing", "kind=part_shipped&language=fr"):
        assert problem(client.get(f"/admin/notifications/preview?{query}", headers=ADMIN))[0] == 422
