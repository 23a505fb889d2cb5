"""What views reach for: the app's database, its settings, and what else create_app put there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

from flask import Response, current_app
from sqlalchemy.orm import Session

from shared.kit.auth import TokenVerifier
from shared.kit.database import Database
from shared.kit.settings import Settings

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


def respond(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Build a JSON answer, or one without a body if `body` is None."""
    if body is None:
        answer = Response(status=status, headers=headers)
        answer.headers.pop("Content-Type", None)
        return answer
    return Response(current_app.json.dumps(body), status, headers, content_type="application/json")
