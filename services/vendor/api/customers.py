"""The acting vendor's customer list."""

from typing import Any
from uuid import UUID

from services.vendor.api.acting import by, now
from services.vendor.domain import customers, vendors
from services.vendor.domain.audit import Action, note
from services.vendor.domain.customers import NotOnYourList
from services.vendor.domain.vendors import NoVendor
from services.vendor.schemas import CustomerQuery, CustomerView
from shared.kit.auth import Actor, Role, requires
from shared.kit.operations import Blueprint
from shared.kit.paging import page_of
from shared.kit.stated import answers, asks, refuses
from shared.kit.web import Answer, respond_page, transaction

blueprint = Blueprint("customers", __name__, description="A vendor's customer list")


@blueprint.get("/vendors/me/customers")
@requires(Role.VENDOR)
@asks(CustomerQuery)
@answers(page_of(CustomerView))
@refuses(NoVendor)
def show(query: dict[str, Any], actor: Actor) -> Answer:
    """List the acting vendor's customers, last come first; `q` finds who has words that begin so."""
    with transaction() as session:
        vendor = vendors.of_user(session, actor.user_id)
        page = customers.page(session, vendor.id, **query)
    return respond_page(page, CustomerView())


@blueprint.delete("/vendors/me/customers/<uuid:customer_id>")
@requires(Role.VENDOR)
@answers(None, 204)
@refuses(NoVendor, NotOnYourList)
def remove(customer_id: UUID, actor: Actor) -> Answer:
    """Take a customer off the list; only a new invitation brings them back."""
    with transaction() as session:
        vendor = vendors.of_user(session, actor.user_id)
        customers.remove(session, vendor.id, customer_id, now())
        note(session, by(actor), Action.CUSTOMER_REMOVED, customer_id, user_id=customer_id, vendor_id=vendor.id)
