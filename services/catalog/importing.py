"""Works on import jobs: checks the files that were sent, applies those that were accepted, and can be killed anywhere.

Each step is one transaction that says how far it came; whoever goes on begins there.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO, NamedTuple, cast
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from services.catalog.domain.importing import applying, checking, files
from services.catalog.domain.importing.columns import Heading
from services.catalog.domain.importing.files import State
from services.catalog.domain.sheets import reading
from services.catalog.domain.sheets.rows import MOST_ROWS, Row, UnreadableSheet
from services.catalog.domain.vendors import APPROVED
from services.catalog.models import ImportJob, Vendor
from shared.kit.database import Database
from shared.kit.storage import Missing, Storage, StorageDown

log = structlog.get_logger(__name__)
CHECKED_AT_ONCE, APPLIED_AT_ONCE = 500, 250
MOST_TEXT = 200 * 1024 * 1024
ATTEMPTS = 3
_IN_MEMORY = 1024 * 1024


class Worked(NamedTuple):
    """How many rows were checked and applied, and how many jobs came to an end of either."""

    checked: int = 0
    applied: int = 0
    finished: int = 0


@dataclass(frozen=True)
class Importer:
    """Works on one job after another, each for `seconds` at most before the next has its turn."""

    database: Database
    storage: Storage
    seconds: float = 10

    def work(self) -> Worked:
        """Do what there is to do, for one turn of each job that waits."""
        total = Worked()
        for job_id, state in self._waiting():
            done = self._turn(job_id, state)
            total = Worked(*(before + now for before, now in zip(total, done, strict=True)))
        return total

    def _turn(self, job_id: UUID, state: str) -> Worked:
        """One turn of a job; one that cannot be worked on is ended, so that it is in nobody's way."""
        step = self._check if state == State.CHECKING else self._apply
        try:
            return step(job_id, time.monotonic() + self.seconds)
        except (OperationalError, StorageDown):
            raise
        except Exception:
            log.exception("import.failed", job=str(job_id))
            with self.database.transaction() as session:
                job = _held(session, job_id)
                job.state, job.problem = State.FAILED.value, "This file could not be worked on; it was noted for us."
            return Worked(finished=1)

    def _waiting(self) -> list[tuple[UUID, str]]:
        open_ones = select(ImportJob.id, ImportJob.state).where(ImportJob.state.in_([State.CHECKING, State.APPLYING]))
        with self.database.transaction() as session:
            return [(row.id, row.state) for row in session.execute(open_ones.order_by(ImportJob.worked_at))]

    def _check(self, job_id: UUID, until: float) -> Worked:
        checked = 0
        try:
            with self._file(job_id) as (file, kind, read_through):
                for chunk in _chunks(reading.read(file, kind), read_through):
                    checked += self._check_some(job_id, chunk)
                    if time.monotonic() > until:
                        return Worked(checked=checked)
            problem = None
        except UnreadableSheet as unreadable:
            problem = unreadable.detail
        except Missing:
            problem = "The file is not there any more: send it again."
        self._checked(job_id, problem)
        return Worked(checked=checked, finished=1)

    def _check_some(self, job_id: UUID, rows: list[Row]) -> int:
        """Check some rows in one transaction. Raises `UnreadableSheet`, and then all before them is kept."""
        with self.database.transaction() as session:
            job = _held(session, job_id)
            if job.heading is None:
                first = rows.pop(0)
                Heading(first.values)
                job.heading, job.read_through = checking.storable(first.values), first.number
            if rows:
                checking.check(session, job, Heading(job.heading), rows)
            job.worked_at = datetime.now(UTC)
            size = job.text_size
        if size > MOST_TEXT:
            raise UnreadableSheet(f"This file has more than {MOST_TEXT // 2**20} MiB of text; the rest was left out.")
        return len(rows)

    def _checked(self, job_id: UUID, problem: str | None) -> None:
        with self.database.transaction() as session:
            job, now = _held(session, job_id), datetime.now(UTC)
            if job.heading is None and problem is None:
                problem = "The file is empty: its first row must name the columns."
            job.state = State.FAILED.value if job.heading is None else State.READY.value
            job.problem, job.checked_at, job.worked_at = problem, now, now
        self.storage.delete(files.key(job_id))

    def _apply(self, job_id: UUID, until: float) -> Worked:
        applied = 0
        while time.monotonic() < until:
            some = self._apply_patiently(job_id)
            if not some:
                return Worked(applied=applied, finished=1)
            applied += some
        return Worked(applied=applied)

    def _apply_patiently(self, job_id: UUID) -> int:
        """Apply the next rows; what gets in each other's way is tried again, and then one by one."""
        for _ in range(ATTEMPTS):
            try:
                return self._apply_some(job_id, APPLIED_AT_ONCE)
            except (IntegrityError, OperationalError, DataError) as wrong:
                log.warning("import.again", job=str(job_id), error=str(wrong).splitlines()[0])
        return self._apply_one(job_id)

    def _apply_some(self, job_id: UUID, count: int) -> int:
        with self.database.transaction() as session:
            job, now = _held(session, job_id), datetime.now(UTC)
            if not _may_sell(session, job):
                _end(job, "You were suspended before all of it was applied.", now)
                return 0
            rows = applying.next_rows(session, job, count)
            if rows:
                applying.apply(session, job, rows, now)
                job.worked_at = now
            else:
                _end(job, job.problem, now)
            return len(rows)

    def _apply_one(self, job_id: UUID) -> int:
        """Apply one row alone, or refuse it for what the database says of it, so that the others go on."""
        try:
            return self._apply_some(job_id, 1)
        except (IntegrityError, DataError):
            with self.database.transaction() as session:
                job = _held(session, job_id)
                for row in applying.next_rows(session, job, 1):
                    applying.refuse(session, job, row, "Something else of yours got in its way: send it again.")
            return 1

    @contextmanager
    def _file(self, job_id: UUID) -> Iterator[tuple[BinaryIO, str, int]]:
        with self.database.transaction() as session:
            job = session.get_one(ImportJob, job_id)
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as copy:
            for piece in self.storage.get(files.key(job_id)):
                copy.write(piece)
            yield cast("BinaryIO", copy), job.format, job.read_through


def _chunks(rows: Iterator[Row], read_through: int) -> Iterator[list[Row]]:
    """Rows after those that were checked before. Raises `UnreadableSheet` behind the last that is taken."""
    chunk: list[Row] = []
    try:
        for count, row in enumerate(rows):
            if count > MOST_ROWS:
                raise UnreadableSheet(files.left_out(row.number))
            if row.number > read_through:
                chunk.append(row)
            if len(chunk) == CHECKED_AT_ONCE:
                yield chunk
                chunk = []
    except UnreadableSheet:
        if chunk:
            yield chunk
        raise
    if chunk:
        yield chunk


def _held(session: Session, job_id: UUID) -> ImportJob:
    return session.get_one(ImportJob, job_id, with_for_update=True, populate_existing=True)


def _may_sell(session: Session, job: ImportJob) -> bool:
    vendor = session.get(Vendor, job.vendor_id)
    return vendor is not None and vendor.status == APPROVED


def _end(job: ImportJob, problem: str | None, now: datetime) -> None:
    job.state, job.problem, job.applied_at, job.worked_at = State.DONE.value, problem, now, now
