"""Rows of a file checked against what there is, some hundreds at a time: what would come of each is written down."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.catalog.domain.importing.columns import Heading, Said
from services.catalog.domain.importing.planning import Plan, categories, plan, present
from services.catalog.domain.sheets.rows import Fault, Row
from services.catalog.models import ImportJob
from shared.kit.rowsets import rowset

LARGEST_ROW = 100_000
_KEEP = text("""
    INSERT INTO import_row (job_id, row, state, sku, product_id, cells, change, faults)
    SELECT :job, row, state, sku, product_id, cells, change, faults
    FROM json_to_recordset(CAST(:rows AS json))
         AS new(row bigint, state text, sku text, product_id uuid, cells jsonb, change jsonb, faults jsonb)
    ON CONFLICT DO NOTHING
""")
_BEFORE = text("""
    SELECT sku, min(row) AS row FROM import_row WHERE job_id = :job AND sku = ANY(CAST(:skus AS text[])) GROUP BY sku
""")


def check(session: Session, job: ImportJob, heading: Heading, rows: Sequence[Row]) -> None:
    """Write down what would come of these rows, all in one transaction with how far the file has been read."""
    read = [(row, *heading.read(row.values)) for row in rows]
    said = [each for _, each, _ in read]
    skus = {str(each["sku"]) for each in said if "sku" in each}
    there, known = present(session, job.vendor_id, skus), categories(session, said)
    seen = _rows_before(session, job.id, skus)
    kept = []
    for row, each, faults in read:
        faults = [*row.faults, *_too_long(row), *faults, *_again(row, each, seen, heading)]
        kept.append(_record(row, each, faults, heading, there, known))
    session.execute(_KEEP, {"job": job.id, **rowset(kept)})
    job.read_through = rows[-1].number
    job.text_size += sum(len(orjson.dumps(record["cells"])) for record in kept)


def _record(
    row: Row,
    said: Said,
    faults: Sequence[Fault],
    heading: Heading,
    there: dict[str, Any],
    known: dict[str, UUID],
) -> dict[str, Any]:
    sku = str(said["sku"]) if "sku" in said else None
    made = Plan("faulty") if faults else plan(said, there.get(sku or ""), known)
    found = [*faults, *(Fault(heading.index(field), message) for field, message in made.wrong.items())]
    return {
        "row": row.number,
        "state": made.state,
        "sku": sku,
        "product_id": made.product_id,
        "cells": storable(row.values),
        "change": {name: {"from": was, "to": will} for name, (was, will) in made.change.items()},
        "faults": [cell._asdict() for cell in heading.told(found)],
    }


def _again(row: Row, said: Said, seen: dict[str, int], heading: Heading) -> Iterable[Fault]:
    """A SKU counts where it stands first."""
    sku = said.get("sku")
    if sku is None:
        return []
    first = seen.setdefault(str(sku), row.number)
    return [] if first == row.number else [Fault(heading.index("sku"), f"This SKU stands in row {first:,} already.")]


def _too_long(row: Row) -> Iterable[Fault]:
    if sum(map(len, row.values)) <= LARGEST_ROW:
        return []
    return [Fault(None, f"The row is too long: at most {LARGEST_ROW:,} characters in all its cells.")]


def _rows_before(session: Session, job_id: UUID, skus: Iterable[str]) -> dict[str, int]:
    return {row.sku: row.row for row in session.execute(_BEFORE, {"job": job_id, "skus": list(skus)})}


def storable(cells: Sequence[str]) -> list[str]:
    """Cells as they are kept; of a row that is too long, their beginnings."""
    cut = LARGEST_ROW // max(1, len(cells)) if sum(map(len, cells)) > LARGEST_ROW else LARGEST_ROW
    return [cell[:cut] for cell in cells]
