"""Admins read applications and decide them, watch over vendors, and see what was done."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.web.tests.conftest import Visitor
from gateway.web.tests.stand_in import World

APPLICATIONS, VENDORS = "/admin/vendors/applications", "/admin/vendors"


@pytest.fixture
def waiting(world: World) -> dict[str, Any]:
    ada = world.user("Ada Byron", "ada@x.example")
    world.shops.act(ada, "application.submitted", after={"status": "pending"})
    return world.shops.apply(ada, business_name="Byron & Co", tax_id="GB 1")


@pytest.fixture
def shop(world: World) -> dict[str, Any]:
    return world.shops.open(world.user("Luca Moretti", "luca@x.example", "vendor"), **world.vendor)


def test_nobody_else_gets_in(customer: Visitor, visitor: Visitor) -> None:
    for path in (APPLICATIONS, VENDORS):
        assert "This page is for admins" in customer.open(path)
        assert customer.status == 403
        visitor.open(path)
        assert visitor.page.headers["Location"].startswith("/login?next=%2Fadmin")


def test_an_admin_begins_with_those_who_wait(world: World, admin: Visitor, waiting: dict[str, Any]) -> None:
    admin.open("/login")
    assert admin.page.headers["Location"] == APPLICATIONS
    world.shops.apply(world.user("Old", "old@x.example"), business_name="Decided")["status"] = "rejected"
    text = admin.open(APPLICATIONS)
    assert "Byron &amp; Co" in text
    assert "Decided" not in text
    assert "Decided" in admin.open(f"{APPLICATIONS}?status=all")
    assert "None found" in admin.open(f"{APPLICATIONS}?q=zzz")

    assert "<html" not in admin.open(f"{APPLICATIONS}?q=byron", HX_Request="true")


def test_lists_are_paged_with_what_was_asked_for(world: World, admin: Visitor) -> None:
    for number in range(25):
        world.shops.apply(world.user(f"P{number}", f"p{number}@x.example"), business_name=f"Shop {number:02}")
    text = admin.open(f"{APPLICATIONS}?q=shop")
    assert text.count("<tr role") == 21
    assert f"{APPLICATIONS}?status=pending&amp;q=shop&amp;cursor=20" in text
    assert admin.open(f"{APPLICATIONS}?status=pending&q=shop&cursor=20").count("<tr role") == 6


def test_an_application_is_approved_with_a_rate(world: World, admin: Visitor, waiting: dict[str, Any]) -> None:
    path = f"{APPLICATIONS}/{waiting['id']}"
    assert "GB 1" in admin.open(path)
    assert "<b>Ada Byron</b> applied" in admin.text
    assert "Enter a rate from 0 to 100 %." in admin.send(f"{path}/approve", rate="101")
    assert admin.status == 422
    admin.send(f"{path}/approve", rate="12.5")
    assert "They are a vendor from now on." in admin.follow()
    assert world.shops.shops[0]["commission_bps"] == 1250
    assert "<b>Grace Hopper</b> approved it" in admin.text
    assert f"{VENDORS}/{world.shops.shops[0]['id']}" in admin.text


def test_without_a_rate_the_usual_one_holds(world: World, admin: Visitor, waiting: dict[str, Any]) -> None:
    admin.open(f"{APPLICATIONS}/{waiting['id']}")
    admin.send(f"{APPLICATIONS}/{waiting['id']}/approve", rate="")
    assert world.shops.shops[0]["commission_bps"] == 1000


def test_a_rejection_needs_a_reason(admin: Visitor, waiting: dict[str, Any]) -> None:
    path = f"{APPLICATIONS}/{waiting['id']}"
    admin.open(path)
    assert "Enter a reason." in admin.send(f"{path}/reject", reason=" ")
    assert "<details open>" in admin.text
    admin.send(f"{path}/reject", reason="The papers are unreadable.")
    assert "They will read your reason." in admin.follow()
    assert "The papers are unreadable.</blockquote>" in admin.text


@pytest.mark.parametrize("how", ["approve", "reject"])
def test_whoever_comes_second_is_told_kindly_who_was_first(
    world: World, admin: Visitor, waiting: dict[str, Any], how: str
) -> None:
    world.shops.decided_by_another = True
    path = f"{APPLICATIONS}/{waiting['id']}"
    admin.open(path)
    admin.send(f"{path}/{how}", reason="Too late")
    text = admin.follow()
    assert "You were not the first: Alan Turing approved it at 08:30 UTC on 20 Nov 2026." in text
    assert world.shops.shops == []


def test_a_vendor_is_suspended_with_a_reason_and_reactivated(
    world: World, admin: Visitor, shop: dict[str, Any]
) -> None:
    path = f"{VENDORS}/{shop['id']}"
    assert "Luca’s Bakery" in admin.open(f"{VENDORS}?status=approved")
    admin.open(path)
    assert "Enter a reason." in admin.send(f"{path}/suspend", reason="")
    assert 'id="suspend-reason-wrong"' in admin.text
    assert 'id="delete-reason-wrong"' not in admin.text
    admin.send(f"{path}/suspend", reason="Many complaints")
    assert "its owner reads why" in admin.follow()
    assert "<b>Grace Hopper</b> suspended the shop" in admin.text
    assert '<s><span class="unseen">before: </span>Approved</s> Suspended' in admin.text
    admin.send(f"{path}/suspend", reason="Again")
    assert "nothing was changed by you" in admin.follow()
    admin.send(f"{path}/reactivate")
    assert "The shop is open again." in admin.follow()


def test_a_vendor_is_deleted_and_restored(world: World, admin: Visitor, shop: dict[str, Any]) -> None:
    path = f"{VENDORS}/{shop['id']}"
    admin.open(path)
    admin.send(f"{path}/delete", reason="Closed down")
    assert "It can be restored" in admin.follow()
    admin.send(f"{path}/restore")
    assert "The shop is back as it was." in admin.follow()


def test_a_rate_is_changed_and_the_history_kept(world: World, admin: Visitor, shop: dict[str, Any]) -> None:
    path = f"{VENDORS}/{shop['id']}"
    admin.open(path)
    assert "Enter the new rate." in admin.send(f"{path}/commission", rate="")
    assert "what was sold is settled" in admin.send(f"{path}/commission", rate="8", from_day="2020-01-01")
    assert 'id="from_day-wrong"' in admin.text
    admin.send(f"{path}/commission", rate="8,25", why="As agreed")
    assert "Earlier orders keep theirs." in admin.follow()
    admin.send(f"{path}/commission", rate="7", from_day="2099-01-01")
    text = admin.follow()
    assert [it["commission_bps"] for it in shop["commissions"]] == [700, 825]
    assert text.index("To come") < text.index("8.25%</b>") < text.index(">Now<")
