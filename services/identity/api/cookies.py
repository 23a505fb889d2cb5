"""The refresh cookie: never readable by scripts, never sent along from other sites."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from services.identity.api.current import current_settings
from services.identity.domain.sign_ins import Issued

NAME = "refresh_token"


def given_token(body: Mapping[str, Any]) -> str:
    """The refresh token of a request: from its body, else from its cookie; empty if there is none."""
    return str(body.get("refresh_token") or request.cookies.get(NAME, ""))


def hand_over(answer: Response, issued: Issued) -> Response:
    """Give the browser its next refresh token."""
    answer.set_cookie(NAME, issued.token, expires=issued.expires_at, **_attributes())
    return answer


def take_back(answer: Response) -> Response:
    """Have the browser forget its refresh token."""
    answer.delete_cookie(NAME, **_attributes())
    return answer


def _attributes() -> dict[str, Any]:
    secure = current_settings().environment == "production"
    return {"path": "/", "httponly": True, "samesite": "Lax", "secure": secure}
