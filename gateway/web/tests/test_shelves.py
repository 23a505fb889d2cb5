"""What people find on the market: the front door, searching, categories, a product, a shop."""

from __future__ import annotations

import re
from typing import Any

import pytest

from gateway.web.formats import price
from gateway.web.money import NotMoney, minor, plain
from gateway.web.pages.home import mixed
from gateway.web.tests.conftest import Breakable, Visitor
from gateway.web.tests.stand_in import World
from gateway.web.tests.stand_in_catalog import picture


@pytest.fixture
def shop(world: World) -> dict[str, Any]:
    """A shop with a name that products carry."""
    opened = world.shops.open(world.user("Mina Harker", "mina@x.example", "vendor"), "Mina’s Books", "minas-books")
    return {name: opened[name] for name in ("id", "name", "slug")}


def sold(shop: dict[str, Any]) -> dict[str, Any]:
    return {"vendor_id": shop["id"], "vendor": shop}


def test_the_front_door_shows_categories_and_the_newest_of_every_shop(world: World, visitor: Visitor) -> None:
    world.goods.category("Cookware", world.goods.category("Home"))
    world.goods.product("Cedar bowl")
    text = visitor.open("/")
    assert '<a class="whole" href="/categories/home">Home</a>' in text
    assert "Cookware" in text
    assert '<a class="whole" href="/products/cedar-bowl">Cedar bowl</a>' in text
    assert "€19.99" in text
    assert "One link." in text
    many = [{"vendor_id": "a", "n": n} for n in range(20)] + [{"vendor_id": "b", "n": n} for n in range(2)]
    assert [it["vendor_id"] for it in mixed(many)[:5]] == ["a", "b", "a", "b", "a"]


def test_the_front_door_stays_open_without_catalog(ways: dict[str, Breakable], visitor: Visitor) -> None:
    ways["catalog"].down = True
    text = visitor.open("/")
    assert visitor.status == 200
    assert "Right now we cannot show the categories, nor the products." in text


def test_a_search_says_in_its_address_what_is_looked_for(world: World, visitor: Visitor, shop: dict[str, Any]) -> None:
    world.goods.category("Home")
    for number in range(30):
        world.goods.product(f"Bowl {number}", **sold(shop))
    text = visitor.open("/search?q=bowl&least=5&most=12,50&in_stock=1&sort=-price&vendor=minas-books")
    assert world.goods.sought[-1] == {
        "q": "bowl", "price_min": "500", "price_max": "1250", "currency": "EUR", "in_stock": "true",
        "sort": "-price", "vendor": "minas-books", "limit": "24", "facets": "true",
    }  # fmt: skip
    asked = "q=bowl&amp;vendor=minas-books&amp;least=5&amp;most=12%2C50&amp;in_stock=1&amp;sort=-price"
    assert f'href="/search?{asked}&amp;cursor=24" rel="next"' in text
    assert 'value="-price" selected' in text
    assert f'href="/search?{asked.replace("vendor=minas-books&amp;", "")}" aria-current="true"' in text


def test_a_search_nobody_understands_asks_for_the_newest(world: World, visitor: Visitor) -> None:
    visitor.open("/search?sort=relevance&cursor=&category=")
    assert world.goods.sought[-1] == {"sort": "newest", "limit": "24", "facets": "true"}


@pytest.mark.parametrize(
    ("query", "said"),
    [("least=x", "Enter an amount, like 12.50."), ("least=9&most=1", "Must not be less than price_min.")],
)
def test_a_price_that_is_none_is_told_and_the_words_are_kept(visitor: Visitor, query: str, said: str) -> None:
    text = visitor.open(f"/search?q=bowl&{query}")
    assert visitor.status == 422
    assert said in text
    assert 'value="bowl"' in text


def test_htmx_gets_the_shelf_and_the_choices_alone(world: World, visitor: Visitor) -> None:
    world.goods.category("Home")
    world.goods.product("Cedar bowl")
    text = visitor.open("/search", HX_Request="true", HX_Target="shelf")
    assert "Cedar bowl" in text
    assert "<html" not in text
    assert 'id="facets" hx-swap-oob="true"' in text


def test_a_number_that_there_are_more_of_says_so(world: World, visitor: Visitor, shop: dict[str, Any]) -> None:
    world.goods.category("Home")
    world.goods.product("Cedar bowl", **sold(shop))
    exact = visitor.open("/search")
    world.goods.at_least = ["categories", "prices", "in_stock"]
    more = visitor.open("/search")
    for text, suffix in ((exact, ""), (more, "+")):
        assert f'<span class="quiet small num">7{suffix}<span' in text
        assert '<span class="quiet small num">3<span' in text
        assert f'<span class="quiet small num">3{suffix}</span>' in text
    assert ("€5.00 to €99.00" in exact, "€99.00" in more) == (True, False)


def test_a_category_shows_what_is_above_and_below_it(world: World, visitor: Visitor) -> None:
    world.goods.category("Copper", world.goods.category("Cookware", world.goods.category("Home")))
    text = visitor.open("/categories/cookware")
    assert world.goods.sought[-1]["category"] == "cookware"
    assert re.search(r'href="/categories/home">Home</a></li>\s*<li aria-current="page">Cookware', text)
    assert '<a href="/categories/copper">Copper</a>' in text
    visitor.open("/categories/nothing")
    assert visitor.status == 404


def test_a_product_has_its_pictures_its_price_and_a_way_into_the_cart(
    world: World, visitor: Visitor, shop: dict[str, Any]
) -> None:
    images = [picture("A bowl"), picture()]
    told = {"description_html": "<p>Turned from <em>one</em> piece.</p>", "images": images, "stock": 3}
    it = world.goods.product("Cedar bowl", **told, **sold(shop))
    world.goods.product("Oak bowl", **sold(shop))
    text = visitor.open("/products/cedar-bowl")
    assert "<p>Turned from <em>one</em> piece.</p>" in text
    assert 'alt="A bowl"' in text
    assert 'alt="Cedar bowl"' in text
    assert "Only 3 left" in text
    assert 'href="/vendor/store/minas-books"' in text
    assert 'href="/products/oak-bowl"' in text
    form = text.split('action="/cart"')[1].split("</form>")[0]
    assert f'name="product_id" value="{it["id"]}"' in form
    assert 'max="3"' in form
    assert "Change this product" not in text


def test_a_product_that_is_sold_out_is_not_put_into_a_cart(world: World, visitor: Visitor) -> None:
    world.goods.product("<b>Cedar", slug="cedar-bowl", stock=0)
    text = visitor.open("/products/cedar-bowl")
    assert "&lt;b&gt;Cedar" in text
    assert 'action="/cart"' not in text
    assert "There is none left at present." in text
    visitor.open("/products/nothing")
    assert visitor.status == 404


def test_owners_find_the_way_to_change_what_is_theirs(world: World, vendor: Visitor, admin: Visitor) -> None:
    mine = world.goods.product("Bread", vendor_id=world.shops.shops[0]["id"], vendor={**world.vendor, "id": "1"})
    ours = world.goods.product("Bag")
    assert f"/vendor/products/{mine['id']}/edit" in vendor.open("/products/bread")
    assert "Change this product" not in vendor.open("/products/bag")
    assert f"/admin/products/{ours['id']}/edit" in admin.open("/products/bag")
    assert "Change this product" not in admin.open("/products/bread")


def test_a_shop_shows_what_it_sells(
    world: World, visitor: Visitor, shop: dict[str, Any], ways: dict[str, Breakable]
) -> None:
    world.goods.product("Dracula", **sold(shop))
    world.goods.product("Somebody else’s")
    text = visitor.open("/vendor/store/minas-books?sort=price")
    assert "Dracula" in text
    assert "Somebody" not in text
    assert world.goods.sought[-1]["vendor"] == shop["id"]
    ways["catalog"].down = True
    assert "Right now we cannot show the products" in visitor.open("/vendor/store/minas-books")


def test_money_is_read_as_people_write_it_and_written_as_they_read_it() -> None:
    assert [minor(text, "EUR") for text in ("12.5", "12,50", " 1 000 ", "0")] == [1250, 1250, 100_000, 0]
    assert (minor("12", "JPY"), minor("1.234", "KWD")) == (12, 1234)
    for wrong, currency in (*((text, "EUR") for text in ("", "-1", "1.005", "nan", "1e99")), ("1.5", "JPY")):
        with pytest.raises(NotMoney):
            minor(wrong, currency)
    assert price({"amount": 123_456, "currency": "EUR"}) == "€1,234.56"
    assert price({"amount": 1200, "currency": "JPY"}) == "¥1,200"
    assert plain({"amount": 5, "currency": "EUR"}) == "0.05"
