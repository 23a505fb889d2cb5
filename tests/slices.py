"""Loading what `export-events` wrote: the rows that handlers read, the events, and the rows that were made of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.events.envelope import Envelope, decode
from shared.events.event import Event

Rows = dict[str, list[dict[str, Any]]]


def load_slice(session: Session, path: Path) -> list[Envelope[Event]]:
    """Insert the rows that the handlers need, and return the events in the order in which they came."""
    envelopes = []
    for line in _lines(path)[1:]:
        if "row" in line:
            inserted = text(
                f"INSERT INTO {line['table']} SELECT * FROM json_populate_record(NULL::{line['table']}, :row)"
            )
            session.execute(inserted, {"row": json.dumps(line["row"])})
        elif "specversion" in line:
            envelopes.append(decode(json.dumps(line)))
    return envelopes


def rows_wanted(path: Path) -> Rows:
    """The rows that the events had made where they come from, by table."""
    header, *lines = _lines(path)
    wanted: Rows = {table: [] for table in header["made_in"]}
    for line in lines:
        if "made" in line:
            wanted[line["table"]].append(line["made"])
    return {table: sorted(rows, key=json.dumps) for table, rows in wanted.items()}


def rows_made(session: Session, path: Path) -> Rows:
    """The rows that are there now, of the same tables and about the same, with the same columns."""
    header, made = _lines(path)[0], {}
    for table, wanted in rows_wanted(path).items():
        about = text(
            f"SELECT to_jsonb(t) FROM {table} t WHERE {header['made_in'][table]} = ANY(CAST(:whole AS uuid[]))"
        )
        found = session.scalars(about, {"whole": header["made_of"]})
        made[table] = sorted((_like(wanted, row) for row in found), key=json.dumps)
    return made


def _like(wanted: list[dict[str, Any]], row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in wanted[0]} if wanted else row


def _lines(path: Path) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert lines[0]["format"] == 1, f"{path} is of a format that is not known here"
    return lines
