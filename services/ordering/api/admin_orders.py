"""All orders, for the admins who watch over them and change none."""

from typing import Any
from uuid import UUID

from services.ordering.api import showing
from services.ordering.asking import every_service
from services.ordering.domain import admin_orders, explaining, orders
from services.ordering.domain.orders import UnknownOrder
from services.ordering.vendor_schemas import AdminOrder, AdminOrderQuery, WholeWay
from shared.inspection.order_story import OrderStory, explain_order
from shared.kit.auth import Actor, Role, requires
from shared.kit.operations import Blueprint
from shared.kit.paging import Page, page_of
from shared.kit.stated import answers, asks, refuses
from shared.kit.web import Answer, respond_page, transaction

blueprint = Blueprint("admin orders", __name__, description="Watching over orders")


@blueprint.get("/admin/orders")
@requires(Role.ADMIN)
@asks(AdminOrderQuery)
@answers(page_of(AdminOrder))
def show(query: dict[str, Any], actor: Actor) -> Answer:  # noqa: ARG001 - every admin sees the same
    """List all orders, newest first, with every part's commission and earnings."""
    with transaction() as session:
        page = admin_orders.page(session, **query)
    return respond_page(Page([showing.admin_order(found) for found in page.items], page.next_cursor), AdminOrder())


@blueprint.get("/admin/orders/<uuid:order_id>")
@requires(Role.ADMIN)
@answers(AdminOrder)
@refuses(UnknownOrder)
def detail(order_id: UUID, actor: Actor) -> Answer:  # noqa: ARG001 - every admin sees the same
    """Show any order with its parts."""
    with transaction() as session:
        return AdminOrder().dump(showing.admin_order(orders.find(session, order_id)))


@blueprint.get("/admin/orders/<uuid:order_id>/explain")
@requires(Role.ADMIN, Role.SERVICE)
@answers(WholeWay)
@refuses(UnknownOrder)
def explain(order_id: UUID, actor: Actor) -> Answer:  # noqa: ARG001 - whoever is let in may ask
    """Tell the way of an order over all services: each hop and step with its time, and why it is where it is."""
    with transaction() as session:
        way = showing.way(explaining.way(session, order_id))
    story = explain_order(every_service(), str(order_id))
    return WholeWay().dump({**way, **_followed(story)})


def _followed(story: OrderStory) -> dict[str, Any]:
    """What the story adds; its sentence is the better one unless its questions did not even reach ordering."""
    added = {"hops": story.hops, "hangs": story.hangs, "remedy": story.remedy}
    return {**added, "sentence": story.sentence} if story.status else added
