"""The rule for people and the rule for queries are one: equal on a thousand random settings, all of them reached."""

import os
from random import Random
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.catalog.domain.visibility import LISTED, VISIBLE, LinkState, ProductState, Rule, VendorState, decide
from services.catalog.tests import building
from shared.events.ids import new_id

SETTINGS = int(os.environ.get("VISIBILITY_SETTINGS", "1000"))
_ASK = text(f"SELECT ({VISIBLE}) IS TRUE FROM {LISTED} WHERE l.product_id = :product")  # noqa: S608


def test_the_sentence_and_the_query_agree(session: Session) -> None:
    random, reached = Random(7), set()
    products = [building.product(session, None).id for _ in range(20)]
    for _ in range(SETTINGS):
        product, viewer = random.choice(products), random.choice([None, new_id()])
        state, vendor, link = _setting(session, random, product, viewer)
        verdict = decide(state, vendor, link)
        reached.add(verdict.rule)
        asked = session.scalar(_ASK, {"product": product, "viewer": viewer})
        assert asked is verdict.visible, (state, vendor, link, viewer)
    assert reached == set(Rule) - {Rule.NO_PRODUCT}
    assert not decide(None, None, None).visible


def _setting(
    session: Session, random: Random, product: UUID, viewer: UUID | None
) -> tuple[ProductState, VendorState | None, LinkState | None]:
    """Write a setting into the tables that queries read, and tell it as the rule for people is told it."""
    owner = random.choice([None, new_id(), new_id()])
    state = ProductState(
        owner,
        random.choice(["draft", "active", "inactive", "out_of_stock"]),
        random.choice(["public", "linked"]),
        random.random() < 0.2,
    )
    vendor = VendorState(random.choice(["approved", "approved", "suspended", "deleted"])) if owner else None
    vendor = None if random.random() < 0.1 else vendor
    link = LinkState(random.random() < 0.5) if owner and viewer and random.random() < 0.7 else None
    row = {"vendor_id": owner, "status": state.status, "visibility": state.visibility, "deleted": state.deleted}
    write = "UPDATE listing SET vendor_id = :vendor_id, status = :status, visibility = :visibility, deleted = :deleted"
    session.execute(text(f"{write} WHERE product_id = :id"), {**row, "id": product})
    if vendor:
        session.execute(
            text("INSERT INTO vendor (id, user_id, status, named_version, version) VALUES (:id, :id, :status, 0, 1)"),
            {"id": owner, "status": vendor.status},
        )
    if link:
        session.execute(
            text("INSERT INTO link VALUES (:vendor, :customer, :vendor, :linked, now(), :vendor, 1)"),
            {"vendor": owner, "customer": viewer, "linked": link.linked},
        )
    return state, vendor, link
