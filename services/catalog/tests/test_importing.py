"""A job process that is killed in the middle: another goes on where it was, and nothing is half-written or there twice.

`IMPORT_ROWS=50000` makes it the big one; it prints rates and memory.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.catalog.domain.importing import files
from services.catalog.domain.importing.files import File
from services.catalog.domain.sheets import writing
from services.catalog.importing import Importer, Worked
from services.catalog.models import ImportJob, Vendor
from services.catalog.settings import Settings
from services.catalog.tests import building
from services.catalog.tests.building import NOON
from services.catalog.tests.stocking import SOMEBODY
from shared.kit.database import Database
from tests.eventually import eventually

ROWS = int(os.environ.get("IMPORT_ROWS", "1500"))
HEADING = ["sku", "title", "description", "price", "currency", "stock", "status"]
KINDS = {"csv": writing.as_csv, "xlsx": writing.as_xlsx}
FULL = text("""
    SELECT count(*) AS products, count(DISTINCT k.code) AS skus, count(l.product_id) AS listings,
           (SELECT count(*) FROM outbox WHERE type = 'product.created') AS told,
           (SELECT count(*) FROM stock_movement) AS moved, sum(s.on_hand) AS there
    FROM product p JOIN product_sku k ON k.product_id = p.id JOIN stock s ON s.product_id = p.id
    LEFT JOIN listing l ON l.product_id = p.id AND l.available = s.on_hand
    WHERE p.vendor_id = :vendor
""")


def lines(count: int) -> Iterator[list[str]]:
    yield HEADING
    for number in range(count):
        title = f"Bowl of cedar wood number {number}"
        yield [
            f"B-{number}",
            title,
            f"{title}, turned from *one* piece.",
            "19.99",
            "EUR",
            str(number % 9 + 1),
            "active",
        ]


@pytest.fixture
def seller(database: Database) -> Vendor:
    """A vendor; nobody else's file waits."""
    with database.transaction() as session:
        session.execute(text("DELETE FROM import_job"))
        return building.vendor(session)


def sent(database: Database, settings: Settings, seller: Vendor, kind: str, content: bytes) -> UUID:
    job_id = files.new_key()
    settings.storage.put(files.key(job_id), BytesIO(content), "text/csv")
    with database.transaction() as session:
        files.begin(session, job_id, seller.id, SOMEBODY, File(f"a.{kind}", kind, len(content), "0"), NOON)
    return job_id


def accept(database: Database, seller: Vendor, job_id: UUID) -> None:
    with database.transaction() as session:
        files.apply(session, seller.id, job_id, NOON)


def state(database: Database, job_id: UUID) -> tuple[str, dict[str, int]]:
    with database.transaction() as session:
        counts = files.counts(session, [job_id]).get(job_id, {})
        return session.get_one(ImportJob, job_id).state, counts


class Jobs:
    """Processes that run `job run-imports`, as the scheduler does."""

    def __init__(self, settings: Settings) -> None:
        given = {
            "ENVIRONMENT": "local",
            "GATEWAY_URL": settings.gateway_url,
            "SECRET_KEY": str(settings.secret_key),
            "DATABASE_URL": str(settings.database_url),
            "BROKER_URL": str(settings.broker_url),
            "JWKS_URL": settings.jwks_url,
            "STORAGE_FOLDER": str(settings.storage_folder),
        }
        self.environment, self.peak = {**os.environ, **given}, 0.0

    def start(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "services.catalog", "job", "run-imports"]
        root = Path(__file__).parents[3]
        return subprocess.Popen(command, env=self.environment, cwd=root, stdout=subprocess.PIPE)

    def finish(self) -> dict[str, Any]:
        process = self.start()
        while process.poll() is None:
            self.peak = max(self.peak, most_memory(process.pid))
            time.sleep(0.05)
        assert process.returncode == 0
        assert process.stdout
        return dict(json.loads(process.stdout.read()))

    def killed_when(self, reached: Any) -> None:
        process = self.start()
        try:
            eventually(reached, timeout=60)
        finally:
            process.kill()
            process.communicate()


def most_memory(process_id: int) -> float:
    """The most that a process has held since it began, in MiB; `ru_maxrss` would count what it was forked from."""
    try:
        status = Path(f"/proc/{process_id}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    held = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(held[0]) / 1024 if held else 0


def has_rows(database: Database, job_id: UUID, state: str) -> bool:
    """Cheap to ask again and again while others work."""
    ask = text("SELECT EXISTS (SELECT FROM import_row WHERE job_id = :job AND state = :state)")
    with database.transaction() as session:
        return bool(session.scalar(ask, {"job": job_id, "state": state}))


def rows_in(database: Database, job_id: UUID, *states: str) -> int:
    counts = state(database, job_id)[1]
    return sum(counts.get(each, 0) for each in states)


@pytest.mark.parametrize("kind", KINDS)
def test_who_is_killed_in_the_middle_is_gone_on_from(
    database: Database, settings: Settings, seller: Vendor, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    job_id, jobs = sent(database, settings, seller, kind, b"".join(KINDS[kind](lines(ROWS)))), Jobs(settings)

    def some_checked() -> None:
        assert has_rows(database, job_id, "create")

    def some_applied() -> None:
        assert has_rows(database, job_id, "created")

    jobs.killed_when(some_checked)
    assert state(database, job_id)[0] == "checking"
    began = time.monotonic()
    checked = until(jobs, database, job_id, "ready")
    checking = time.monotonic() - began
    assert (checked < ROWS, state(database, job_id)[1]) == (True, {"create": ROWS})
    accept(database, seller, job_id)
    jobs.killed_when(some_applied)
    whole(database, seller, rows_in(database, job_id, "created"))
    began = time.monotonic()
    applied = until(jobs, database, job_id, "done")
    assert (applied < ROWS, state(database, job_id)[1]) == (True, {"created": ROWS})
    whole(database, seller, ROWS)
    with capsys.disabled():
        rates = f"{checked / checking:,.0f} checked/s, {applied / (time.monotonic() - began):,.0f} applied/s"
        print(f"\n{kind}: {ROWS:,} rows, {rates}, {jobs.peak:.0f} MiB at most")  # noqa: T201
    assert jobs.peak < 200


def until(jobs: Jobs, database: Database, job_id: UUID, end: str) -> int:
    """Run until the job is there; how many rows that took."""
    done = 0
    while state(database, job_id)[0] != end:
        facts = jobs.finish()
        done += facts["checked"] + facts["applied"]
    return done


def whole(database: Database, seller: Vendor, count: int) -> None:
    """Of every product that is there, all is there, once."""
    with database.transaction() as session:
        of_seller = session.execute(FULL, {"vendor": seller.id}).one()
        others = session.scalar(text("SELECT count(*) FROM product WHERE vendor_id <> :id"), {"id": seller.id}) or 0
    units = sum(number % 9 + 1 for number in range(count))
    assert (of_seller.products, of_seller.skus, of_seller.listings, of_seller.there) == (count, count, count, units)
    assert (of_seller.told, of_seller.moved) == (count + others, count + others)


def test_turns_are_short_so_that_everybody_has_one(database: Database, settings: Settings, seller: Vendor) -> None:
    jobs = [sent(database, settings, seller, "csv", b"".join(writing.as_csv(lines(1200)))) for _ in "12"]
    short = Importer(database, settings.storage, seconds=0)
    assert short.work() == Worked(checked=2 * 499)
    assert [state(database, job)[1] for job in jobs] == [{"create": 499}] * 2
    assert short.work() == Worked(checked=2 * 500)


def test_a_file_that_is_gone_is_told_and_in_nobodys_way(database: Database, settings: Settings, seller: Vendor) -> None:
    gone = sent(database, settings, seller, "csv", b"sku\n1\n")
    settings.storage.delete(files.key(gone))
    there = sent(database, settings, seller, "csv", b"sku\n1\n")
    Importer(database, settings.storage).work()
    assert [state(database, job)[0] for job in (gone, there)] == ["failed", "ready"]


def test_what_changed_since_the_check_decides(database: Database, settings: Settings, seller: Vendor) -> None:
    content = b"".join(writing.as_csv([HEADING, ["X-1", "Jug", "", "3", "EUR", "4", "active"], ["X-2", "", "", "5"]]))
    with database.transaction() as session:
        second = building.product(session, seller.id, sku="X-2")
    importer = Importer(database, settings.storage)
    job = sent(database, settings, seller, "csv", content)
    importer.work()
    assert state(database, job)[1] == {"create": 1, "update": 1}
    with database.transaction() as session:
        first = building.product(session, seller.id, sku="X-1", title="Other")
        deleted(session, second.id)
    accept(database, seller, job)
    importer.work()
    assert state(database, job) == ("done", {"updated": 1, "refused": 1})
    with database.transaction() as session:
        title, price = session.execute(
            text("SELECT title, price_amount FROM product WHERE id = :id"), {"id": first.id}
        ).one()
    assert (title, price) == ("Jug", 300)


def deleted(session: Session, product_id: UUID) -> None:
    session.execute(text("UPDATE product SET deleted_at = now() WHERE id = :id"), {"id": product_id})
    session.execute(text("UPDATE product_sku SET retired = true WHERE id = :id"), {"id": product_id})


def test_a_vendor_who_was_suspended_meanwhile_changes_nothing(
    database: Database, settings: Settings, seller: Vendor
) -> None:
    importer = Importer(database, settings.storage)
    job = sent(database, settings, seller, "csv", b"".join(writing.as_csv(lines(3))))
    importer.work()
    accept(database, seller, job)
    with database.transaction() as session:
        building.tell(session, building.suspended(seller.id, seller.user_id, version=9))
    importer.work()
    assert state(database, job) == ("done", {"create": 3})
