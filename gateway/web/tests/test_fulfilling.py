"""A vendor takes parts of orders step by step, reads what they earn, and admins watch without touching."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from flask import Flask

from gateway.web.charts import charts, stretches
from gateway.web.faring import done
from gateway.web.tests.answers import now
from gateway.web.tests.conftest import Breakable, Visitor
from gateway.web.tests.orders_kept import Row, euros
from gateway.web.tests.stand_in import World
from shared.events.ids import new_id

PLACE = {"name": "Ada Byron", "line1": "12 St James’s Square", "city": "London", "country": "GB"}


def bought(world: World, *vendors: str) -> list[Row]:
    """A confirmed order with one thing of each vendor; its parts."""
    person = next((it for it in world.users.values() if it["name"] == "Ada Byron"), None)
    person = person or world.user("Ada Byron", "ada@x.example")
    for name in vendors:
        world.orders.put(person["id"], {world.orders.product(f"Thing of {name}", 1050, name)["product_id"]: 2})
    order = world.orders.place(person, {**PLACE, "phone": "+44 20 7946 0000"})
    world.orders.confirm(order)
    return list(order["vendor_orders"])


@pytest.fixture
def part(world: World, vendor: Visitor) -> Row:
    return bought(world, "Luca’s Bakery", "Mina’s Books")[0]


def test_a_part_goes_all_its_way(vendor: Visitor, part: Row) -> None:
    path = f"/vendor/orders/{part['id']}"
    text = vendor.open(path)
    assert "−€2.10" in text
    assert "You earn of the goods</dt><dd" in text
    vendor.send(f"{path}/accept")
    assert "It is accepted." in vendor.follow()
    vendor.send(f"{path}/pack")
    vendor.follow()
    text = vendor.send(f"{path}/ship", carrier="DHL", tracking_number="")
    assert vendor.status == 422
    assert "Enter the tracking number." in text
    assert 'value="DHL"' in text
    vendor.send(f"{path}/ship", carrier="DHL", tracking_number="JD0146")
    assert '<span class="mono">JD0146</span>' in vendor.follow()
    vendor.send(f"{path}/deliver")
    assert "It is yours." in vendor.follow()
    assert part["status"] == "delivered"
    assert "<form" not in vendor.text.split('id="steps"')[1].split("</section>")[0]


def test_a_part_is_declined_for_a_reason_that_the_customer_reads(vendor: Visitor, part: Row) -> None:
    path = f"/vendor/orders/{part['id']}"
    vendor.open(path)
    assert "Enter a reason." in vendor.send(f"{path}/reject", reason="")
    assert "<details open>" in vendor.text
    assert part["status"] == "pending"
    vendor.send(f"{path}/reject", reason="The oven is broken")
    text = vendor.follow()
    assert "This part was declined: The oven is broken" in text
    assert "Nothing of this is earned" in text


def test_a_step_that_came_too_late_is_told_in_words(world: World, vendor: Visitor, part: Row) -> None:
    path = f"/vendor/orders/{part['id']}"
    vendor.open(path)
    world.orders.step(part, "cancelled", "customer", reason="Too much")
    text = vendor.send(f"{path}/accept")
    assert vendor.status == 409
    assert "Nothing was changed: by now this part is “Cancelled”, and it cannot become “Accepted”." in text
    vendor.send(f"{path}/burn")
    assert vendor.status == 404


def test_orders_are_found_by_status_and_customer(world: World, vendor: Visitor, part: Row) -> None:
    assert part["number"] in vendor.open("/vendor/orders")
    assert "VND-MINA" not in vendor.text
    assert part["number"] in vendor.open("/vendor/orders?status=pending&q=byron")
    assert "No order is like this" in vendor.open("/vendor/orders?status=shipped")
    fragment = vendor.open("/vendor/orders?q=zzz", HX_Request="true")
    assert "<html" not in fragment
    assert "has “zzz” in it" in fragment


def test_many_are_accepted_at_once_and_what_cannot_be_is_told(world: World, vendor: Visitor, part: Row) -> None:
    others = [bought(world, "Luca’s Bakery")[0] for _ in range(2)]
    vendor.open("/vendor/orders?status=pending")
    world.orders.step(part, "cancelled", "customer", reason="Too much")
    vendor.send("/vendor/orders/accept", ids=[it["id"] for it in (part, *others)])
    assert vendor.page.headers["Location"] == "/vendor/orders?status=pending"
    text = vendor.follow()
    assert "2 orders are accepted." in text
    assert "1 order could not be accepted." in text
    assert [it["status"] for it in others] == ["accepted", "accepted"]
    vendor.open("/vendor/orders")
    vendor.send("/vendor/orders/accept")
    assert "Tick the orders first." in vendor.follow()


def test_another_shops_part_is_not_shown(world: World, vendor: Visitor, part: Row) -> None:
    other = world.orders.parts()[1]
    vendor.open(f"/vendor/orders/{other['id']}")
    assert vendor.status == 403
    assert "This order is another shop’s" in vendor.text


def test_a_packing_slip_says_nothing_of_money(vendor: Visitor, part: Row) -> None:
    text = vendor.open(f"/vendor/orders/{part['id']}/slip")
    assert "2 things in this parcel" in text
    assert "12 St James’s Square" in text
    assert "€" not in text


def test_the_dashboard_shows_what_was_sold_as_a_picture_and_as_a_table(vendor: Visitor, part: Row) -> None:
    text = vendor.open("/vendor/dashboard")
    assert re.search(r'<rect x="[\d.]+" y="0.0" width="[\d.]+" height="180.0"', text)
    assert "€42.00" in text.split("The same as a table")[1]
    assert text.count('aria-current="true"') == 1
    assert ">12 months</a>" in vendor.open("/vendor/dashboard?by=month")


def test_the_dashboard_works_without_ordering(vendor: Visitor, ways: dict[str, Breakable]) -> None:
    ways["ordering"].down = True
    assert "cannot show what you sold" in vendor.open("/vendor/dashboard")
    assert "Newest customers" in vendor.text


def test_a_chart_fills_gaps_and_stands_on_nought() -> None:
    at = "2026-11-18T00:00:00Z"
    point = {"at": at, "currency": "JPY", "revenue": 500, "commission": 50, "earnings": 450, "orders": 2}
    moment = datetime.fromisoformat("2026-11-20T12:00:00+00:00")
    (chart,) = charts([point], "day", moment)
    assert len(chart.bars) == 30
    assert [bar.height for bar in chart.bars[-3:]] == [180.0, 0.0, 0.0]
    assert chart.highest == "¥500"
    assert [it.isoformat() for it in stretches("month", moment.date())][:2] == ["2025-12-01", "2026-01-01"]
    assert [it.weekday() for it in stretches("week", moment.date())] == [0] * 26


def test_how_far_a_part_came() -> None:
    steps = [{"status": "pending"}, {"status": "accepted"}, {"status": "cancelled"}]
    assert done({"status": "cancelled", "steps": steps}) == 2
    assert done({"status": "delivered", "steps": []}) == 5


def test_a_statement_is_of_a_month_and_comes_as_a_file(world: World, vendor: Visitor, part: Row) -> None:
    row = {"id": str(new_id()), "at": now(), "kind": "earning", "vendor_order_id": part["id"], "payout_id": None}
    row |= {"vendor_order_number": part["number"], "earnings": euros(1890), "shipping": euros(499)}
    world.orders.booked.append({**row, "commission": euros(210), "amount": euros(2389)})
    text = vendor.open("/vendor/ledger?month=2026-01")
    assert "January 2026" in text
    assert 'href="/vendor/ledger?month=2025-12"' in text
    assert 'href="/vendor/ledger?month=2026-02"' in text
    assert "€41.17" in text
    assert "€23.89" in text
    written = vendor.open("/vendor/ledger.csv?month=2026-12")
    assert written.splitlines()[1] == "2026-12-01T00:00:00Z,2027-01-01T00:00:00Z"
    assert vendor.page.headers["Content-Disposition"] == 'attachment; filename="statement-2026-12.csv"'
    assert vendor.open("/vendor/ledger?month=2026-13")
    assert vendor.status == 200
    assert "All time" not in vendor.open("/vendor/ledger?month=all")


def test_an_admin_watches_orders_and_reads_how_they_came_about(world: World, app: Flask, admin: Visitor) -> None:
    part = bought(world, "Luca’s Bakery", "Mina’s Books")[0]
    assert "ORD-00000000" in admin.open("/admin/orders")
    assert "None here" in admin.open("/admin/orders?q=zzz", HX_Request="true")
    text = admin.open(f"/admin/orders/{part['order_id']}")
    assert "ORD-1 stands, split into 2." in text
    assert "Catalog: Delivered" in text
    assert f'href="/admin/events/{part["order_id"]}"' in text
    assert "€51.98" in text.split("<tfoot")[1]
    assert "<form" not in text.split("<main")[1].split("</main>")[0]
    world.user("Eve", "eve@x.example")
    eve = Visitor(app.test_client()).sign_in("eve@x.example")
    for path in ("/admin/orders", "/admin/statistics", "/admin/payouts", "/admin/discounts", "/vendor/orders"):
        eve.open(path)
        assert eve.status == 403, path


def test_the_markets_figures_tell_its_commission(world: World, admin: Visitor) -> None:
    assert "Nothing was sold in 30 days" in admin.open("/admin/statistics")
    bought(world, "Luca’s Bakery")
    text = admin.open("/admin/statistics?by=week")
    assert "commission of the market</dt><dd" in text
    assert "€2.10" in text


def test_payouts_are_made_once(world: World, admin: Visitor) -> None:
    assert "Nothing was paid yet" in admin.open("/admin/payouts")
    admin.send("/admin/payouts")
    assert "1 payout is on record." in admin.follow()
    assert "€41.17" in admin.text
    admin.send("/admin/payouts")
    assert "Nobody is owed anything at present." in admin.follow()


def test_codes_are_offered_and_withdrawn(world: World, admin: Visitor) -> None:
    admin.open("/admin/discounts")
    said = {"code": "spring", "kind": "percentage", "currency": "EUR"}
    admin.send("/admin/discounts", **said, worth="12.5", minimum="20", until="2099-12-31", max_uses="100")
    text = admin.follow()
    kept = world.orders.codes[0]
    assert (kept["percentage_bps"], kept["minimum"], kept["currency"], kept["amount"]) == (1250, 2000, "EUR", None)
    assert kept["valid_until"] == "2099-12-31T23:59:59+00:00"
    assert "12.5% off, from €20.00" in text
    assert "There is one like this already." in admin.send("/admin/discounts", **said, worth="5")
    assert admin.status == 409
    admin.send(f"/admin/discounts/{kept['id']}/disable")
    assert "Withdrawn" in admin.follow()


@pytest.mark.parametrize(("kind", "worth"), [("percentage", "101"), ("percentage", "0"), ("amount", "a lot")])
def test_a_code_that_cannot_be_is_refused(world: World, admin: Visitor, kind: str, worth: str) -> None:
    admin.open("/admin/discounts")
    admin.send("/admin/discounts", code="SPRING", kind=kind, worth=worth, currency="EUR")
    assert admin.status == 422
    assert 'id="worth-wrong"' in admin.text
    assert world.orders.codes == []
