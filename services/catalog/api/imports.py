"""Products by the file: sent, checked by a job process, shown as a preview, applied; and all of them as a file."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from flask import Response

from services.catalog.domain import exports, vendors
from services.catalog.domain.importing import columns, files
from services.catalog.domain.importing.files import (
    LARGEST,
    File,
    NothingToApply,
    NotReady,
    NotYourImport,
    Progress,
    TooManyImports,
    UnknownImport,
)
from services.catalog.domain.sheets import reading, writing
from services.catalog.domain.sheets.rows import UnreadableSheet
from services.catalog.domain.vendors import NoVendor, VendorSuspended
from services.catalog.import_schemas import (
    ExportQuery,
    FileQuery,
    ImportRowView,
    ImportView,
    RowsQuery,
    shown,
)
from services.catalog.models import ImportJob, ImportRow
from services.catalog.settings import Settings
from shared.kit.auth import Actor, Role, requires
from shared.kit.database import Database
from shared.kit.operations import Blueprint
from shared.kit.paging import Page, PageQuery, page_of
from shared.kit.rate import limited
from shared.kit.stated import Bytes, answers, asks, refuses
from shared.kit.storage import StorageDown
from shared.kit.uploads import Upload, uploads
from shared.kit.web import Answer, current_kit, respond_page, transaction

blueprint = Blueprint("imports", __name__, description="Products by the file")
_PAGE = 500
_WRITE = {"csv": (writing.as_csv, writing.CSV), "xlsx": (writing.as_xlsx, writing.XLSX)}


@blueprint.post("/vendor/products/import")
@requires(Role.VENDOR)
@limited("60/h", "actor")
@asks(FileQuery)
@uploads("text/csv", writing.XLSX, largest=LARGEST)
@answers(ImportView, 202)
@refuses(NoVendor, VendorSuspended, UnreadableSheet, TooManyImports, StorageDown)
def begin(query: dict[str, Any], upload: Upload, actor: Actor) -> Answer:
    """Send a file of products, as the body: CSV or XLSX by its content, of at most 32 MiB and 50,000 rows.

    Its first row names the columns: sku, title, description, category (by its slug), price, currency, stock, threshold,
    status, visibility, language. It is checked in the background; nothing changes before it is applied.
    """
    with transaction() as session:
        files.check_may_begin(session, vendors.may_write(session, actor.user_id).id)
    kind, job_id = reading.kind_of(upload.file), files.new_key()
    file = File(files.clean_name(query["name"], kind), kind, upload.size, upload.sha256)
    with _stored(job_id, upload, kind), transaction() as session:
        vendor = vendors.may_write(session, actor.user_id)
        return _dump(files.begin(session, job_id, vendor.id, actor.user_id, file, datetime.now(UTC)))


@blueprint.get("/vendor/products/import")
@requires(Role.VENDOR)
@asks(PageQuery)
@answers(page_of(ImportView))
@refuses(NoVendor)
def listed(query: dict[str, Any], actor: Actor) -> Answer:
    """List the files that one has sent, the last first."""
    with transaction() as session:
        page = files.page(session, vendors.of_user(session, actor.user_id).id, **query)
    return respond_page(Page([_flat(each) for each in page.items], page.next_cursor), ImportView())


@blueprint.get("/vendor/products/import/<uuid:job_id>")
@requires(Role.VENDOR)
@answers(ImportView)
@refuses(NoVendor, UnknownImport, NotYourImport)
def show(job_id: UUID, actor: Actor) -> Answer:
    """Tell where one's file is on its way, and how many of its rows are in which state."""
    with transaction() as session:
        return _dump(files.of_vendor(session, vendors.of_user(session, actor.user_id).id, job_id))


@blueprint.get("/vendor/products/import/<uuid:job_id>/rows")
@requires(Role.VENDOR)
@asks(RowsQuery)
@answers(page_of(ImportRowView))
@refuses(NoVendor, UnknownImport, NotYourImport)
def rows(job_id: UUID, query: dict[str, Any], actor: Actor) -> Answer:
    """Tell row by row what is to come of one's file, or has: what changes, and what is wrong in which column."""
    with transaction() as session:
        job = files.of_vendor(session, vendors.of_user(session, actor.user_id).id, job_id).job
        page = files.rows(session, job, **query)
    return respond_page(Page([_row(each) for each in page.items], page.next_cursor), ImportRowView())


@blueprint.post("/vendor/products/import/<uuid:job_id>/apply")
@requires(Role.VENDOR)
@answers(ImportView, 202)
@refuses(NoVendor, VendorSuspended, UnknownImport, NotYourImport, NotReady, NothingToApply, TooManyImports)
def apply(job_id: UUID, actor: Actor) -> Answer:
    """Have a checked file applied in the background: all of its rows but the faulty ones."""
    with transaction() as session:
        vendor = vendors.may_write(session, actor.user_id)
        return _dump(files.apply(session, vendor.id, job_id, datetime.now(UTC)))


@blueprint.get("/vendor/products/import/<uuid:job_id>/errors")
@requires(Role.VENDOR)
@answers(Bytes("text/csv"))
@refuses(NoVendor, UnknownImport, NotYourImport)
def errors(job_id: UUID, actor: Actor) -> Answer:
    """Download the rows of which nothing comes, with what is wrong: to be mended and sent again."""
    with transaction() as session:
        job = files.of_vendor(session, vendors.of_user(session, actor.user_id).id, job_id).job
    return _download(writing.as_csv(_faulty(current_kit().database, job)), writing.CSV, "errors.csv")


@blueprint.get("/vendor/products/export")
@requires(Role.VENDOR)
@asks(ExportQuery)
@answers(Bytes("text/csv", (writing.XLSX,)))
@refuses(NoVendor)
def export(query: dict[str, Any], actor: Actor) -> Answer:
    """Download one's products, as an import takes them; no cell of it is a formula."""
    with transaction() as session:
        vendor = vendors.of_user(session, actor.user_id)
    write, media_type = _WRITE[query["format"]]
    lines = exports.products(current_kit().database, vendor.id)
    return _download(write(lines), media_type, f"products.{query['format']}")


@contextmanager
def _stored(job_id: UUID, upload: Upload, kind: str) -> Iterator[None]:
    """Store the file before its job, and take it back if there is to be no job."""
    storage = cast("Settings", current_kit().settings).storage
    storage.put(files.key(job_id), upload.file, _WRITE[kind][1])
    try:
        yield
    except BaseException:
        storage.delete(files.key(job_id))
        raise


def _faulty(database: Database, job: ImportJob) -> Iterator[list[str]]:
    """Each page in a transaction of its own."""
    yield [*(job.heading or []), "row", "problem"]
    after: int | None = 0
    while after is not None:
        with database.transaction() as session:
            wrong = files.faulty(session, job, after, _PAGE)
        yield from files.told(job, wrong)
        after = wrong[-1].row if len(wrong) == _PAGE else None


def _download(pieces: Iterator[bytes], media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(pieces, headers=headers, content_type=media_type)


def _dump(progress: Progress) -> Answer:
    return ImportView().dump(_flat(progress))


def _flat(progress: Progress) -> dict[str, Any]:
    return shown(progress, columns.unknown(progress.job.heading or []))


def _row(row: ImportRow) -> dict[str, Any]:
    change = [
        {"field": name, "before": each["from"], "after": each["to"]}
        for name, each in sorted(row.change.items(), key=lambda item: columns.COLUMNS.index(item[0]))
    ]
    names = ("row", "state", "sku", "product_id", "faults")
    return {**{name: getattr(row, name) for name in names}, "change": change}
