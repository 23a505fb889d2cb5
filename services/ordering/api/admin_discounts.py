"""Discount codes, for the admins who offer them."""

from typing import Any
from uuid import UUID

from services.ordering.api.acting import by, now
from services.ordering.domain import discounts
from services.ordering.domain.discounts import CodeTaken, UnknownDiscount
from services.ordering.vendor_schemas import DiscountView, NewDiscount, OptionalReason
from shared.kit.auth import Actor, Role, requires
from shared.kit.operations import Blueprint
from shared.kit.paging import PageQuery, page_of
from shared.kit.stated import accepts, answers, asks, refuses
from shared.kit.web import Answer, respond_page, transaction

blueprint = Blueprint("admin discounts", __name__, description="Discount codes of the marketplace")


@blueprint.post("/admin/discounts")
@requires(Role.ADMIN)
@accepts(NewDiscount)
@answers(DiscountView, 201)
@refuses(CodeTaken)
def create(body: dict[str, Any], actor: Actor) -> Answer:
    """Offer a code that takes an amount or a percentage off, once per order."""
    with transaction() as session:
        return DiscountView().dump(discounts.create(session, body, now(), by(actor)))


@blueprint.get("/admin/discounts")
@requires(Role.ADMIN)
@asks(PageQuery)
@answers(page_of(DiscountView))
def show(query: dict[str, Any], actor: Actor) -> Answer:  # noqa: ARG001 - every admin sees the same
    """List the codes, newest first, with how often each was used."""
    with transaction() as session:
        page = discounts.page(session, **query)
    return respond_page(page, DiscountView())


@blueprint.post("/admin/discounts/<uuid:discount_id>/disable")
@requires(Role.ADMIN)
@accepts(OptionalReason, required=False)
@answers(DiscountView)
@refuses(UnknownDiscount)
def disable(discount_id: UUID, body: dict[str, Any], actor: Actor) -> Answer:
    """Offer a code no longer; orders that used it keep it."""
    with transaction() as session:
        return DiscountView().dump(discounts.disable(session, discount_id, body["reason"], now(), by(actor)))
