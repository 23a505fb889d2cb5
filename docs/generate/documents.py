"""Every generated document by its path, and which of them are not what the code says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docs.generate import asyncapi, events_page, openapi, settings_page
from docs.generate.declared import programs, services
from docs.generate.json_schemas import schema_of_message
from shared.events.event import known

ROOT = Path(__file__).parents[2]
DOCS = Path("docs")


def documents() -> dict[Path, str]:
    """Make all documents. Schemas of an event's former versions are not made again: they stay as they were written."""
    every = services()
    return {
        **{
            DOCS / "schemas" / cls.type / f"{cls.version}.json": _json(schema_of_message(cls))
            for cls in known().values()
        },
        **{DOCS / "asyncapi" / f"{service.name}.json": _json(asyncapi.document(service)) for service in every},
        **{DOCS / "openapi" / f"{service.name}.json": _json(openapi.document(service)) for service in every},
        DOCS / "events.md": events_page.page(every),
        DOCS / "settings.md": settings_page.page(programs()),
    }


def drift(wanted: Mapping[Path, str], root: Path = ROOT) -> list[Path]:
    """List the documents whose file is missing or says something else."""
    return [path for path, text in wanted.items() if not _same(root / path, text)]


def _same(file: Path, text: str) -> bool:
    return file.exists() and file.read_text(encoding="utf-8") == text


def _json(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
