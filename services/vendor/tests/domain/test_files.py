"""What a file is, is told by its content; what is made of an image holds nothing but its picture."""

from io import BytesIO

import pytest
from PIL import Image

from services.vendor.domain import files, images
from services.vendor.domain.documents import TAKEN, clean_name
from services.vendor.domain.images import Kind
from services.vendor.tests import pictures
from shared.kit.errors import Refusal
from shared.kit.pictures import ImageTooLarge, UnreadableFile, WrongFileType


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (pictures.PDF, "application/pdf"),
        (pictures.image("PNG"), "image/png"),
        (pictures.image("JPEG"), "image/jpeg"),
    ],
    ids=["pdf", "png", "jpeg"],
)
def test_a_document_is_what_its_content_says(content: bytes, told: str) -> None:
    assert files.media_type(BytesIO(content), *TAKEN) == told


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (pictures.HTML, WrongFileType),
        (pictures.SVG, WrongFileType),
        (b"MZ" + pictures.PDF, WrongFileType),
        (b"\n" + pictures.PDF, WrongFileType),
        (pictures.image("WEBP"), WrongFileType),
        (pictures.image("GIF"), WrongFileType),
        (b"%PDF-9.9\n" + pictures.HTML, UnreadableFile),
        (b"%PDF-1.4\n" + pictures.HTML, UnreadableFile),
        (b"%PDF-1.4\n" + pictures.HTML + b"\n%%EOF\n", UnreadableFile),
        (b"%PDF-1.4\n" + pictures.HTML + b"\nstartxref\n1\n", UnreadableFile),
        (pictures.image("PNG")[:200], UnreadableFile),
        (b"\x89PNG\r\n\x1a\n" + pictures.HTML, Refusal),
        (b"\xff\xd8\xff" + pictures.HTML, Refusal),
        (pictures.bomb(), ImageTooLarge),
        (pictures.text_bomb(), UnreadableFile),
    ],
)
def test_what_is_disguised_damaged_or_a_bomb_is_refused(content: bytes, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        files.media_type(BytesIO(content), *TAKEN)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("which", list(Kind))
def test_a_picture_is_made_anew_in_its_sizes_without_what_came_along(kind: str, which: Kind) -> None:
    sent = pictures.image(kind, 1000, 700)
    assert pictures.SECRET.encode() in sent
    for size, content in images.made(BytesIO(sent), which):
        raw = content.getvalue()
        assert pictures.SECRET.encode() not in raw
        with Image.open(BytesIO(raw)) as made:
            assert made.format == "WEBP"
            assert made.width <= size.width
            assert made.height <= size.height
            assert not {"exif", "icc_profile", "xmp"} & made.info.keys()
            if which is Kind.BANNER:
                assert made.size == size


def test_a_picture_stands_as_the_camera_says_and_keeps_what_is_transparent() -> None:
    turned, exif = BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (60, 30)).save(turned, "JPEG", exif=exif)
    _, content = next(images.made(turned, Kind.LOGO))
    with Image.open(content) as made:
        assert made.size == (30, 60)
    _, content = next(images.made(BytesIO(pictures.image("PNG", mode="RGBA")), Kind.LOGO))
    with Image.open(content) as made:
        assert made.mode in {"RGBA", "RGB"}


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK"])
def test_every_way_of_storing_colours_is_understood(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert len(list(images.made(BytesIO(pictures.image(kind, mode=mode)), Kind.BANNER))) == 2


@pytest.mark.parametrize(
    "content", [pictures.bomb(), pictures.bomb(1, 20_000_000), pictures.text_bomb(), pictures.PDF, b"x"]
)
def test_no_picture_is_made_of_a_bomb_or_of_something_else(content: bytes) -> None:
    with pytest.raises(Refusal):
        list(images.made(BytesIO(content), Kind.LOGO))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (None, "document.pdf"),
        ("", "document.pdf"),
        ("passport.PDF", "passport.pdf"),
        ("invoice.html", "invoice.pdf"),
        ("..\\..\\windows\\run.exe", "run.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ('a"b\r\nSet-Cookie: x.png', "a b Set-Cookie x.pdf"),
        ("résumé \u202egpj.exe", "résumé gpj.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("x" * 500, "x" * 120 + ".pdf"),
    ],
)
def test_a_name_is_safe_and_ends_as_the_content_says(given: str | None, kept: str) -> None:
    assert clean_name(given, files.PDF) == kept
