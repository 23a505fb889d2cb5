"""Fields with the example that the OpenAPI document shows of them: ids, moments, texts and numbers."""

from typing import Any

import marshmallow as ma

from shared.kit.shapes import Instant

AN_ID = "019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21"
A_MOMENT = "2026-11-20T08:30:00Z"


def shown(value: Any, description: str = "") -> dict[str, Any]:
    """What the OpenAPI document shows of a field."""
    return {"example": value, **({"description": description} if description else {})}


def an_id(description: str = "", **options: Any) -> ma.fields.UUID:
    """A UUIDv7."""
    return ma.fields.UUID(**{"required": True, "metadata": shown(AN_ID, description), **options})


def a_moment(description: str = "", **options: Any) -> Instant:
    """A time in UTC."""
    return Instant(**{"required": True, "metadata": shown(A_MOMENT, description), **options})


def a_text(example: str | None, description: str = "", **options: Any) -> ma.fields.String:
    """A text that is always there."""
    return ma.fields.String(**{"required": True, "metadata": shown(example, description), **options})


def a_number(example: int, description: str = "", **options: Any) -> ma.fields.Integer:
    """A whole number that is always there."""
    return ma.fields.Integer(**{"required": True, "metadata": shown(example, description), **options})
