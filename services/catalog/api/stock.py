"""The stock of products: for vendors that of their own, for admins that of the marketplace's own."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.catalog.domain import stock, vendors
from services.catalog.domain.statuses import NotYourProduct, ProductIsDeleted, UnknownProduct
from services.catalog.domain.stock import Change, TooFew, TooMany
from services.catalog.domain.vendors import NoVendor, VendorSuspended
from services.catalog.stock_schemas import HistoryQuery, LevelView, StockChange, StockView, Threshold
from shared.kit.auth import Actor, Role, requires
from shared.kit.idempotency import idempotent, once
from shared.kit.operations import Blueprint
from shared.kit.stated import accepts, answers, asks, refuses
from shared.kit.web import Answer, transaction

blueprint = Blueprint("stock", __name__, description="How many there are of a product, and what moved")


@blueprint.get("/vendor/products/<uuid:product_id>/stock")
@requires(Role.VENDOR)
@asks(HistoryQuery)
@answers(StockView)
@refuses(NoVendor, UnknownProduct, NotYourProduct)
def show(product_id: UUID, query: dict[str, Any], actor: Actor) -> Answer:
    """Tell what there is of one's own product, and what moved, the last first."""
    with transaction() as session:
        return _shown(session, vendors.of_user(session, actor.user_id).id, product_id, query)


@blueprint.post("/vendor/products/<uuid:product_id>/stock")
@requires(Role.VENDOR)
@idempotent
@accepts(StockChange)
@answers(LevelView, 201)
@refuses(NoVendor, VendorSuspended, UnknownProduct, NotYourProduct, ProductIsDeleted, TooFew, TooMany)
def change(product_id: UUID, body: dict[str, Any], actor: Actor) -> Answer:
    """Take goods in, or correct the count and say why."""
    with transaction() as session:
        owner = vendors.may_write(session, actor.user_id).id
        return once(session, lambda: _changed(session, owner, product_id, body, actor))


@blueprint.patch("/vendor/products/<uuid:product_id>/stock")
@requires(Role.VENDOR)
@accepts(Threshold)
@answers(LevelView)
@refuses(NoVendor, VendorSuspended, UnknownProduct, NotYourProduct, ProductIsDeleted)
def set_threshold(product_id: UUID, body: dict[str, Any], actor: Actor) -> Answer:
    """Say at how many one's own product is few."""
    with transaction() as session:
        return _limited(session, vendors.may_write(session, actor.user_id).id, product_id, body)


@blueprint.get("/admin/products/<uuid:product_id>/stock")
@requires(Role.ADMIN)
@asks(HistoryQuery)
@answers(StockView)
@refuses(UnknownProduct, NotYourProduct)
def show_own(product_id: UUID, query: dict[str, Any], actor: Actor) -> Answer:  # noqa: ARG001 - every admin alike
    """Tell what there is of a product of the marketplace's own, and what moved, the last first."""
    with transaction() as session:
        return _shown(session, None, product_id, query)


@blueprint.post("/admin/products/<uuid:product_id>/stock")
@requires(Role.ADMIN)
@idempotent
@accepts(StockChange)
@answers(LevelView, 201)
@refuses(UnknownProduct, NotYourProduct, ProductIsDeleted, TooFew, TooMany)
def change_own(product_id: UUID, body: dict[str, Any], actor: Actor) -> Answer:
    """Take goods of the marketplace's own in, or correct the count and say why."""
    with transaction() as session:
        return once(session, lambda: _changed(session, None, product_id, body, actor))


@blueprint.patch("/admin/products/<uuid:product_id>/stock")
@requires(Role.ADMIN)
@accepts(Threshold)
@answers(LevelView)
@refuses(UnknownProduct, NotYourProduct, ProductIsDeleted)
def set_own_threshold(product_id: UUID, body: dict[str, Any], actor: Actor) -> Answer:  # noqa: ARG001 - every admin alike
    """Say at how many a product of the marketplace's own is few."""
    with transaction() as session:
        return _limited(session, None, product_id, body)


def _shown(session: Session, owner: UUID | None, product_id: UUID, query: dict[str, Any]) -> Answer:
    stock.of_owner(session, owner, product_id)
    level = stock.level(session, product_id)
    page = stock.history(session, product_id, **query)
    view: dict[str, Any] = StockView().dump({"items": page.items, "next_cursor": page.next_cursor})
    return {**LevelView().dump(level), **view}


def _changed(session: Session, owner: UUID | None, product_id: UUID, body: dict[str, Any], actor: Actor) -> Answer:
    stock.of_owner(session, owner, product_id, to_change=True)
    return LevelView().dump(stock.change(session, product_id, Change(**body), actor.user_id, datetime.now(UTC)))


def _limited(session: Session, owner: UUID | None, product_id: UUID, body: dict[str, Any]) -> Answer:
    stock.of_owner(session, owner, product_id, to_change=True)
    return LevelView().dump(stock.set_threshold(session, product_id, body["threshold"], datetime.now(UTC)))
