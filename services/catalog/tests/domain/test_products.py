"""What owners do with products, and what everybody else hears and reads of it."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.catalog.domain import products
from services.catalog.domain.statuses import NotYourProduct, ProductIsDeleted, SkuTaken, Stale, Status, UnknownProduct
from services.catalog.models import Listing, ProductSku, ProductVersion
from services.catalog.tests import building
from services.catalog.tests.building import HOUR, NOON
from shared.events.ids import new_id
from shared.kit.errors import Invalid


def test_a_new_product_has_its_sku_its_listing_and_its_event(session: Session) -> None:
    seller = building.vendor(session)
    made = building.product(session, seller.id, title="Cedar bowl", sku="BOWL-1", description="# Big\n\nand *round*")
    assert (made.slug, made.version, made.status) == ("cedar-bowl", 1, "active")
    assert made.description_html == "<h2>Big</h2>\n<p>and <em>round</em></p>\n"
    sku = session.get_one(ProductSku, made.id)
    assert (sku.id, sku.vendor_id, sku.code) == (made.id, seller.id, "BOWL-1")
    listing = session.get_one(Listing, made.id)
    assert (listing.available, listing.status, listing.price_amount) == (0, "active", 1999)
    said = building.newest(session, made.id)
    assert (said["type"], said["version"], said["data"]["sku"]) == ("product.created", 1, "BOWL-1")


def test_products_of_one_title_have_slugs_of_their_own(session: Session) -> None:
    slugs = [building.product(session, title="Stool").slug for _ in range(7)]
    assert slugs[:2] == ["stool", "stool-2"]
    assert len(set(slugs)) == 7


def test_a_change_makes_a_version_and_no_change_makes_none(session: Session) -> None:
    made = building.product(session)
    products.change(session, None, made.id, {"title": made.title}, NOON)
    assert made.version == 1
    products.change(session, None, made.id, {"price": {"amount": 5, "currency": "CHF"}}, NOON, expected=1)
    assert (made.version, made.updated_at > NOON) == (2, True)
    said = building.newest(session, made.id)
    assert (said["type"], said["data"]["price_amount"], said["data"]["currency"]) == ("product.updated", 5, "CHF")
    assert session.get_one(Listing, made.id, populate_existing=True).currency == "CHF"
    past = select(ProductVersion).where(ProductVersion.product_id == made.id)
    assert len(session.scalars(past).all()) == 2


def test_who_read_an_older_version_is_told_the_newer_one(session: Session) -> None:
    made = building.product(session)
    products.change(session, None, made.id, {"title": "Another"}, NOON, expected=1)
    with pytest.raises(Stale) as told:
        products.change(session, None, made.id, {"title": "Mine"}, NOON, expected=1)
    assert (told.value.version, told.value.headers()) == (2, {"ETag": '"2"'})


def test_what_is_not_ones_own_is_not_changed(session: Session) -> None:
    seller, other = building.vendor(session), building.vendor(session)
    made = building.product(session, seller.id)
    for owner in (other.id, None):
        with pytest.raises(NotYourProduct):
            products.change(session, owner, made.id, {"title": "Mine"}, NOON)
        with pytest.raises(NotYourProduct):
            products.set_status(session, owner, [made.id], Status.DRAFT, NOON)
    with pytest.raises(UnknownProduct):
        products.delete(session, seller.id, new_id(), NOON)


def test_a_sku_is_ones_own_until_its_product_is_deleted(session: Session) -> None:
    seller, other = building.vendor(session), building.vendor(session)
    made = building.product(session, seller.id, sku="A")
    building.product(session, other.id, sku="A")
    building.product(session, None, sku="A")
    for owner in (seller.id, None):
        with pytest.raises(SkuTaken), session.begin_nested():
            building.product(session, owner, sku="A")
    another = building.product(session, seller.id, sku="B")
    with pytest.raises(SkuTaken):
        products.change(session, seller.id, another.id, {"sku": "A"}, NOON)
    products.delete(session, seller.id, made.id, NOON)
    products.change(session, seller.id, another.id, {"sku": "A"}, NOON)
    with pytest.raises(SkuTaken):
        products.restore(session, seller.id, made.id, NOON)


def test_what_is_deleted_stays_as_it_was_until_it_is_restored(session: Session) -> None:
    made = building.product(session, title="Lamp")
    products.delete(session, None, made.id, NOON)
    products.delete(session, None, made.id, NOON)
    assert (made.version, session.get_one(Listing, made.id, populate_existing=True).deleted) == (2, True)
    assert building.newest(session, made.id)["type"] == "product.deleted"
    with pytest.raises(ProductIsDeleted):
        products.change(session, None, made.id, {"title": "Other"}, NOON)
    products.restore(session, None, made.id, NOON + HOUR)
    assert (made.version, made.title, made.deleted_at) == (3, "Lamp", None)
    assert building.newest(session, made.id)["type"] == "product.updated"


def test_a_status_for_many_is_for_all_or_none(session: Session) -> None:
    seller = building.vendor(session)
    mine = [building.product(session, seller.id, status="draft") for _ in range(3)]
    theirs = building.product(session)
    ids = [each.id for each in mine]
    with pytest.raises(NotYourProduct) as refused:
        products.set_status(session, seller.id, [*ids, theirs.id], Status.ACTIVE, NOON)
    assert str(theirs.id) in str(refused.value.fields["ids"])
    assert {each.status for each in mine} == {"draft"}
    assert len(products.set_status(session, seller.id, ids, Status.ACTIVE, NOON)) == 3
    assert products.set_status(session, seller.id, ids, Status.ACTIVE, NOON) == []


def test_the_marketplace_links_nobody(session: Session) -> None:
    with pytest.raises(Invalid) as refused:
        building.product(session, None, visibility="linked")
    assert list(refused.value.fields) == ["visibility"]
    with pytest.raises(Invalid) as refused:
        building.product(session, None, category_id=new_id())
    assert list(refused.value.fields) == ["category_id"]
