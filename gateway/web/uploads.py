"""Files that people send with a form: which pages take them, how large they may be, and how they travel on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any, TypeVar

from flask import current_app, request
from werkzeug.datastructures import FileStorage

View = TypeVar("View", bound=Callable[..., Any])
MEBIBYTE = 1024 * 1024
LARGEST_FILE = 10 * MEBIBYTE
PIECE = 64 * 1024
_AROUND = 64 * 1024
"""What a form's other fields and the borders between its parts may take besides the files."""


@dataclass(frozen=True)
class Sent:
    """A file on its way to a service: it is read in pieces, and from its beginning again if it has to be sent twice."""

    file: IO[bytes]
    name: str
    size: int
    media_type: str

    def __iter__(self) -> Iterator[bytes]:
        self.file.seek(0)
        while piece := self.file.read(PIECE):
            yield piece

    def request(self) -> dict[str, Any]:
        """What to ask a service with, so that the file is the body."""
        return {"content": self, "headers": {"Content-Type": self.media_type, "Content-Length": str(self.size)}}


def takes_files(most: int = 1) -> Callable[[View], View]:
    """Let a page's form carry `most` files of the largest size; every other page refuses what is larger than a form."""

    def state(view: View) -> View:
        view.largest_body = most * LARGEST_FILE + _AROUND  # type: ignore[attr-defined]
        return view

    return state


def takes(largest: int) -> Callable[[View], View]:
    """Let a page's form be of so many bytes; every other page refuses what is larger than a usual form."""

    def state(view: View) -> View:
        view.largest_body = largest + _AROUND  # type: ignore[attr-defined]
        return view

    return state


def limit_body() -> None:
    """Set the largest body of this request before anything reads it."""
    view = current_app.view_functions.get(request.endpoint or "")
    largest = getattr(view, "largest_body", None)
    if largest is not None:
        request.max_content_length = largest


def chosen(field: str) -> list[Sent]:
    """The files that were chosen in a field; a field left alone has none."""
    return [_sent(file) for file in request.files.getlist(field) if file.filename]


def _sent(file: FileStorage) -> Sent:
    size = file.stream.seek(0, 2)
    file.stream.seek(0)
    media_type = (file.mimetype or "").strip() or "application/octet-stream"
    return Sent(file.stream, file.filename or "", size, media_type)
