"""Uploads: the body of a request is one file, taken in pieces, never wholly in memory, never larger than stated.

    @documents.post("/vendor/documents")
    @requires(Role.CUSTOMER)
    @uploads("application/pdf", "image/png", largest=10 * MEBIBYTE)
    @answers(DocumentView, 201)
    def add(upload: Upload, actor: Actor) -> Answer:

What the caller says of the type is documentation; the view tells it by content.
"""

import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, cast

from flask import request
from werkzeug.exceptions import ClientDisconnected
from werkzeug.exceptions import RequestEntityTooLarge as TooLarge

from shared.kit.errors import Refusal
from shared.kit.inputs import BadJson, BodyTooLarge
from shared.kit.stated import F, UploadStatement, refuses, stated

MEBIBYTE = 1024 * 1024
PIECE = 64 * 1024
_IN_MEMORY = 256 * 1024


class EmptyFile(Refusal):
    """The body is empty: send the file itself as the body."""

    status = 422


class UploadCutShort(BadJson):
    """The body ended early."""


@dataclass(frozen=True)
class Upload:
    """A received file, at its beginning; it lies on disk unless it is small, and is gone when the request is."""

    file: BinaryIO
    size: int
    sha256: str


def uploads(*media_types: str, largest: int) -> Callable[[F], F]:
    """State that the body is a file of one of these types of at most `largest` bytes, passed as `upload`."""

    def state(view: F) -> F:
        stated(view).upload = UploadStatement(media_types, largest)
        return refuses(EmptyFile, UploadCutShort, BodyTooLarge)(view)

    return state


def receive(said: UploadStatement) -> Upload:
    """Take the request's body. Raises `BodyTooLarge`, `UploadCutShort` or `EmptyFile`."""
    request.max_content_length = said.largest
    file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - it closes itself with the upload
    digest, size = hashlib.sha256(), 0
    try:
        while piece := request.stream.read(PIECE):
            size += len(piece)
            digest.update(piece)
            file.write(piece)
    except TooLarge:
        raise BodyTooLarge(f"At most {said.largest // MEBIBYTE} MiB are taken here.") from None
    except ClientDisconnected:
        raise UploadCutShort from None
    if not size:
        raise EmptyFile
    file.seek(0)
    return Upload(cast("BinaryIO", file), size, digest.hexdigest())
