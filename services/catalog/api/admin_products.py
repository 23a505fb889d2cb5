"""All products, for admins to watch over, and the marketplace's own, for them to keep."""

from typing import Any
from uuid import UUID

from services.catalog.api import showing
from services.catalog.api.acting import by, now
from services.catalog.domain import directory, products
from services.catalog.domain.audit import Action, note
from services.catalog.domain.statuses import NotYourProduct, ProductIsDeleted, SkuTaken, Stale, UnknownProduct
from services.catalog.product_schemas import OWN_PAGE, AdminQuery, NewProduct, OwnProduct, ProductChange
from shared.kit.auth import Actor, Role, requires
from shared.kit.idempotency import idempotent, once
from shared.kit.operations import Blueprint
from shared.kit.stated import accepts, answers, asks, refuses
from shared.kit.versions import expected_version, versioned
from shared.kit.web import Answer, transaction

blueprint = Blueprint("admin products", __name__, description="All products, and the marketplace's own")


@blueprint.get("/admin/products")
@requires(Role.ADMIN)
@asks(AdminQuery)
@answers(OWN_PAGE)
def show(query: dict[str, Any], actor: Actor) -> Answer:  # noqa: ARG001 - every admin sees the same
    """List everybody's products in every status, newest first; `q` finds a part of the title, the slug or the SKU."""
    with transaction() as session:
        page = directory.page(session, directory.ANY, **query)
    return showing.own_page(page)


@blueprint.post("/admin/products")
@requires(Role.ADMIN)
@idempotent
@accepts(NewProduct)
@answers(OwnProduct, 201)
@refuses(SkuTaken)
def create(body: dict[str, Any], actor: Actor) -> Answer:
    """Make a product of the marketplace's own; it is a draft unless told."""

    def produce() -> Answer:
        product = products.create(session, None, body, now())
        note(session, by(actor), Action.PRODUCT_CREATED, product.id, after=body)
        return showing.own(session, None, product.id)

    with transaction() as session:
        return once(session, produce)


@blueprint.get("/admin/products/<uuid:product_id>")
@requires(Role.ADMIN)
@answers(OwnProduct)
@refuses(UnknownProduct)
def detail(product_id: UUID, actor: Actor) -> Answer:  # noqa: ARG001 - every admin sees the same
    """Show any product, deleted or not, with its version as ETag."""
    with transaction() as session:
        return showing.own(session, directory.ANY, product_id)


@blueprint.patch("/admin/products/<uuid:product_id>")
@requires(Role.ADMIN)
@versioned
@accepts(ProductChange)
@answers(OwnProduct)
@refuses(UnknownProduct, NotYourProduct, ProductIsDeleted, SkuTaken, Stale)
def change(product_id: UUID, body: dict[str, Any], actor: Actor) -> Answer:
    """Change a product of the marketplace's own; a vendor's is the vendor's to change."""
    with showing.telling_newer(), transaction() as session:
        products.change(session, None, product_id, body, now(), expected_version())
        note(session, by(actor), Action.PRODUCT_CHANGED, product_id, after=body)
        return showing.own(session, None, product_id)


@blueprint.delete("/admin/products/<uuid:product_id>")
@requires(Role.ADMIN)
@versioned
@answers(None, 204)
@refuses(UnknownProduct, NotYourProduct, Stale)
def delete(product_id: UUID, actor: Actor) -> Answer:
    """Delete a product of the marketplace's own, so that it can be restored."""
    with showing.telling_newer(), transaction() as session:
        products.delete(session, None, product_id, now(), expected_version())
        note(session, by(actor), Action.PRODUCT_DELETED, product_id)


@blueprint.post("/admin/products/<uuid:product_id>/restore")
@requires(Role.ADMIN)
@versioned
@answers(OwnProduct)
@refuses(UnknownProduct, NotYourProduct, SkuTaken, Stale)
def restore(product_id: UUID, actor: Actor) -> Answer:
    """Bring a deleted product of the marketplace's own back as it was."""
    with showing.telling_newer(), transaction() as session:
        products.restore(session, None, product_id, now(), expected_version())
        note(session, by(actor), Action.PRODUCT_RESTORED, product_id)
        return showing.own(session, None, product_id)
