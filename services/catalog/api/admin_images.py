"""Pictures of the marketplace's own products."""

from typing import Any
from uuid import UUID

from services.catalog.api import showing
from services.catalog.api.acting import by, now, own_settings
from services.catalog.domain import files, images
from services.catalog.domain.audit import Action, note
from services.catalog.domain.images import NewOrder, TooManyImages, UnknownImage
from services.catalog.domain.statuses import NotYourProduct, ProductIsDeleted, UnknownProduct
from services.catalog.product_schemas import AltQuery, Arrangement, OwnProduct
from services.catalog.schemas import ImageView
from shared.kit.auth import Actor, Role, requires
from shared.kit.operations import Blueprint
from shared.kit.pictures import ImageTooLarge, UnreadableFile, WrongFileType
from shared.kit.rate import limited
from shared.kit.stated import accepts, answers, asks, refuses
from shared.kit.storage import StorageDown
from shared.kit.uploads import Upload, uploads
from shared.kit.web import Answer, transaction

blueprint = Blueprint("admin images", __name__, description="Pictures of the marketplace's own products")


@blueprint.post("/admin/products/<uuid:product_id>/images")
@requires(Role.ADMIN)
@limited("1200/h", "actor")
@asks(AltQuery)
@uploads(*files.TAKEN, largest=files.LARGEST)
@answers(ImageView, 201)
@refuses(UnknownProduct, NotYourProduct, ProductIsDeleted, TooManyImages)
@refuses(WrongFileType, UnreadableFile, ImageTooLarge, StorageDown)
def add(product_id: UUID, query: dict[str, Any], upload: Upload, actor: Actor) -> Answer:
    """Add a picture, sent as the body: a JPEG, PNG or WebP, made anew in sizes to show; `alt` describes it."""
    with transaction() as session:
        images.check_may_add(session, None, product_id)
    stored = files.stored(own_settings().storage, product_id, upload.file, upload.sha256)
    with transaction() as session:
        image = images.add(session, None, product_id, upload.sha256, stored, query["alt"], now())
        note(session, by(actor), Action.PICTURES_CHANGED, product_id, after={"added": image.id})
    return ImageView().dump(images.told(image))


@blueprint.put("/admin/products/<uuid:product_id>/images")
@requires(Role.ADMIN)
@accepts(Arrangement)
@answers(OwnProduct)
@refuses(UnknownProduct, NotYourProduct, ProductIsDeleted)
def arrange(product_id: UUID, body: dict[str, Any], actor: Actor) -> Answer:
    """Put all pictures in order, the first for lists, and say what is to be seen on each."""
    with transaction() as session:
        images.arrange(session, None, product_id, [NewOrder(**each) for each in body["images"]], now())
        note(session, by(actor), Action.PICTURES_CHANGED, product_id, after={"order": body["images"]})
        return showing.own(session, None, product_id)


@blueprint.delete("/admin/products/<uuid:product_id>/images/<uuid:image_id>")
@requires(Role.ADMIN)
@answers(None, 204)
@refuses(UnknownProduct, NotYourProduct, ProductIsDeleted, UnknownImage, StorageDown)
def remove(product_id: UUID, image_id: UUID, actor: Actor) -> Answer:
    """Take a picture away."""
    with transaction() as session:
        unneeded = images.remove(session, None, product_id, image_id, now())
        note(session, by(actor), Action.PICTURES_CHANGED, product_id, after={"removed": image_id})
    files.forget(own_settings().storage, unneeded)
