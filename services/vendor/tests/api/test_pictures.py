"""Logos and banners: what is taken, what is made of it, and what everybody gets."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from services.vendor.tests import pictures
from services.vendor.tests.api.conftest import Client, Seller

IBAN = "GB82 WEST 1234 5698 7654 32"

BANK = {"holder": "Ada Lovelace", "iban": IBAN, "bic": None}

OVER = 10 * 1024 * 1024 + 1


def served(client: Client, url: str) -> Any:
    return client.get(url.partition("/api")[2])


def kind(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["type"].removeprefix("/problems/")


def test_a_picture_is_shown_in_its_sizes_and_the_one_before_is_gone(client: Client, seller: Seller) -> None:
    _, headers = seller
    first = client.put("/vendor/profile/logo", data=pictures.image("JPEG", 900, 600), headers=headers).json["logo"]
    assert [size["width"] for size in first] == [512, 128]
    answer = served(client, first[0]["url"])
    assert (answer.content_type, answer.headers["Cache-Control"]) == (
        "image/webp",
        "public, max-age=31536000, immutable",
    )
    with Image.open(BytesIO(answer.data)) as image:
        assert image.size == (512, 341)
    client.put("/vendor/profile/logo", data=pictures.image("PNG"), headers=headers)
    assert served(client, first[0]["url"]).status_code == 404
    same = [client.put("/vendor/profile/logo", data=pictures.image("PNG"), headers=headers).json["logo"] for _ in "12"]
    assert served(client, same[1][0]["url"]).status_code == 200


@pytest.mark.parametrize("which", ["logo", "banner"])
def test_a_picture_can_be_removed_and_its_files_go_with_it(client: Client, seller: Seller, which: str) -> None:
    _, headers = seller
    there = client.put(f"/vendor/profile/{which}", data=pictures.image("PNG"), headers=headers).json[which]
    for _ in "12":
        assert client.delete(f"/vendor/profile/{which}", headers=headers).json[which] == []
    assert [served(client, size["url"]).status_code for size in there] == [404] * len(there)


@pytest.mark.parametrize("name", ["x", "..%2f..%2fetc%2fpasswd", "0" * 32 + "-logo-" + "0" * 32 + "-512.webp"])
def test_nothing_else_is_served_as_a_picture(client: Client, name: str) -> None:
    assert client.get(f"/vendor/media/{name}").status_code == 404


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        (b"", 422, "empty-file"),
        (pictures.HTML, 415, "wrong-file-type"),
        (pictures.PDF, 415, "wrong-file-type"),
        (pictures.bomb(), 422, "image-too-large"),
        (pictures.text_bomb(), 422, "unreadable-file"),
        (pictures.image("PNG")[:-40], 422, "unreadable-file"),
        (b"\x89PNG" + b"\0" * OVER, 413, "body-too-large"),
    ],
    ids=["empty", "html", "pdf", "bomb", "text bomb", "cut", "too large"],
)
def test_bad_pictures_are_refused_and_nothing_changes(
    client: Client, seller: Seller, content: bytes, status: int, said: str
) -> None:
    for which in ("logo", "banner"):
        assert kind(client.put(f"/vendor/profile/{which}", data=content, headers=seller[1])) == (status, said)
    assert client.get("/vendor/profile", headers=seller[1]).json["logo"] == []
