"""Payouts, for the admins who settle with vendors."""

from typing import Any

from services.ordering.api import showing
from services.ordering.api.acting import by, now
from services.ordering.domain import payouts
from services.ordering.domain.payouts import NothingToPay
from services.ordering.vendor_schemas import NewPayouts, PayoutsView, PayoutView
from shared.kit.auth import Actor, Role, requires
from shared.kit.idempotency import idempotent, once
from shared.kit.operations import Blueprint
from shared.kit.paging import Page, PageQuery, page_of
from shared.kit.stated import accepts, answers, asks, refuses
from shared.kit.web import Answer, respond_page, transaction

blueprint = Blueprint("admin payouts", __name__, description="Settling with vendors")


@blueprint.post("/admin/payouts")
@requires(Role.ADMIN)
@idempotent
@accepts(NewPayouts, required=False)
@answers(PayoutsView, 201)
@refuses(NothingToPay)
def create(body: dict[str, Any], actor: Actor) -> Answer:
    """Pay every vendor what they are owed, each earning exactly once, however often and by how many this is asked."""

    def produce() -> Answer:
        paid = payouts.pay(session, now(), by(actor), **body)
        items = showing.payouts(paid.payouts, payouts.names(session, paid.payouts))
        return PayoutsView().dump({"batch_id": paid.batch_id, "items": items})

    with transaction() as session:
        return once(session, produce)


@blueprint.get("/admin/payouts")
@requires(Role.ADMIN)
@asks(PageQuery)
@answers(page_of(PayoutView))
def show(query: dict[str, Any], actor: Actor) -> Answer:  # noqa: ARG001 - every admin sees the same
    """List what was paid to whom, newest first."""
    with transaction() as session:
        page = payouts.page(session, **query)
        items = showing.payouts(page.items, payouts.names(session, page.items))
    return respond_page(Page(items, page.next_cursor), PayoutView())
