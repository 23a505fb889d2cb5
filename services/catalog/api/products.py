"""Products, as everybody sees them who may."""

import re
from typing import Any
from uuid import UUID

from flask import Response

from services.catalog.api.acting import own_settings
from services.catalog.api.showing import cards, json_page
from services.catalog.domain import facets, images, judging, products, search, vendors
from services.catalog.domain import reading as details
from services.catalog.domain.statuses import UnknownProduct
from services.catalog.domain.vendors import NoVendor
from services.catalog.domain.wanting import Wanted
from services.catalog.product_schemas import (
    Facets,
    ProductDetail,
    ProductPage,
    ProductQuery,
    VisibilityQuery,
    VisibilityView,
)
from shared.kit.auth import Actor, Role, anyone, requires
from shared.kit.errors import NotFound
from shared.kit.operations import Blueprint
from shared.kit.pictures import MEDIA_TYPE
from shared.kit.stated import Bytes, answers, asks, refuses
from shared.kit.storage import Missing, StorageDown
from shared.kit.web import Answer, reading, transaction

blueprint = Blueprint("products", __name__, description="Products")
_FILE_NAME = re.compile(r"[0-9a-f]{32}-[0-9a-f]{32}-[0-9]{2,4}\.webp")
_FOR_EVER = "public, max-age=31536000, immutable"
_PAGING = ("sort", "cursor", "limit", "facets")


class UnknownPicture(NotFound):
    """There is no such picture."""


@blueprint.get("/products")
@anyone(optional=True)
@asks(ProductQuery)
@answers(ProductPage)
def find(query: dict[str, Any], actor: Actor | None) -> Answer:
    """List, search and filter the products that one sees; with `vendor` it is their storefront, with `ids` a cart's.

    A signed-in customer also sees the linked products of the vendors whose list they are on.
    """
    wanted = Wanted(**{name: value for name, value in query.items() if name not in _PAGING})
    viewer = actor.user_id if actor else None
    with reading() as connection:
        if wanted.ids is not None:
            return json_page({"items": cards(search.some(connection, viewer, wanted)), "next_cursor": None}, None)
        found = search.page(connection, viewer, wanted, query["sort"], cursor=query["cursor"], limit=query["limit"])
    body: dict[str, Any] = {"items": cards(found.rows), "next_cursor": found.next_cursor}
    if query["facets"]:
        with transaction() as session:
            body["facets"] = Facets().dump(facets.counts(session, viewer, wanted))
    return json_page(body, found.next_cursor)


@blueprint.get("/products/<reference>")
@anyone(optional=True)
@answers(ProductDetail)
@refuses(UnknownProduct)
def detail(reference: str, actor: Actor | None) -> Answer:
    """Show one product by its id or slug; what one does not see does not exist."""
    with transaction() as session:
        return details.detail(session, actor.user_id if actor else None, reference)


@blueprint.get("/products/<uuid:product_id>/visibility")
@requires(Role.VENDOR, Role.ADMIN)
@asks(VisibilityQuery)
@answers(VisibilityView)
@refuses(NoVendor, UnknownProduct)
def visibility(product_id: UUID, query: dict[str, Any], actor: Actor) -> Answer:
    """Say whether a customer sees a product, which rule decides and what made it so; a vendor asks of their own.

    With `at` as of that moment, by what is known of it now.
    """
    with transaction() as session:
        if actor.role is Role.VENDOR:
            products.check_own(session, vendors.of_user(session, actor.user_id).id, product_id)
        verdict, sentence = judging.judge(session, product_id, query["customer"], query["at"])
    told = {"visible": verdict.visible, "rule": verdict.rule, "event_id": verdict.event_id, "sentence": sentence}
    asked = {"product_id": product_id, "customer_id": query["customer"], "at": query["at"]}
    return VisibilityView().dump({**asked, **told})


@blueprint.get("/products/media/<file_name>")
@anyone
@answers(Bytes(MEDIA_TYPE))
@refuses(UnknownPicture, StorageDown)
def media(file_name: str) -> Answer:
    """Give one size of a picture; a name never has another content."""
    if not _FILE_NAME.fullmatch(file_name):
        raise UnknownPicture
    try:
        pieces = own_settings().storage.get(images.key(file_name))
    except Missing:
        raise UnknownPicture from None
    return Response(pieces, headers={"Cache-Control": _FOR_EVER}, content_type=MEDIA_TYPE)
