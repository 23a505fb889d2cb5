"""How the services write times and refusals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import jsonify, make_response


def now() -> str:
    """This moment as the services write it."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def problem(status: int, kind: str, detail: str = "No.", **fields: str) -> Any:
    """A problem document as the services answer it."""
    return refusal(status, kind, detail, fields, {})


def refusal(status: int, kind: str, detail: str, fields: Mapping[str, str], facts: Mapping[str, Any]) -> Any:
    """A problem document with members of its own, which says what is wrong with fields inside others too."""
    errors = [{"field": name, "message": message} for name, message in fields.items()]
    body = {
        **(facts or {}),
        "type": f"/problems/{kind}",
        "title": kind,
        "status": status,
        "detail": detail,
        "errors": errors,
    }
    return make_response(jsonify(body), status, {"Content-Type": "application/problem+json", "Retry-After": "7"})
