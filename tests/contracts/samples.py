"""The stored bodies of events: one file each, named after the version and the case, never changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "shared" / "events" / "samples"
DIGESTS = SAMPLES / "SHA256SUMS"


class Sample(NamedTuple):
    """One stored envelope: of which event, in which version, showing what."""

    type: str
    version: int
    case: str
    file: Path

    @property
    def name(self) -> str:
        """How the list of digests calls it."""
        return str(self.file.relative_to(SAMPLES))

    @property
    def raw(self) -> bytes:
        """The bytes."""
        return self.file.read_bytes()

    @property
    def envelope(self) -> dict[str, Any]:
        """The envelope as JSON data."""
        whole: dict[str, Any] = json.loads(self.raw)
        return whole


def samples() -> list[Sample]:
    """Every stored body, by name."""
    return [_sample(file) for file in sorted(SAMPLES.glob("*/*.json"))]


def _sample(file: Path) -> Sample:
    version, _, case = file.stem.partition("-")
    return Sample(file.parent.name, int(version), case, file)
