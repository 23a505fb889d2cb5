"""Whoever registers through a vendor's link is on that vendor's list, exactly once; and if not, the system says why."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from tests.eventually import eventually
from tests.integration.marketplace import Marketplace, Seller


def assert_listed(marketplace: Marketplace, seller: Seller, ids: set[UUID]) -> None:
    assert set(marketplace.customers(seller)) == ids


def test_everyone_who_registers_through_the_link_is_listed(marketplace: Marketplace) -> None:
    vendor, token = marketplace.vendor_with_invite("Vendor A")
    ids = {marketplace.register(name, token).id for name in "ABC"}
    eventually(lambda: assert_listed(marketplace, vendor, ids))
    with marketplace.vendor.db.transaction() as session:
        rows = session.execute(text("SELECT customer_id, vendor_id, source, removed_at FROM vendor_customer")).all()
    assert {tuple(row) for row in rows} == {(one, vendor.vendor_id, "registration", None) for one in ids}
