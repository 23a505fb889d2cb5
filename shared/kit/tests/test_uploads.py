"""A file as the body: taken in pieces, after it is known who sends it, and never larger than stated."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from shared.kit.auth import Actor, Role, requires
from shared.kit.database import Database
from shared.kit.operations import Blueprint
from shared.kit.settings import Settings
from shared.kit.stated import Bytes, answers
from shared.kit.tests.shop import bearer, open_shop
from shared.kit.uploads import MEBIBYTE, Upload, uploads
from shared.kit.web import Answer

files = Blueprint("files", __name__, description="Files")


@files.put("/files")
@requires(Role.VENDOR)
@uploads("image/png", largest=MEBIBYTE)
@answers(Bytes("image/png"))
def keep(upload: Upload, actor: Actor) -> Answer:
    """Say what came."""
    return {"size": upload.size, "sha256": upload.sha256, "beginning": upload.file.read(4).hex()}


@pytest.fixture(scope="module")
def client(settings: Settings, database: Database) -> Iterator[Any]:
    with open_shop(settings, database, [files]).test_client() as made:
        yield made


@pytest.mark.parametrize("size", [1, 64 * 1024, 300 * 1024, MEBIBYTE])
def test_a_file_is_measured_and_at_its_beginning(client: Any, size: int) -> None:
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    told = client.put("/files", data=content, headers=bearer()).json
    assert told == {"size": size, "sha256": hashlib.sha256(content).hexdigest(), "beginning": content[:4].hex()}


@pytest.mark.parametrize(("size", "status"), [(0, 422), (MEBIBYTE + 1, 413)])
def test_nothing_and_too_much_are_refused(client: Any, size: int, status: int) -> None:
    answer = client.put("/files", data=b"x" * size, headers=bearer())
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")


def test_too_much_without_a_length_is_refused_too(client: Any) -> None:
    class Body:
        left = 3 * MEBIBYTE

        def read(self, size: int = -1) -> bytes:
            taken = min(self.left, size)
            self.left -= taken
            return b"x" * taken

        def readline(self, size: int = -1) -> bytes:
            return self.read(size)

        def readinto(self, buffer: Any) -> int:
            piece = self.read(len(buffer))
            buffer[: len(piece)] = piece
            return len(piece)

    body = Body()
    environ = {"wsgi.input": body, "wsgi.input_terminated": True}
    answer = client.put("/files", headers={**bearer(), "Transfer-Encoding": "chunked"}, environ_overrides=environ)
    assert answer.status_code == 413
    assert body.left > MEBIBYTE, "the rest is not read"


def test_who_may_not_sends_in_vain(client: Any) -> None:
    assert client.put("/files", data=b"x" * 3 * MEBIBYTE).status_code == 401
    assert client.put("/files", data=b"x", headers=bearer("customer")).status_code == 403


def test_the_document_says_what_is_taken_and_given(client: Any) -> None:
    operation = client.get("/openapi.json").json["paths"]["/files"]["put"]
    binary = {"schema": {"type": "string", "format": "binary"}}
    assert operation["requestBody"]["content"] == {"image/png": binary}
    assert operation["responses"]["200"]["content"] == {"image/png": binary}
    assert {"413", "422"} <= operation["responses"].keys()
