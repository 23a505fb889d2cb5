"""Mutated spreadsheets: each is read as far as it can be, or refused in words; nothing is unhandled, memory is bounded.

`SHEET_FUZZ=100000` makes it many.
"""

import os
import resource
from collections import Counter
from io import BytesIO
from random import Random

import orjson
import pytest
from sqlalchemy import text

from services.catalog.domain.importing import files
from services.catalog.domain.importing.checking import storable
from services.catalog.domain.importing.columns import Heading
from services.catalog.domain.importing.files import File
from services.catalog.domain.importing.planning import plan
from services.catalog.domain.sheets import reading
from services.catalog.domain.sheets.rows import UnreadableSheet
from services.catalog.importing import Importer
from services.catalog.settings import Settings
from services.catalog.tests import building, sheets
from services.catalog.tests.building import NOON
from services.catalog.tests.stocking import SOMEBODY
from shared.kit.database import Database

MANY = int(os.environ.get("SHEET_FUZZ", "3000"))
MEMORY = 150 * 1024 * 1024
"""What the whole run may add to the process, in bytes."""


def judged(content: bytes) -> str:
    """Read a file as a job does, without its database; whether it was read wholly, in part, or not at all."""
    file, rows = BytesIO(content), 0
    try:
        heading = None
        for row in reading.read(file, reading.kind_of(file)):
            if heading is None:
                heading = Heading(row.values)
            else:
                said, faults = heading.read(row.values)
                if not faults:
                    plan(said, None, {})
                told = [cell._asdict() for cell in heading.told([*row.faults, *faults])]
                assert b"\\u0000" not in orjson.dumps([told, said, storable(row.values)])
                rows += 1
    except UnreadableSheet:
        return "in part" if rows else "refused"
    return "read" if rows else "empty"


@pytest.mark.fuzz
def test_no_mutated_spreadsheet_is_unhandled() -> None:
    random, sound, found, before = Random(20261120), sheets.sound(), Counter[str](), peak()
    for number in range(MANY):
        content = sheets.mutated(random.choice(sound), random)
        try:
            found[judged(content)] += 1
        except Exception as unhandled:
            raise AssertionError(f"the {number}th of {MANY}: {content[:200]!r}…") from unhandled
    print(dict(found), f"{(peak() - before) / 2**20:.0f} MiB more")  # noqa: T201 - shown by `pytest -s`
    assert peak() - before < MEMORY
    assert {"read", "in part", "refused"} <= {*found}, "the run met refusals and successes alike"


@pytest.mark.fuzz
def test_no_mutated_spreadsheet_stops_the_job(database: Database, settings: Settings) -> None:
    """The whole way, a hundredth as often: every job ends ready or failed, with its reason."""
    random, sound, importer = Random(20261121), sheets.sound(), Importer(database, settings.storage)
    with database.transaction() as session:
        seller = building.vendor(session)
    for _ in range(max(40, MANY // 100)):
        content, job_id = sheets.mutated(random.choice(sound), random), files.new_key()
        try:
            kind = reading.kind_of(BytesIO(content))
        except UnreadableSheet:
            continue
        settings.storage.put(files.key(job_id), BytesIO(content), "text/csv")
        with database.transaction() as session:
            files.begin(session, job_id, seller.id, SOMEBODY, File("a", kind, len(content), "0"), NOON)
        importer.work()
        with database.transaction() as session:
            job = files.of_vendor(session, seller.id, job_id)
            if job.rows.get("create", 0) + job.rows.get("update", 0):
                files.apply(session, seller.id, job_id, NOON)
        importer.work()
    with database.transaction() as session:
        ask = "SELECT state, count(*) AS jobs FROM import_job GROUP BY state"
        states = {row.state: row.jobs for row in session.execute(text(ask))}
        noted = session.scalar(text("SELECT count(*) FROM import_job WHERE problem LIKE '%noted for us%'"))
    assert {*states} <= {"ready", "failed", "done"}
    assert (noted, states["done"] > 0) == (0, True)


def peak() -> int:
    """The most memory this process has ever held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
