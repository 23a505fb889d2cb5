"""A vendor's own products: all of them, in every status, and nobody else's."""

from typing import Any
from uuid import UUID

from services.catalog.api import showing
from services.catalog.api.acting import now
from services.catalog.domain import directory, products, vendors
from services.catalog.domain.statuses import (
    NotYourProduct,
    ProductIsDeleted,
    SkuTaken,
    Stale,
    Status,
    UnknownProduct,
)
from services.catalog.domain.vendors import NoVendor, VendorSuspended
from services.catalog.product_schemas import (
    OWN_PAGE,
    NewProduct,
    OwnProduct,
    OwnQuery,
    ProductChange,
    StatusChange,
    StatusChanged,
)
from shared.kit.auth import Actor, Role, requires
from shared.kit.idempotency import idempotent, once
from shared.kit.operations import Blueprint
from shared.kit.stated import accepts, answers, asks, refuses
from shared.kit.versions import expected_version, versioned
from shared.kit.web import Answer, transaction

blueprint = Blueprint("vendor products", __name__, description="A vendor's own products")


@blueprint.get("/vendor/products")
@requires(Role.VENDOR)
@asks(OwnQuery)
@answers(OWN_PAGE)
@refuses(NoVendor)
def show(query: dict[str, Any], actor: Actor) -> Answer:
    """List one's own products in every status, newest first; `q` finds a part of the title, the slug or the SKU."""
    with transaction() as session:
        page = directory.page(session, vendors.of_user(session, actor.user_id).id, **query)
    return showing.own_page(page)


@blueprint.post("/vendor/products")
@requires(Role.VENDOR)
@idempotent
@accepts(NewProduct)
@answers(OwnProduct, 201)
@refuses(NoVendor, VendorSuspended, SkuTaken)
def create(body: dict[str, Any], actor: Actor) -> Answer:
    """Make a product; it is a draft unless told."""

    def produce() -> Answer:
        vendor = vendors.may_write(session, actor.user_id)
        return showing.own(session, vendor.id, products.create(session, vendor.id, body, now()).id)

    with transaction() as session:
        return once(session, produce)


@blueprint.post("/vendor/products/status")
@requires(Role.VENDOR)
@accepts(StatusChange)
@answers(StatusChanged)
@refuses(NoVendor, VendorSuspended, UnknownProduct, NotYourProduct, ProductIsDeleted)
def set_status(body: dict[str, Any], actor: Actor) -> Answer:
    """Give many of one's own products one status, all of them or none."""
    ids = list(dict.fromkeys(body["ids"]))
    with transaction() as session:
        vendor = vendors.may_write(session, actor.user_id)
        different = {each.id for each in products.set_status(session, vendor.id, ids, Status(body["status"]), now())}
    changed, unchanged = ([each for each in ids if (each in different) is it] for it in (True, False))
    return StatusChanged().dump({"changed": changed, "unchanged": unchanged})


@blueprint.get("/vendor/products/<uuid:product_id>")
@requires(Role.VENDOR)
@answers(OwnProduct)
@refuses(NoVendor, UnknownProduct)
def detail(product_id: UUID, actor: Actor) -> Answer:
    """Show one's own product, deleted or not, with its version as ETag."""
    with transaction() as session:
        return showing.own(session, vendors.of_user(session, actor.user_id).id, product_id)


@blueprint.patch("/vendor/products/<uuid:product_id>")
@requires(Role.VENDOR)
@versioned
@accepts(ProductChange)
@answers(OwnProduct)
@refuses(NoVendor, VendorSuspended, UnknownProduct, NotYourProduct, ProductIsDeleted, SkuTaken, Stale)
def change(product_id: UUID, body: dict[str, Any], actor: Actor) -> Answer:
    """Change what is named; with `If-Match` only the version that one has read, else 412 with the newer one."""
    with showing.telling_newer(), transaction() as session:
        vendor = vendors.may_write(session, actor.user_id)
        products.change(session, vendor.id, product_id, body, now(), expected_version())
        return showing.own(session, vendor.id, product_id)


@blueprint.delete("/vendor/products/<uuid:product_id>")
@requires(Role.VENDOR)
@versioned
@answers(None, 204)
@refuses(NoVendor, VendorSuspended, UnknownProduct, NotYourProduct, Stale)
def delete(product_id: UUID, actor: Actor) -> Answer:
    """Delete one's own product, so that it can be restored; doing so again changes nothing."""
    with showing.telling_newer(), transaction() as session:
        vendor = vendors.may_write(session, actor.user_id)
        products.delete(session, vendor.id, product_id, now(), expected_version())


@blueprint.post("/vendor/products/<uuid:product_id>/restore")
@requires(Role.VENDOR)
@versioned
@answers(OwnProduct)
@refuses(NoVendor, VendorSuspended, UnknownProduct, NotYourProduct, SkuTaken, Stale)
def restore(product_id: UUID, actor: Actor) -> Answer:
    """Bring a deleted product back as it was."""
    with showing.telling_newer(), transaction() as session:
        vendor = vendors.may_write(session, actor.user_id)
        products.restore(session, vendor.id, product_id, now(), expected_version())
        return showing.own(session, vendor.id, product_id)
