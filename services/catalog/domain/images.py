"""Pictures of products: which there are, in which order, and what they are called for those who cannot see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.catalog.domain import products, recording
from services.catalog.domain.products import Owner
from services.catalog.domain.statuses import ProductIsDeleted
from services.catalog.models import Product, ProductImage
from shared.events.ids import new_id
from shared.kit.errors import Invalid, NotFound, Refusal
from shared.kit.pictures import Size

BOXES = (Size(1200, 1200), Size(600, 600), Size(240, 240))
"""What a picture is fitted into, largest first."""
MOST = 12
PATH = "/api/products/media/"


class UnknownImage(NotFound):
    """This product has no such picture."""


class TooManyImages(Refusal):
    """A product has at most 12 pictures: remove one first."""


class File(NamedTuple):
    """One size of a picture, and the name of its file, which never has another content."""

    name: str
    size: Size


class NewOrder(NamedTuple):
    """A picture's place is its place among these; `alt` is what it is called from now on, None leaves that."""

    id: UUID
    alt: str | None


def file_name(product_id: UUID, digest: str, box: Size) -> str:
    """The name of one size's file."""
    return f"{product_id.hex}-{digest[:32]}-{box.width}.webp"


def key(name: str) -> str:
    """Where a file lies."""
    return f"media/{name}"


def check_may_add(session: Session, owner: Owner, product_id: UUID) -> Product:
    """Lock the product. Raises `TooManyImages`, `UnknownProduct`, `NotYourProduct` or `ProductIsDeleted`."""
    product = _held(session, owner, product_id)
    if len(of_product(session, product_id)) >= MOST:
        raise TooManyImages
    return product


def add(
    session: Session, owner: Owner, product_id: UUID, digest: str, files: Sequence[File], alt: str, now: datetime
) -> ProductImage:
    """Put a picture last; one that is there already stays where it is. Raises as `check_may_add` does."""
    product = check_may_add(session, owner, product_id)
    before = of_product(session, product_id)
    for same in before:
        if same.digest == digest[:32]:
            return same
    image = ProductImage(
        id=new_id(),
        product_id=product_id,
        position=before[-1].position + 1 if before else 1,
        alt=alt or product.title,
        digest=digest[:32],
        sizes=[{"url": PATH + file.name, "width": file.size.width, "height": file.size.height} for file in files],
        created_at=now,
    )
    session.add(image)
    _record(session, product, now)
    return image


def arrange(session: Session, owner: Owner, product_id: UUID, wanted: Sequence[NewOrder], now: datetime) -> None:
    """Put the pictures in this order under these names. Raises `Invalid` unless each is named once, and as `add`."""
    product = _held(session, owner, product_id)
    images = {image.id: image for image in of_product(session, product_id)}
    if sorted(each.id for each in wanted) != sorted(images):
        raise Invalid(fields={"images": "Name every picture of the product once, and no other."})
    for position, each in enumerate(wanted, 1):
        images[each.id].position = position
        images[each.id].alt = each.alt if each.alt is not None else images[each.id].alt
    if any(session.is_modified(image) for image in images.values()):
        _record(session, product, now)


def remove(session: Session, owner: Owner, product_id: UUID, image_id: UUID, now: datetime) -> list[str]:
    """Take a picture away; the names of the files that nobody needs now. Raises `UnknownImage`, and as `add` does."""
    product = _held(session, owner, product_id)
    image = session.get(ProductImage, image_id)
    if image is None or image.product_id != product_id:
        raise UnknownImage
    session.delete(image)
    _record(session, product, now)
    return [size["url"].removeprefix(PATH) for size in image.sizes]


def of_product(session: Session, product_id: UUID) -> Sequence[ProductImage]:
    """A product's pictures in their order."""
    rows = select(ProductImage).where(ProductImage.product_id == product_id)
    return session.scalars(rows.order_by(ProductImage.position, ProductImage.id)).all()


def told(image: ProductImage) -> dict[str, Any]:
    """A picture as it is shown."""
    return {"id": image.id, "alt": image.alt, "sizes": image.sizes}


def _held(session: Session, owner: Owner, product_id: UUID) -> Product:
    product = products.held(session, owner, product_id)
    if product.deleted_at is not None:
        raise ProductIsDeleted
    return product


def _record(session: Session, product: Product, now: datetime) -> None:
    recording.changed(product, now)
    recording.record(session, [product], recording.updated)
