"""Every picture that a document shows is there and light, and none is left over."""

from __future__ import annotations

import re
from pathlib import Path

from tests.architecture.tree import ROOT

PICTURES = ROOT / "docs" / "images"
HEAVIEST_BYTES = 150_000
SHOWN = re.compile(r"!\[[^\]]+\]\(([^)]+\.png)\)")


def shown() -> dict[Path, Path]:
    """Each picture and a document that shows it."""
    documents = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    return {(it.parent / name).resolve(): it for it in documents for name in SHOWN.findall(it.read_text())}


def test_every_picture_is_there_and_light() -> None:
    for taken, document in shown().items():
        assert taken.exists(), f"{document.name} shows {taken.name}, which is not there: MARKET_PICTURES=1 takes it"
        assert taken.stat().st_size <= HEAVIEST_BYTES, taken


def test_no_picture_is_left_over() -> None:
    assert {*PICTURES.glob("*.png")} == {*shown()}
