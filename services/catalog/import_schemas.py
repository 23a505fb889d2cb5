"""The shapes of imports and exports."""

from typing import Any

import marshmallow as ma
from marshmallow import validate

from services.catalog.domain.importing.files import Progress, State
from shared.kit.examples import a_moment, a_number, a_text, an_id
from shared.kit.examples import shown as example
from shared.kit.paging import PageQuery

FORMATS = ("csv", "xlsx")
ROW_STATES = ("create", "update", "unchanged", "faulty", "created", "updated", "refused")
ONE_STATE = validate.OneOf(ROW_STATES)


class FileQuery(ma.Schema):
    """What the file is called."""

    name = ma.fields.String(
        load_default=None, validate=validate.Length(max=400), metadata=example("spring.xlsx", "What it is shown as.")
    )


class RowsQuery(PageQuery):
    """Which rows."""

    state = ma.fields.String(load_default=None, validate=ONE_STATE, metadata=example("faulty"))


class ExportQuery(ma.Schema):
    """As what."""

    format = ma.fields.String(load_default="csv", validate=validate.OneOf(FORMATS), metadata=example("xlsx"))


class RowCounts(ma.Schema):
    """How many rows of a file are in which state."""

    checked = a_number(25, "All that were read so far.")
    create = a_number(20, "Will be new products.")
    update = a_number(2, "Will change products.")
    unchanged = a_number(1)
    faulty = a_number(2, "Nothing comes of them.")
    created = a_number(0)
    updated = a_number(0)
    refused = a_number(0, "Could not be applied.")


class ImportView(ma.Schema):
    """A file that was sent, where it is on its way, and what is to come of its rows, or has."""

    id = an_id()
    name = a_text("spring.xlsx")
    format = a_text("xlsx", validate=validate.OneOf(FORMATS))
    size = a_number(20_480, "In bytes.")
    state = a_text("ready", validate=validate.OneOf([state.value for state in State]))
    problem = a_text(None, "What is wrong with the file as a whole.", allow_none=True)
    ignored = ma.fields.List(
        ma.fields.String(), required=True, metadata=example(["colour"], "Columns that mean nothing here.")
    )
    rows = ma.fields.Nested(RowCounts, required=True)
    uploaded_at = a_moment()
    checked_at = a_moment(allow_none=True)
    applied_at = a_moment(allow_none=True)


class ChangeView(ma.Schema):
    """What a field is, and what it shall be."""

    field = a_text("title")
    before = ma.fields.Raw(required=True, allow_none=True, metadata=example("Bowl"))
    after = ma.fields.Raw(required=True, allow_none=True, metadata=example("Cedar bowl"))


class FaultView(ma.Schema):
    """What is wrong, and in which column of the file, if it is in one."""

    column = a_text("E", allow_none=True)
    field = a_text("price", allow_none=True)
    message = a_text("A price is never negative.")


class ImportRowView(ma.Schema):
    """What is to come of a row, or has, by its number in the file; the first row names the columns."""

    row = a_number(2)
    state = a_text("update", validate=ONE_STATE)
    sku = a_text("BOWL-1", allow_none=True)
    product_id = an_id(allow_none=True)
    change = ma.fields.List(ma.fields.Nested(ChangeView), required=True)
    faults = ma.fields.List(ma.fields.Nested(FaultView), required=True)


def shown(progress: Progress, ignored: list[str]) -> dict[str, Any]:
    """A job and its counts in one."""
    job = progress.job
    rows = {state: progress.rows.get(state, 0) for state in ROW_STATES}
    names = ("id", "name", "format", "size", "state", "problem", "uploaded_at", "checked_at", "applied_at")
    counts = {"checked": sum(rows.values()), **rows}
    return {**{name: getattr(job, name) for name in names}, "ignored": ignored, "rows": counts}
