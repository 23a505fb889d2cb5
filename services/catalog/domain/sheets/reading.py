"""A spreadsheet of either kind, told by its content."""

from collections.abc import Iterator
from typing import BinaryIO

from services.catalog.domain.sheets import delimited, workbooks
from services.catalog.domain.sheets.rows import Row, UnreadableSheet

_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def kind_of(file: BinaryIO) -> str:
    """`xlsx` or `csv`. Raises `UnreadableSheet` for what is known to be neither."""
    file.seek(0)
    start = file.read(8)
    file.seek(0)
    if start.startswith(_OLD_EXCEL):
        raise UnreadableSheet(
            "This is an old or an encrypted Excel file: save it as XLSX without a password, or as CSV."
        )
    if start.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")):
        raise UnreadableSheet("This is no spreadsheet: send CSV or XLSX.")
    return "xlsx" if start.startswith(workbooks.SIGNATURE) else "csv"


def read(file: BinaryIO, kind: str) -> Iterator[Row]:
    """Read the rows that hold something, from the beginning. Raises `UnreadableSheet`, perhaps after some rows."""
    file.seek(0)
    return workbooks.read(file) if kind == "xlsx" else delimited.read(file)
