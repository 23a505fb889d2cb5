"""What a file is, told by its content: never by its name, nor by what the sender says."""

from typing import BinaryIO

from shared.kit.pictures import FORMATS, JPEG, PNG, WEBP, UnreadableFile, WrongFileType, open_image, verify

PDF = "application/pdf"
_TAIL = 2048


def media_type(file: BinaryIO, *taken: str) -> str:
    """Tell a file's type by its content, among those that are taken; the file is at its beginning afterwards.

    Raises `WrongFileType`, `UnreadableFile` or `ImageTooLarge`.
    """
    beginning = _read(file, 16)
    if beginning.startswith(b"%PDF-") and PDF in taken:
        _check_pdf(file)
        return PDF
    formats = [name for name, kind in FORMATS.items() if kind in taken]
    if not _looks_like_image(beginning):
        raise WrongFileType(f"Send {' or '.join(_spoken(kind) for kind in taken)}.")
    with open_image(file, formats) as image:
        kind = FORMATS[str(image.format)]
        verify(image)
    file.seek(0)
    return kind


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
