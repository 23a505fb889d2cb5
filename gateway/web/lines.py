"""Lines of carts and orders: where the picture of what was bought is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

SMALL = 240
"""The least width, in pixels, that catalog keeps every picture in."""


def picture_of(line: Mapping[str, Any]) -> str:
    """The address of a line's picture, which orders know by its digest; nothing for one without."""
    product, digest = str(line["product_id"]).replace("-", ""), line["picture"]
    return f"/api/products/media/{product}-{digest[:32]}-{SMALL}.webp" if digest else ""


FILTERS: dict[str, Callable[..., Any]] = {"picture_of": picture_of}
"""What templates can say."""
