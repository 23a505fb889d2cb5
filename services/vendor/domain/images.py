"""Logos and banners: what was uploaded is decoded and written anew, in the sizes that are shown, without metadata."""

from collections.abc import Iterator
from enum import StrEnum
from io import BytesIO
from typing import BinaryIO

from shared.kit import pictures
from shared.kit.pictures import Size

MEDIA_TYPE = pictures.MEDIA_TYPE


class Kind(StrEnum):
    """Which picture of a vendor's."""

    LOGO = "logo"
    BANNER = "banner"


SIZES: dict[Kind, tuple[Size, ...]] = {
    Kind.LOGO: (Size(512, 512), Size(128, 128)),
    Kind.BANNER: (Size(1600, 400), Size(800, 200)),
}
"""Largest first. A logo is fitted inside its box, a banner covers it and is cut."""


def made(file: BinaryIO, kind: Kind) -> Iterator[tuple[Size, BytesIO]]:
    """Yield the picture in each of its sizes as WebP; only one is in memory at a time.

    Raises `WrongFileType`, `UnreadableFile` or `ImageTooLarge` before the first.
    """
    for each in pictures.made(file, SIZES[kind], cut=kind is Kind.BANNER):
        yield each.box, each.content
