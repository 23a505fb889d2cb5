"""Import jobs: a file that was sent, what was made of it so far, and the word to apply it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from services.catalog.domain.sheets.rows import MOST_ROWS, unescaped
from services.catalog.models import ImportJob, ImportRow
from shared.events.ids import new_id
from shared.kit.errors import Forbidden, NotFound, Refusal
from shared.kit.paging import Page, take

LARGEST = 32 * 1024 * 1024
MOST_OPEN = 3
KEPT = timedelta(days=90)
LONGEST_NAME = 120


class State(StrEnum):
    """Where a job is."""

    CHECKING = "checking"
    READY = "ready"
    APPLYING = "applying"
    DONE = "done"
    FAILED = "failed"


class UnknownImport(NotFound):
    """There is no such import."""


class NotYourImport(Forbidden):
    """This import is somebody else's."""


class NotReady(Refusal):
    """Only a file that was checked, and is not applied yet, can be applied."""


class NothingToApply(Refusal):
    """No row of this file would change anything."""


class TooManyImports(Refusal):
    """Other files of yours are still being worked on: wait for one of them."""


class File(NamedTuple):
    """What was sent, and what was measured of it."""

    name: str
    format: str
    size: int
    sha256: str


class Progress(NamedTuple):
    """A job, and how many of its rows are in which state."""

    job: ImportJob
    rows: Mapping[str, int]


def check_may_begin(session: Session, vendor_id: UUID) -> None:
    """Raise `TooManyImports`."""
    open_ones = (ImportJob.vendor_id == vendor_id, ImportJob.state.in_([State.CHECKING, State.APPLYING]))
    if (session.scalar(select(func.count()).where(*open_ones)) or 0) >= MOST_OPEN:
        raise TooManyImports


def begin(session: Session, job_id: UUID, vendor_id: UUID, actor_id: UUID, file: File, now: datetime) -> Progress:
    """Take on a file that lies in the storage under `key(job_id)`; a job process checks it. Raises `TooManyImports`."""
    check_may_begin(session, vendor_id)
    job = ImportJob(
        id=job_id,
        vendor_id=vendor_id,
        actor_id=actor_id,
        state=State.CHECKING.value,
        read_through=0,
        text_size=0,
        uploaded_at=now,
        worked_at=now,
        **file._asdict(),
    )
    session.add(job)
    session.flush()
    return Progress(job, {})


def of_vendor(session: Session, vendor_id: UUID, job_id: UUID) -> Progress:
    """One's own job. Raises `UnknownImport` or `NotYourImport`."""
    return Progress(_own(session, vendor_id, job_id), counts(session, [job_id]).get(job_id, {}))


def page(session: Session, vendor_id: UUID, *, cursor: str | None = None, limit: int = 20) -> Page[Progress]:
    """A vendor's jobs, the last first."""
    mine = select(ImportJob).where(ImportJob.vendor_id == vendor_id)
    found = take(session, mine, (ImportJob.id,), cursor=cursor, limit=limit)
    counted = counts(session, [job.id for job in found.items])
    return Page([Progress(job, counted.get(job.id, {})) for job in found.items], found.next_cursor)


def rows(
    session: Session, job: ImportJob, *, state: str | None = None, cursor: str | None = None, limit: int = 20
) -> Page[ImportRow]:
    """What would come of the rows, or has, in their order; of one state, or of all."""
    mine = select(ImportRow).where(ImportRow.job_id == job.id)
    if state:
        mine = mine.where(ImportRow.state == state)
    return take(session, mine, (ImportRow.row,), cursor=cursor, limit=limit, descending=False)


def apply(session: Session, vendor_id: UUID, job_id: UUID, now: datetime) -> Progress:
    """Have a checked file applied by a job process; saying so again changes nothing.

    Raises `UnknownImport`, `NotYourImport`, `NotReady`, `NothingToApply` or `TooManyImports`.
    """
    job = _own(session, vendor_id, job_id, lock=True)
    counted = counts(session, [job_id]).get(job_id, {})
    if job.state in {State.APPLYING, State.DONE}:
        return Progress(job, counted)
    if job.state != State.READY:
        raise NotReady
    if not counted.get("create", 0) + counted.get("update", 0):
        raise NothingToApply
    check_may_begin(session, vendor_id)
    job.state, job.worked_at = State.APPLYING.value, now
    return Progress(job, counted)


def faulty(session: Session, job: ImportJob, after: int, limit: int) -> Sequence[ImportRow]:
    """The next rows of which nothing comes, or came."""
    wrong = (ImportRow.job_id == job.id, ImportRow.state.in_(["faulty", "refused"]), ImportRow.row > after)
    return session.scalars(select(ImportRow).where(*wrong).order_by(ImportRow.row).limit(limit)).all()


def told(job: ImportJob, rows_: Sequence[ImportRow]) -> Iterator[list[str]]:
    """Faulty rows as they were sent, with their number and what is wrong with them; to be mended and sent again."""
    width = len(job.heading or ())
    for row in rows_:
        problem = " ".join(f"{_place(fault)}{fault['message']}" for fault in row.faults)
        cells = [unescaped(cell) for cell in [*row.cells, *[""] * (width - len(row.cells))][:width]]
        yield [*cells, str(row.row), problem]


def prune(session: Session, now: datetime) -> int:
    """Forget imports with their rows that nobody has touched for `KEPT`; return how many. The products stay."""
    old = delete(ImportJob).where(
        ImportJob.worked_at < now - KEPT, ImportJob.state.in_([State.READY, State.DONE, State.FAILED])
    )
    return int(session.execute(old).rowcount)  # type: ignore[attr-defined]


def counts(session: Session, job_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """How many rows of these jobs are in which state."""
    by = (ImportRow.job_id, ImportRow.state)
    counted: dict[UUID, dict[str, int]] = {}
    for job, state, number in session.execute(
        select(*by, func.count()).where(ImportRow.job_id.in_(job_ids)).group_by(*by)
    ):
        counted.setdefault(job, {})[state] = number
    return counted


def key(job_id: UUID) -> str:
    """Where the file lies until it is checked."""
    return f"imports/{job_id.hex}"


def clean_name(given: str | None, kind: str) -> str:
    """A name that can be shown and stored."""
    plain = re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]+", " ", given or "").replace("\\", "/")
    return " ".join(plain.rpartition("/")[2].split())[:LONGEST_NAME] or f"products.{kind}"


def new_key() -> UUID:
    """The id of a job to come."""
    return new_id()


def left_out(number: int) -> str:
    """What to say of a file that goes on."""
    return f"Only the first {MOST_ROWS:,} rows were read; row {number:,} and all that follow were left out."


def _own(session: Session, vendor_id: UUID, job_id: UUID, *, lock: bool = False) -> ImportJob:
    job = session.get(ImportJob, job_id, with_for_update=True if lock else None, populate_existing=True)
    if job is None:
        raise UnknownImport
    if job.vendor_id != vendor_id:
        raise NotYourImport
    return job


def _place(fault: Mapping[str, Any]) -> str:
    if not fault.get("column"):
        return ""
    name = f" ({fault['field']})" if fault.get("field") else ""
    return f"Column {fault['column']}{name}: "
