"""Logos and banners: what was uploaded is decoded and written anew, in the sizes that are shown, without metadata."""

from collections.abc import Iterator
from enum import StrEnum
from io import BytesIO
from typing import BinaryIO, NamedTuple

from PIL import Image, ImageOps

from services.vendor.domain import files
from services.vendor.domain.files import UnreadableFile

MEDIA_TYPE = files.WEBP
FORMATS = ["JPEG", "PNG", "WEBP"]
_QUALITY = 85


class Kind(StrEnum):
    """Which picture of a vendor's."""

    LOGO = "logo"
    BANNER = "banner"


class Size(NamedTuple):
    """The box a picture is made for, in pixels."""

    width: int
    height: int


SIZES: dict[Kind, tuple[Size, ...]] = {
    Kind.LOGO: (Size(512, 512), Size(128, 128)),
    Kind.BANNER: (Size(1600, 400), Size(800, 200)),
}
"""Largest first. A logo is fitted inside its box, a banner covers it and is cut."""


def made(file: BinaryIO, kind: Kind) -> Iterator[tuple[Size, BytesIO]]:
    """Yield the picture in each of its sizes as WebP; only one is in memory at a time.

    Raises `WrongFileType`, `UnreadableFile` or `ImageTooLarge` before the first.
    """
    with files.open_image(file, FORMATS) as image:
        image.draft("RGB", SIZES[kind][0])
        files.decode(image)
        picture = _upright(image)
    for size in SIZES[kind]:
        picture = _sized(picture, kind, size)
        yield size, _written(picture)


def _upright(image: Image.Image) -> Image.Image:
    """Turned as the camera says, in plain colours, and nothing else of what came along."""
    try:
        turned = ImageOps.exif_transpose(image)
        plain = turned.convert("RGBA" if turned.has_transparency_data else "RGB")
    except Exception as broken:
        raise UnreadableFile from broken
    plain.info = {}
    return plain


def _sized(picture: Image.Image, kind: Kind, size: Size) -> Image.Image:
    if kind is Kind.LOGO:
        return ImageOps.contain(picture, size) if _larger(picture, size) else picture
    return ImageOps.fit(picture, size)


def _larger(picture: Image.Image, size: Size) -> bool:
    return picture.width > size.width or picture.height > size.height


def _written(picture: Image.Image) -> BytesIO:
    output = BytesIO()
    picture.save(output, "WEBP", quality=_QUALITY, method=4, icc_profile=b"", exif=b"", xmp=b"")
    output.seek(0)
    return output
