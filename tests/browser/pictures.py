"""The pictures of the documentation: taken by the tests that walk the pages, where MARKET_PICTURES asks for them."""

from __future__ import annotations

import os
from pathlib import Path

from tests.browser.people import Person

PICTURES = Path(__file__).parents[2] / "docs" / "images"


def picture(person: Person, name: str, path: str | None = None) -> None:
    """Photograph the page that is open, or first open this one."""
    if not os.environ.get("MARKET_PICTURES"):
        return
    if path:
        person.open(path)
    person.page.wait_for_load_state("networkidle")
    person.picture(PICTURES / f"{name}.png")
