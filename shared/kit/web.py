"""What views reach for: the app's database, its settings, and what else create_app put there."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from flask import Response, current_app, request
from marshmallow import Schema
from sqlalchemy.orm import Session

from shared.kit.auth import TokenVerifier
from shared.kit.database import Database
from shared.kit.paging import Page
from shared.kit.reading import Reading
from shared.kit.settings import Settings
from shared.kit.stated import Stated

EXTENSION = "kit"

Answer = Any
"""What a view returns: a body, `(body, status)`, `(body, status, headers)`, a `Response`, or None for no body."""


@dataclass(frozen=True)
class Kit:
    """The parts of one app."""

    settings: Settings
    database: Database
    verifier: TokenVerifier


def current_kit() -> Kit:
    """Return the parts of the app that serves this request."""
    return cast("Kit", current_app.extensions[EXTENSION])


def current_settings() -> Settings:
    """Return the settings of the app that serves this request."""
    return current_kit().settings


@contextmanager
def transaction() -> Iterator[Session]:
    """Give a session of the app's database: committed at the end of the block, undone if the block raises."""
    with current_kit().database.transaction() as session:
        yield session


def reading() -> AbstractContextManager[Reading]:
    """Give a connection of the app's database for statements that only read, each for itself."""
    return current_kit().database.reading()


def statements() -> Stated:
    """Return what the view that serves this request has stated."""
    view: Any = current_app.view_functions[str(request.endpoint)]
    return cast("Stated", view.stated)


def answer(said: Stated, result: Answer) -> Response:
    """Turn what a view returned into a JSON answer; its first stated status is used unless it gives one."""
    if isinstance(result, Response):
        return result
    body, *rest = result if isinstance(result, tuple) else (result,)
    status, headers = (*rest, None, None)[:2]
    status = status or next(iter(said.answers), 200)
    if body is None:
        empty = Response(status=status, headers=headers)
        empty.headers.pop("Content-Type", None)
        return empty
    return Response(current_app.json.dumps(body), status, headers, content_type="application/json")


def respond_page(page: Page[Any], item: Schema) -> Answer:
    """Dump a page, and point to the next one in a `Link` header (RFC 8288).

    The link is relative to the request's own path, so that it also holds behind a gateway that adds a prefix.
    """
    body = {"items": item.dump(page.items, many=True), "next_cursor": page.next_cursor}
    return (body, 200, link_to(page.next_cursor)) if page.next_cursor else body


def link_to(cursor: str) -> dict[str, str]:
    """The `Link` header (RFC 8288) to the page of this request that begins at a cursor."""
    query = urlencode({**request.args.to_dict(), "cursor": cursor})
    return {"Link": f'<?{query}>; rel="next"'}
