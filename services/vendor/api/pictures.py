"""Logos and banners: taken from vendors, shown to everybody."""

import re
from contextlib import suppress

from flask import Response

from services.vendor.api.acting import by, now, own_settings
from services.vendor.api.showing import told
from services.vendor.domain import images, profiles, vendors
from services.vendor.domain.documents import LARGEST
from services.vendor.domain.images import Kind
from services.vendor.domain.links import VendorSuspended
from services.vendor.domain.vendors import NoVendor
from services.vendor.models import Vendor
from services.vendor.vendor_schemas import VendorView
from shared.kit.auth import Actor, Role, anyone, requires
from shared.kit.errors import NotFound
from shared.kit.operations import Blueprint
from shared.kit.pictures import ImageTooLarge, UnreadableFile, WrongFileType
from shared.kit.rate import limited
from shared.kit.stated import Bytes, answers, refuses
from shared.kit.storage import Missing, StorageDown
from shared.kit.uploads import Upload, uploads
from shared.kit.web import Answer, transaction

blueprint = Blueprint("pictures", __name__, description="Logos and banners")
_TAKEN = ("image/jpeg", "image/png", "image/webp")
_FILE_NAME = re.compile(r"[0-9a-f]{32}-(logo|banner)-[0-9a-f]{32}-[0-9]{2,4}\.webp")
_FOR_EVER = "public, max-age=31536000, immutable"


class UnknownPicture(NotFound):
    """There is no such picture."""


@blueprint.put("/vendor/profile/logo")
@requires(Role.VENDOR)
@limited("60/h", "actor")
@uploads(*_TAKEN, largest=LARGEST)
@answers(VendorView)
@refuses(NoVendor, VendorSuspended, WrongFileType, UnreadableFile, ImageTooLarge, StorageDown)
def logo(upload: Upload, actor: Actor) -> Answer:
    """Show another logo, sent as the body: a JPEG, PNG or WebP, which is made anew in the sizes that are shown."""
    return _replaced(Kind.LOGO, upload, actor)


@blueprint.put("/vendor/profile/banner")
@requires(Role.VENDOR)
@limited("60/h", "actor")
@uploads(*_TAKEN, largest=LARGEST)
@answers(VendorView)
@refuses(NoVendor, VendorSuspended, WrongFileType, UnreadableFile, ImageTooLarge, StorageDown)
def banner(upload: Upload, actor: Actor) -> Answer:
    """Show another banner, sent as the body: a JPEG, PNG or WebP, which is made anew and cut to shape."""
    return _replaced(Kind.BANNER, upload, actor)


@blueprint.delete("/vendor/profile/logo")
@requires(Role.VENDOR)
@answers(VendorView)
@refuses(NoVendor, VendorSuspended)
def no_logo(actor: Actor) -> Answer:
    """Show no logo any more; that there is none already is no fault."""
    return _removed(Kind.LOGO, actor)


@blueprint.delete("/vendor/profile/banner")
@requires(Role.VENDOR)
@answers(VendorView)
@refuses(NoVendor, VendorSuspended)
def no_banner(actor: Actor) -> Answer:
    """Show no banner any more; that there is none already is no fault."""
    return _removed(Kind.BANNER, actor)


@blueprint.get("/vendor/media/<file_name>")
@anyone
@answers(Bytes(images.MEDIA_TYPE))
@refuses(UnknownPicture, StorageDown)
def show(file_name: str) -> Answer:
    """Give one size of a picture; a name never has another content."""
    if not _FILE_NAME.fullmatch(file_name):
        raise UnknownPicture
    try:
        pieces = own_settings().storage.get(profiles.key(file_name))
    except Missing:
        raise UnknownPicture from None
    return Response(pieces, headers={"Cache-Control": _FOR_EVER}, content_type=images.MEDIA_TYPE)


def _replaced(kind: Kind, upload: Upload, actor: Actor) -> Answer:
    """Files first, then the row: a profile never names a file that is not there."""
    with transaction() as session:
        vendor = vendors.of_user(session, actor.user_id)
        profiles.check_may_change(vendor)
    _store(vendor, kind, upload)
    shown, vendor, before = _shown(kind, upload.sha256, actor)
    if before:
        _forget(vendor, kind, before)
    return shown


def _removed(kind: Kind, actor: Actor) -> Answer:
    """The row first, then the files; files that the store will not give up now are swept later."""
    shown, vendor, before = _shown(kind, None, actor)
    if before:
        with suppress(StorageDown):
            _forget(vendor, kind, before)
    return shown


def _shown(kind: Kind, digest: str | None, actor: Actor) -> tuple[Answer, Vendor, str | None]:
    with transaction() as session:
        vendor = vendors.of_user(session, actor.user_id)
        before = profiles.show_picture(session, vendor, kind, digest, now(), by(actor))
        return VendorView().dump(told(session, vendor)), vendor, before


def _store(vendor: Vendor, kind: Kind, upload: Upload) -> None:
    names = profiles.file_names(vendor, kind, upload.sha256)
    for size, content in images.made(upload.file, kind):
        own_settings().storage.put(profiles.key(names[size]), content, images.MEDIA_TYPE)


def _forget(vendor: Vendor, kind: Kind, digest: str) -> None:
    for name in profiles.file_names(vendor, kind, digest).values():
        own_settings().storage.delete(profiles.key(name))
