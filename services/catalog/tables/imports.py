"""Imports of products: a job for each uploaded file, and a row for each of its rows."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.catalog.tables.metadata import OPTIONAL, Base


class ImportJob(Base):
    """A file that a vendor has sent: it is checked, shown as a preview, and applied once the vendor says so.

    `heading` is the file's first row; `read_through` the number of the last row that was checked, `text_size` how much
    was kept of all of them. `problem` is what is wrong with the file as a whole.
    """

    __tablename__ = "import_job"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    vendor_id: Mapped[UUID]
    actor_id: Mapped[UUID]
    name: Mapped[str]
    format: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    state: Mapped[str]
    problem: Mapped[str | None]
    heading: Mapped[list[str] | None] = mapped_column(OPTIONAL)
    read_through: Mapped[int] = mapped_column(BigInteger, default=0)
    text_size: Mapped[int] = mapped_column(BigInteger, default=0)
    uploaded_at: Mapped[datetime]
    worked_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]


class ImportRow(Base):
    """A row of a file: what would come of it (`create`, `update`, `unchanged`, `faulty`), and then what has.

    `cells` is the row as it was read; `change` says by field what was and what will be; `faults` name the columns.
    """

    __tablename__ = "import_row"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("import_job.id", ondelete="CASCADE"), primary_key=True)
    row: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    state: Mapped[str]
    sku: Mapped[str | None]
    product_id: Mapped[UUID | None]
    cells: Mapped[list[str]] = mapped_column(JSONB())
    change: Mapped[dict[str, Any]] = mapped_column(JSONB())
    faults: Mapped[list[dict[str, Any]]] = mapped_column(JSONB())
