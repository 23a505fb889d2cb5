"""The refresh cookie: never readable by scripts, never sent along from other sites."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from services.identity.api.current import current_settings
from services.identity.domain.sign_ins import Issued
from shared.kit.web import answer, statements

NAME = "refresh_token"


def given_token(body: Mapping[str, Any]) -> str:
    """The refresh token of a request: from its body, else from its cookie; empty if there is none."""
    return str(body.get("refresh_token") or request.cookies.get(NAME, ""))


def hand_over(body: Mapping[str, Any], issued: Issued) -> Response:
    """Answer with this body, and give the browser its next refresh token."""
    made = answer(statements(), body)
    made.set_cookie(NAME, issued.token, expires=issued.expires_at, **_attributes())
    return made


def take_back() -> Response:
    """Answer without a body, and have the browser forget its refresh token."""
    made = answer(statements(), None)
    made.delete_cookie(NAME, **_attributes())
    return made


def _attributes() -> dict[str, Any]:
    secure = current_settings().environment == "production"
    return {"path": "/", "httponly": True, "samesite": "Lax", "secure": secure}
