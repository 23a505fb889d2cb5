"""Every operation of the catalog, what is sent to it, and what each caller who may call it is answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from services.catalog.domain import categories, images, products
from services.catalog.models import Category, Product
from shared.kit.pictures import Size
from tests.authorisation.callers import ADMIN
from tests.authorisation.statements import ANYONE, PNG, Says, Scene, admins, sellers

PRODUCT = {"title": "Cedar bowl", "price": {"amount": 1999, "currency": "EUR"}}


def product(scene: Scene, *, marketplace: bool = False, deleted: bool = False) -> Product:
    """A published product of the owner's, or of the marketplace's own."""
    owner = None if marketplace or not scene.owner.vendor else scene.owner.vendor.id
    wanted = {**PRODUCT, "language": "en", "status": "active"}
    with scene.market.databases["catalog"].transaction() as session:
        made = products.create(session, owner, wanted, datetime.now(UTC))
        return products.delete(session, owner, made.id, datetime.now(UTC)) if deleted else made


def category(scene: Scene) -> Category:
    """A category that nothing is in."""
    with scene.market.databases["catalog"].transaction() as session:
        return categories.create(session, {"name": f"Kitchen {uuid4().hex}"}, datetime.now(UTC))


def of_a_product(**which: bool) -> Callable[[Scene], Mapping[str, Any]]:
    return lambda scene: {"product_id": product(scene, **which).id}


def of_an_image(**which: bool) -> Callable[[Scene], Mapping[str, Any]]:
    def make(scene: Scene) -> Mapping[str, Any]:
        made = product(scene, **which)
        files = [images.File(f"{uuid4().hex}-{uuid4().hex}-600.webp", Size(600, 400))]
        with scene.market.databases["catalog"].transaction() as session:
            image = images.add(session, made.vendor_id, made.id, uuid4().hex, files, "", datetime.now(UTC))
        return {"product_id": made.id, "image_id": image.id}

    return make


def of_a_category(scene: Scene) -> Mapping[str, Any]:
    return {"category_id": category(scene).id}


def a_status(scene: Scene) -> dict[str, Any]:
    return {"ids": [str(product(scene).id)], "status": "inactive"}


def into(scene: Scene) -> dict[str, UUID]:
    return {"into": category(scene).id}


def picture(scene: Scene) -> Mapping[str, Any]:
    name = f"{uuid4().hex}-{uuid4().hex}-600.webp"
    scene.market.catalog_settings.storage.put(f"media/{name}", BytesIO(b"a picture"), "image/webp")
    return {"file_name": name}


NEW_TITLE: Callable[[Scene], Any] = lambda _: {"title": "Oak bowl"}  # noqa: E731 - one of many bodies
NO_ORDER: Callable[[Scene], Any] = lambda _: {"images": []}  # noqa: E731 - one of many bodies

SOLD: dict[tuple[str, str], Says] = {
    ("catalog", "GET /products"): Says({ANYONE: 200}),
    ("catalog", "GET /products/{reference}"): Says(
        {ANYONE: 200}, path=lambda scene: {"reference": product(scene).slug}
    ),
    ("catalog", "GET /products/{product_id}/visibility"): Says(
        {**sellers(200, 404, 404), ADMIN: 200}, path=of_a_product()
    ),
    ("catalog", "GET /products/media/{file_name}"): Says({ANYONE: 200}, path=picture),
    ("catalog", "GET /categories"): Says({ANYONE: 200}),
    ("catalog", "GET /vendor/products"): Says(sellers(200, 200, 200)),
    ("catalog", "POST /vendor/products"): Says(sellers(201, 201, 409), lambda _: PRODUCT),
    ("catalog", "POST /vendor/products/status"): Says(sellers(200, 403, 409), a_status),
    ("catalog", "GET /vendor/products/{product_id}"): Says(sellers(200, 404, 404), path=of_a_product()),
    ("catalog", "PATCH /vendor/products/{product_id}"): Says(sellers(200, 403, 409), NEW_TITLE, of_a_product()),
    ("catalog", "DELETE /vendor/products/{product_id}"): Says(sellers(204, 403, 409), path=of_a_product()),
    ("catalog", "POST /vendor/products/{product_id}/restore"): Says(
        sellers(200, 403, 409), path=of_a_product(deleted=True)
    ),
    ("catalog", "POST /vendor/products/{product_id}/images"): Says(
        sellers(201, 403, 409), path=of_a_product(), file=PNG
    ),
    ("catalog", "PUT /vendor/products/{product_id}/images"): Says(sellers(200, 403, 409), NO_ORDER, of_a_product()),
    ("catalog", "DELETE /vendor/products/{product_id}/images/{image_id}"): Says(
        sellers(204, 403, 409), path=of_an_image()
    ),
    ("catalog", "GET /admin/products"): Says(admins()),
    ("catalog", "POST /admin/products"): Says(admins(201), lambda _: PRODUCT),
    ("catalog", "GET /admin/products/{product_id}"): Says(admins(), path=of_a_product()),
    ("catalog", "PATCH /admin/products/{product_id}"): Says(admins(), NEW_TITLE, of_a_product(marketplace=True)),
    ("catalog", "DELETE /admin/products/{product_id}"): Says(admins(204), path=of_a_product(marketplace=True)),
    ("catalog", "POST /admin/products/{product_id}/restore"): Says(
        admins(), path=of_a_product(marketplace=True, deleted=True)
    ),
    ("catalog", "POST /admin/products/{product_id}/images"): Says(
        admins(201), path=of_a_product(marketplace=True), file=PNG
    ),
    ("catalog", "PUT /admin/products/{product_id}/images"): Says(admins(), NO_ORDER, of_a_product(marketplace=True)),
    ("catalog", "DELETE /admin/products/{product_id}/images/{image_id}"): Says(
        admins(204), path=of_an_image(marketplace=True)
    ),
    ("catalog", "POST /admin/categories"): Says(admins(201), lambda _: {"name": "Kitchen"}),
    ("catalog", "PATCH /admin/categories/{category_id}"): Says(admins(), lambda _: {"name": "Kitchen"}, of_a_category),
    ("catalog", "DELETE /admin/categories/{category_id}"): Says(admins(204), path=of_a_category),
    ("catalog", "POST /admin/categories/{category_id}/merge"): Says(admins(), into, of_a_category),
}
