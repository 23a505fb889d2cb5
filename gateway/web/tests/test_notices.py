"""The bell rings without delaying anybody; notifications are read, chosen and switched off; stuck mails are decided."""

from __future__ import annotations

import re
import time

import httpx
import pytest

from gateway.web import bell
from gateway.web.tests.conftest import Breakable, Visitor
from gateway.web.tests.news_kept import News
from gateway.web.tests.stand_in import World


@pytest.fixture
def news(world: World) -> News:
    return world.news


def rung(page: str) -> str | None:
    """The number at the bell, if it shows any."""
    found = re.search(r'id="unread"( hidden)?><span>(\d+\+?)</span>', page)
    assert found, "no bell"
    return None if found[1] else found[2]


def test_the_bell_tells_how_much_is_unread(customer: Visitor, world: World, news: News) -> None:
    assert rung(customer.open("/profile")) is None
    for number in range(3):
        news.tell(world.users["ada@x.example"], f"Number {number}")
    assert rung(customer.open("/")) == "3"
    for number in range(100):
        news.tell(world.users["ada@x.example"], f"Number {number}")
    assert rung(customer.open("/")) == "99+"


def test_strangers_have_no_bell_and_nobody_is_asked_for_them(visitor: Visitor, world: World) -> None:
    assert 'id="unread"' not in visitor.open("/")
    assert "live." not in visitor.text
    assert not [path for _, path, _ in world.asked if path == "/notifications/unread"]


def test_pages_work_while_notifications_is_down_and_do_not_ask_again_at_once(
    customer: Visitor, ways: dict[str, Breakable], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def late(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        raise httpx.ReadTimeout("late", request=request)

    monkeypatch.setattr(ways["notifications"], "handle_request", late)
    for _ in range(3):
        assert rung(customer.open("/profile")) is None
        assert customer.status == 200
    assert asked == ["/notifications/unread"]
    assert "we cannot show your notifications" in customer.open("/notifications")
    assert customer.status == 200


def test_a_number_is_waited_for_a_quarter_of_a_second_at_most() -> None:
    class Slow(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            self.patience = request.extensions["timeout"]
            raise httpx.ReadTimeout("late", request=request)

    slow = Slow()
    assert bell.Bell("http://notifications", slow).unread({}) is None
    assert set(slow.patience.values()) == {bell.PATIENCE_SECONDS}


def test_after_a_rest_the_bell_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [httpx.Response(503), httpx.Response(200, json={"unread": 2})]
    rung = bell.Bell("http://notifications", httpx.MockTransport(lambda _request: answers.pop(0)))
    assert rung.unread({}) is None
    later = time.monotonic() + bell.REST_SECONDS + 0.1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert rung.unread({}) == 2


def test_the_list_shows_what_was_told_and_what_is_new(customer: Visitor, world: World, news: News) -> None:
    assert "Nothing yet" in customer.open("/notifications")
    news.tell(world.users["ada@x.example"], "Your order is confirmed")
    assert "Your order is confirmed" in customer.open("/notifications")
    assert customer.text.count(">New<") == 1


def test_following_one_marks_it_as_read_and_leads_to_what_it_is_about(
    customer: Visitor, world: World, news: News
) -> None:
    told = news.tell(world.users["ada@x.example"], "Your order is confirmed", link="/orders/1")
    customer.open(f"/notifications/{told['id']}/open")
    assert (customer.status, customer.page.headers["Location"]) == (303, "/orders/1")
    assert told["read_at"]


def test_a_link_that_leads_elsewhere_is_not_followed(customer: Visitor, world: World, news: News) -> None:
    told = news.tell(world.users["ada@x.example"], "Look", link="https://evil.example/")
    customer.open(f"/notifications/{told['id']}/open")
    assert customer.page.headers["Location"] == "/notifications"


def test_one_is_marked_as_read_where_it_stands(customer: Visitor, world: World, news: News) -> None:
    told = news.tell(world.users["ada@x.example"], "Your order is confirmed")
    customer.open("/notifications?show=unread")
    customer.send(f"/notifications/{told['id']}/read")
    assert customer.page.headers["Location"] == "/notifications?show=unread"
    assert "All read" in customer.follow()


def test_marking_all_leaves_what_came_since_unread(customer: Visitor, world: World, news: News) -> None:
    ada = world.users["ada@x.example"]
    news.tell(ada, "First")
    news.tell(ada, "Second")
    customer.open("/notifications")
    news.tell(ada, "Came since")
    customer.send("/notifications/read")
    customer.follow()
    assert rung(customer.text) == "1"
    assert customer.text.count(">New<") == 1


def test_long_lists_are_leafed_through(customer: Visitor, world: World, news: News) -> None:
    for number in range(25):
        news.tell(world.users["ada@x.example"], f"Number {number}.")
    assert "Number 24." in customer.open("/notifications")
    older = re.search(r'href="(/notifications\?cursor=[^"]+)"', customer.text)
    assert older
    assert "Number 4." in customer.open(older[1])
    assert "data-live" not in customer.text.partition("<main")[2]
    assert "Number 24." not in customer.text


def test_a_toast_is_what_was_told_and_nothing_once_it_was_read(customer: Visitor, world: World, news: News) -> None:
    told = news.tell(world.users["ada@x.example"], "Your <b>order</b> is confirmed")
    toast = customer.open(f"/notifications/{told['id']}/toast")
    assert "Your &lt;b&gt;order&lt;/b&gt; is confirmed" in toast
    assert "<html" not in toast
    told["read_at"] = told["occurred_at"]
    customer.open(f"/notifications/{told['id']}/toast")
    assert (customer.status, customer.text) == (204, "")


def test_what_is_not_ticked_is_switched_off_and_the_rest_stays(customer: Visitor, world: World, news: News) -> None:
    ada = world.users["ada@x.example"]
    news.off.add((ada["id"], "order_confirmed", "in_app"))
    page = customer.open("/notifications/preferences")
    offered = re.findall(r'name="offered" value="([^"]+)"', page)
    assert len(offered) == 4
    customer.send("/notifications/preferences", offered=offered, on=["order_confirmed:email", "part_shipped:email"])
    assert news.off == {(ada["id"], "order_confirmed", "in_app"), (ada["id"], "part_shipped", "in_app")}
    assert "Your choice is saved." in customer.follow()


def test_what_a_form_did_not_offer_is_left_alone(customer: Visitor, news: News) -> None:
    customer.open("/notifications/preferences")
    customer.send("/notifications/preferences", offered=["order_confirmed:email"])
    assert {what[1:] for what in news.off} == {("order_confirmed", "email")}


def test_what_has_to_be_told_cannot_be_ticked_off(admin: Visitor, news: News) -> None:
    page = admin.open("/notifications/preferences")
    assert re.search(r'value="delivery_failed:in_app" checked disabled', page)
    assert "It is the admins" in page
    admin.send("/notifications/preferences", offered=["delivery_failed:in_app", "delivery_failed:email"])
    assert {what[1:] for what in news.off} == {("delivery_failed", "email")}


def test_a_link_in_a_mail_asks_first_and_switches_off_when_it_is_sent(visitor: Visitor, news: News) -> None:
    visitor.open("/unsubscribe?token=the-token")
    assert "A shop sends its part" in visitor.open(visitor.page.headers["Location"])
    assert news.unsubscribed == []
    assert "It is switched off<" in visitor.send("/notifications/unsubscribe")
    assert news.unsubscribed == ["the-token"]
    assert "It is switched off already" in visitor.open("/notifications/unsubscribe?token=the-token")


def test_a_link_that_nobody_gave_is_told(visitor: Visitor) -> None:
    assert "This link is not valid" in visitor.open("/notifications/unsubscribe?token=else")
    assert visitor.status == 404


def test_stuck_mails_are_sent_again_or_let_go_with_a_reason(admin: Visitor, news: News) -> None:
    assert "Nothing to decide" in admin.open("/admin/deliveries")
    failed, doubtful = news.delivery("failed"), news.delivery("in_doubt")
    page = admin.open("/admin/deliveries")
    assert "550 No such mailbox" in page
    assert "they may have it twice" in page
    admin.send(f"/admin/deliveries/{failed['id']}/resend", reason="The address is mended")
    assert "sent again" in admin.follow()
    admin.send(f"/admin/deliveries/{doubtful['id']}/dismiss", reason="They have it")
    assert news.settled == [("resend", "admin", "The address is mended"), ("dismiss", "admin", "They have it")]


def test_a_mail_that_was_sent_meanwhile_is_told(admin: Visitor, news: News) -> None:
    failed = news.delivery("failed")
    admin.open("/admin/deliveries")
    failed["state"] = "sent"
    admin.send(f"/admin/deliveries/{failed['id']}/resend", reason="Again")
    assert "It was sent meanwhile." in admin.follow()


def test_mails_are_the_admins_alone(customer: Visitor) -> None:
    customer.open("/admin/deliveries")
    assert customer.status == 403


def test_figures_are_fetched_again_alone_and_stay_as_they_are_while_ordering_is_down(
    vendor: Visitor, ways: dict[str, Breakable]
) -> None:
    page = vendor.open("/vendor/dashboard?by=week")
    assert 'hx-get="/vendor/dashboard/figures?by=week" hx-trigger="live delay:1s"' in page
    assert "26 weeks" in vendor.open("/vendor/dashboard/figures?by=week")
    assert "<html" not in vendor.text
    ways["ordering"].down = True
    vendor.open("/vendor/dashboard/figures?by=week")
    assert (vendor.status, vendor.text) == (204, "")
