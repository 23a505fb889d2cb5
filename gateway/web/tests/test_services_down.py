"""Each service stopped in turn: the pages that do not need it work, and those that do say what is missing."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from flask import Flask

from gateway.web.failures import PARTS
from gateway.web.tests.conftest import Breakable
from gateway.web.tests.full_market import fill
from gateway.web.tests.stand_in import World

STATUS = {("anyone", "/nothing"): 404, ("customer", "/admin/vendors"): 403}
AN_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


@dataclass(frozen=True)
class Needs:
    """The pages that are nothing without a service, and those that do without a part of themselves."""

    wholly: set[str]
    in_part: set[str]


def needs(wholly: str, in_part: str) -> Needs:
    return Needs(set(wholly.split()), set(in_part.split()))


NEEDED = {
    "identity": needs("", "/profile /vendor/apply /checkout"),
    "vendor": needs(
        "/vendor/apply /admin/vendors/ID /admin/vendors/applications/ID /admin/events/ID",
        "/register?token=a-good-one /register?token=an-old-one /vendor/store/lucas-bakery /profile /vendor/documents "
        "/vendor/dashboard /vendor/profile /vendor/customers /vendor/invites /admin/vendors "
        "/admin/vendors/applications?status=all /admin/mappings /admin/mappings?customer=ada /admin/events",
    ),
    "catalog": needs(
        "/products/ciabatta /categories/pane /vendor/products/ID/edit /vendor/products/ID/stock "
        "/vendor/products/import/ID /admin/categories /admin/categories/ID",
        "/ /search /search?q=xyz /vendor/store/lucas-bakery /vendor/products /vendor/products/create "
        "/vendor/products/import /admin/products",
    ),
    "ordering": needs(
        "/checkout /orders /orders/ID /vendor/orders/ID /vendor/orders/ID/slip /admin/orders/ID /admin/statistics",
        "/cart /vendor/dashboard /vendor/orders /vendor/ledger /admin/orders /admin/payouts /admin/discounts",
    ),
    "notifications": needs("/admin/deliveries/templates/part_shipped", "/admin/deliveries /admin/deliveries/templates"),
}


@pytest.mark.parametrize("stopped", NEEDED)
def test_only_what_needs_a_service_goes_without_it(
    app: Flask, world: World, ways: dict[str, Breakable], stopped: str
) -> None:
    market = fill(app, world, ways)
    ways[stopped].down = True
    dead, limping = set[tuple[str, str]](), set[str]()
    for role, paths in market.pages.items():
        for path in paths:
            visitor = market.visitors[role]
            text = visitor.open(path)
            if visitor.status == 503:
                assert str(PARTS[stopped]) in text, (role, path)
                assert visitor.page.headers["Retry-After"] == "5"
                dead.add((role, path))
            else:
                assert visitor.status == STATUS.get((role, path), 200), (role, path, visitor.status)
            if "Right now we cannot show" in text:
                limping.add(AN_ID.sub("ID", path))
    assert {AN_ID.sub("ID", path) for _, path in dead} == NEEDED[stopped].wholly
    assert limping == NEEDED[stopped].in_part
    ways[stopped].down = False
    for role, path in dead:
        market.visitors[role].open(path)
        assert market.visitors[role].status == 200, (role, path)


def test_a_shop_is_shown_by_what_it_sells_while_nobody_can_tell_of_it(
    app: Flask, world: World, ways: dict[str, Breakable]
) -> None:
    market = fill(app, world, ways)
    seller = {"id": "1", "name": "Luca’s Bakery", "slug": "lucas-bakery"}
    for it in world.goods.products:
        it["vendor"] = seller
    ways["vendor"].down = True
    text = market.visitors["anyone"].open("/vendor/store/lucas-bakery")
    assert market.visitors["anyone"].status == 200
    assert "Right now we cannot show what the shop says of itself." in text
    assert "Ciabatta" in text
    world.goods.products.clear()
    assert "shops, invitations and customer lists" in market.visitors["anyone"].open("/vendor/store/lucas-bakery")
    assert market.visitors["anyone"].status == 503
