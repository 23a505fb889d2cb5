"""A built file's name changes exactly when its content does."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from gateway.static import files
from gateway.static.files import Manifest, NotBuilt, build


def test_names_carry_the_hash_of_their_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = tmp_path / "assets"
    sources.mkdir()
    monkeypatch.setattr(files, "ASSETS", sources)
    (sources / "a.css").write_text("one")
    first = build(tmp_path / "out").url("a.css")
    assert build(tmp_path / "out").url("a.css") == first
    (sources / "a.css").write_text("two")
    second = build(tmp_path / "out").url("a.css")
    assert first != second
    kept = {path.name for path in (tmp_path / "out").iterdir()}
    assert {first.removeprefix("/static/"), second.removeprefix("/static/")} <= kept


def test_text_is_compressed_beside_itself(tmp_path: Path) -> None:
    name = build(tmp_path).names["market.css"]
    assert gzip.decompress((tmp_path / f"{name}.gz").read_bytes()) == (tmp_path / name).read_bytes()


def test_what_a_page_loads_is_small(tmp_path: Path) -> None:
    names = build(tmp_path).names
    sizes = {name: (tmp_path / built).stat().st_size for name, built in names.items()}
    assert sizes["market.css"] <= 40_000
    assert sum(sizes[name] for name in ("market.css", "market.js", "live.js", "htmx.js")) <= 110_000


def test_a_folder_that_was_not_built_says_how(tmp_path: Path) -> None:
    with pytest.raises(NotBuilt, match="run `python -m"):
        Manifest.read(tmp_path)


def test_no_page_links_to_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        build(tmp_path).url("none.css")
