"""Mutated files: each is refused with a problem or taken for what it is; nothing is unhandled, memory stays bounded.

`UPLOAD_FUZZ=10000` makes it many.
"""

import os
import resource
import time
from collections import Counter
from io import BytesIO
from random import Random
from typing import Any

import pytest
from PIL import Image

from services.vendor.domain import files
from services.vendor.tests import pictures
from services.vendor.tests.api.conftest import Client, Seller, client, seller, sellers
from shared.kit.pictures import JPEG, PNG
from shared.kit.tests.shop import bearer

__all__ = ["client", "seller", "sellers"]

MANY = int(os.environ.get("UPLOAD_FUZZ", "300"))
MEMORY = 300 * 1024 * 1024
"""What the whole run may add to the process, in bytes: one image of the most pixels in two forms, and room."""
PLACES = [("POST", "/vendor/documents"), ("PUT", "/vendor/profile/logo"), ("PUT", "/vendor/profile/banner")]
SOUND = [
    pictures.PDF,
    *(pictures.image(kind, mode=mode) for kind, mode in [("PNG", "RGB"), ("PNG", "P"), ("PNG", "RGBA")]),
    *(pictures.image(kind) for kind in ("JPEG", "WEBP", "GIF", "BMP", "TIFF")),
    pictures.image("JPEG", mode="CMYK"),
    pictures.bomb(),
    pictures.HTML,
]
OPENS: dict[str, Any] = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}


@pytest.mark.fuzz
def test_no_mutated_file_is_served_as_something_else_or_brings_anything_down(client: Client, seller: Seller) -> None:
    random, found = Random(20261120), Counter[str]()
    headers = bearer("vendor", sub=str(seller[0].user_id), exp=int(time.time()) + 3600)
    before = peak()
    for number in range(MANY):
        content = pictures.mutated(random.choice(SOUND), random)
        method, place = PLACES[number % len(PLACES)]
        answer = client.open(place, method=method, data=content, headers=headers)
        found[f"{place} {answer.status_code}"] += 1
        assert answer.status_code in {200, 201, 413, 415, 422}, (number, answer.json)
        if answer.status_code >= 400:
            assert answer.content_type == "application/problem+json"
        elif place.endswith("documents"):
            check_document(client, headers, answer.json, content)
        else:
            check_picture(client, answer.json[place.rpartition("/")[2]])
    print(dict(found), f"{(peak() - before) / 2**20:.0f} MiB more")  # noqa: T201 - shown by `pytest -s`
    assert peak() - before < MEMORY
    assert len({key.rpartition(" ")[2] for key in found}) >= 3, "the run met refusals and successes alike"


def check_document(client: Client, headers: dict[str, str], document: dict[str, Any], sent: bytes) -> None:
    shown = client.get(f"/vendor/documents/{document['id']}", headers=headers).json
    served = client.get(shown["url"].partition("/api")[2])
    assert served.data == sent
    assert served.content_type == document["media_type"] == files.media_type(BytesIO(sent), *document_types())
    assert served.headers["Content-Disposition"].startswith("attachment")
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert client.delete(f"/vendor/documents/{document['id']}", headers=headers).status_code == 204


def document_types() -> tuple[str, ...]:
    return (files.PDF, JPEG, PNG)


def check_picture(client: Client, sizes: list[dict[str, Any]]) -> None:
    for size in sizes:
        served = client.get(size["url"].removeprefix("/api"))
        assert served.content_type == "image/webp"
        with Image.open(BytesIO(served.data)) as image:
            assert image.format == "WEBP"
            image.load()


def peak() -> int:
    """The most memory this process has ever held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
