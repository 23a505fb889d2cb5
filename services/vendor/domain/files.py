"""What a file is, told by its content: never by its name, nor by what the sender says."""

import threading
import warnings
from typing import BinaryIO, NoReturn

from PIL import Image, UnidentifiedImageError

from shared.kit.errors import Refusal

PDF, JPEG, PNG, WEBP = "application/pdf", "image/jpeg", "image/png", "image/webp"
MOST_PIXELS = 4096 * 4096
"""64 MiB once decoded with transparency."""
_FORMATS = {"JPEG": JPEG, "PNG": PNG, "WEBP": WEBP}
_TAIL = 2048
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


def media_type(file: BinaryIO, *taken: str) -> str:
    """Tell a file's type by its content, among those that are taken; the file is at its beginning afterwards.

    Raises `WrongFileType`, `UnreadableFile` or `ImageTooLarge`.
    """
    beginning = _read(file, 16)
    if beginning.startswith(b"%PDF-") and PDF in taken:
        _check_pdf(file)
        return PDF
    formats = [name for name, kind in _FORMATS.items() if kind in taken]
    if not _looks_like_image(beginning):
        raise WrongFileType(f"Send {' or '.join(_spoken(kind) for kind in taken)}.")
    with open_image(file, formats) as image:
        kind = _FORMATS[str(image.format)]
        _verify(image)
    file.seek(0)
    return kind


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


def _verify(image: Image.Image) -> None:
    try:
        image.verify()
    except Exception as broken:  # noqa: BLE001 - decoders raise whatever the bytes bring them to
        _unreadable(broken)


def _unreadable(broken: Exception) -> NoReturn:
    raise UnreadableFile from broken


def _looks_like_image(beginning: bytes) -> bool:
    webp = beginning[:4] == b"RIFF" and beginning[8:12] == b"WEBP"
    return webp or beginning.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))


def _check_pdf(file: BinaryIO) -> None:
    """ISO 32000-1 section 7.5: a header with a version, and an end that says where the cross-references begin."""
    head = _read(file, 16)
    size = file.seek(0, 2)
    tail = _read(file, _TAIL, at=max(0, size - _TAIL))
    file.seek(0)
    if head[5:8] not in {b"1.0", b"1.1", b"1.2", b"1.3", b"1.4", b"1.5", b"1.6", b"1.7", b"2.0"}:
        raise UnreadableFile("It begins as a PDF without a version.")
    if b"startxref" not in tail or b"%%EOF" not in tail:
        raise UnreadableFile("It begins as a PDF and has no end.")


def _read(file: BinaryIO, size: int, at: int = 0) -> bytes:
    file.seek(at)
    found = file.read(size)
    file.seek(0)
    return found


def _spoken(kind: str) -> str:
    return {PDF: "a PDF", JPEG: "a JPEG", PNG: "a PNG", WEBP: "a WebP"}[kind]
