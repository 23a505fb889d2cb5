"""Builds the static folder: every file under a name with the hash of its content, and a manifest of the names."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import files as files_of
from pathlib import Path

ASSETS = Path(__file__).parent / "assets"
HTMX = "django_htmx/static/django_htmx/htmx-2.min.js"
COMPRESSED = frozenset({".css", ".js", ".svg"})


class NotBuilt(FileNotFoundError):
    """The static folder has no manifest; `python -m gateway.static build` makes it."""


@dataclass(frozen=True)
class Manifest:
    """Which built name a plain name has."""

    names: Mapping[str, str]

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Read the manifest of a built folder; raise NotBuilt if it has none."""
        try:
            return cls(json.loads((folder / "manifest.json").read_text()))
        except FileNotFoundError:
            raise NotBuilt(f"{folder} holds no static files: run `python -m gateway.static build {folder}`") from None

    def url(self, name: str) -> str:
        """The address of a file; a KeyError for one that is not there, so that no page links to nothing."""
        return f"/static/{self.names[name]}"


def build(folder: Path) -> Manifest:
    """Copy every source into `folder` under its hashed name, with a .gz beside; running it again changes nothing.

    Older versions stay, so that pages already sent keep their files; the manifest is replaced in one step.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = {name: _copy(name, content, folder) for name, content in _sources()}
    _replace(folder / "manifest.json", json.dumps(names, indent=2, sort_keys=True).encode())
    return Manifest(names)


def _sources() -> Iterator[tuple[str, bytes]]:
    for source in sorted(ASSETS.iterdir()):
        yield source.name, source.read_bytes()
    yield "htmx.js", _htmx().read_bytes()


def _htmx() -> Path:
    for file in files_of("django-htmx") or ():
        if str(file) == HTMX:
            return Path(str(file.locate()))
    raise NotBuilt(f"the wheel of django-htmx holds no {HTMX}")


def _copy(name: str, content: bytes, folder: Path) -> str:
    stem, dot, suffix = name.rpartition(".")
    hashed = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}{dot}{suffix}"
    if not (folder / hashed).exists():
        if f".{suffix}" in COMPRESSED:
            _replace(folder / f"{hashed}.gz", gzip.compress(content, 9, mtime=0))
        _replace(folder / hashed, content)
    return hashed


def _replace(target: Path, content: bytes) -> None:
    unfinished = target.with_name(f".{target.name}.new")
    unfinished.write_bytes(content)
    unfinished.replace(target)
