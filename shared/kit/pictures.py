"""Pictures that people send: told by content, decoded within bounds, and written anew without what came along."""

import threading
import warnings
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import BinaryIO, NamedTuple, NoReturn

from PIL import Image, ImageOps, UnidentifiedImageError

from shared.kit.errors import Refusal

JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"
FORMATS = {"JPEG": JPEG, "PNG": PNG, "WEBP": WEBP}
"""What is taken, by the decoder's word."""
MEDIA_TYPE = WEBP
"""What is written."""
MOST_PIXELS = 4096 * 4096
"""64 MiB once decoded with transparency."""
_QUALITY = 85
_DECODING = threading.Semaphore(1)
"""One image at a time in a process: that bounds its memory, whatever many people send at once."""


class WrongFileType(Refusal):
    """This kind of file is not taken here."""

    status = 415


class UnreadableFile(Refusal):
    """The file is damaged or not what it seems to be."""

    status = 422


class ImageTooLarge(Refusal):
    """The image has too many pixels."""

    status = 422


class Size(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int


class Made(NamedTuple):
    """A picture written anew for a box, at the size that it came to."""

    box: Size
    size: Size
    content: BytesIO


def made(file: BinaryIO, boxes: Sequence[Size], *, cut: bool = False) -> Iterator[Made]:
    """Yield the picture as WebP for each box, largest first; only one is in memory at a time.

    It is fitted inside its box and never enlarged, or covers the box and is `cut` to it. Raises `WrongFileType`,
    `UnreadableFile` or `ImageTooLarge` before the first.
    """
    with open_image(file, list(FORMATS)) as image:
        image.draft("RGB", boxes[0])
        decode(image)
        picture = _upright(image)
    for box in boxes:
        picture = ImageOps.fit(picture, box) if cut else _inside(picture, box)
        yield Made(box, Size(*picture.size), _written(picture))


def open_image(file: BinaryIO, formats: list[str]) -> Image.Image:
    """Read an image's head, and refuse it before a pixel is decoded if there are too many.

    Raises `WrongFileType`, `UnreadableFile` or `ImageTooLarge`.
    """
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(file, formats=formats)
    except Image.DecompressionBombError:
        raise ImageTooLarge from None
    except UnidentifiedImageError:
        raise WrongFileType(f"Send {' or '.join(formats)}.") from None
    except Exception as broken:  # noqa: BLE001 - decoders raise whatever the bytes bring them to
        _unreadable(broken)
    width, height = image.size
    if width * height > MOST_PIXELS or not width or not height:
        raise ImageTooLarge(f"{width} × {height} pixels are too many: at most {MOST_PIXELS} are taken.")
    return image


def decode(image: Image.Image) -> None:
    """Decode the pixels. Raises `UnreadableFile`."""
    try:
        with _DECODING:
            image.load()
    except Exception as broken:  # noqa: BLE001 - decoders raise whatever the bytes bring them to
        _unreadable(broken)


def verify(image: Image.Image) -> None:
    """Check what can be checked without decoding. Raises `UnreadableFile`."""
    try:
        image.verify()
    except Exception as broken:  # noqa: BLE001 - decoders raise whatever the bytes bring them to
        _unreadable(broken)


def _upright(image: Image.Image) -> Image.Image:
    """Turned as the camera says, in plain colours, and nothing else of what came along."""
    try:
        turned = ImageOps.exif_transpose(image)
        plain = turned.convert("RGBA" if turned.has_transparency_data else "RGB")
    except Exception as broken:
        raise UnreadableFile from broken
    plain.info = {}
    return plain


def _inside(picture: Image.Image, box: Size) -> Image.Image:
    larger = picture.width > box.width or picture.height > box.height
    return ImageOps.contain(picture, box) if larger else picture


def _written(picture: Image.Image) -> BytesIO:
    output = BytesIO()
    picture.save(output, "WEBP", quality=_QUALITY, method=4, icc_profile=b"", exif=b"", xmp=b"")
    output.seek(0)
    return output


def _unreadable(broken: Exception) -> NoReturn:
    raise UnreadableFile from broken
