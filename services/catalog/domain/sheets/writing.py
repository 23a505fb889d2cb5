"""Rows written as CSV or XLSX while they come: a download waits for its first piece only, and holds no formula."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import cast
from xml.sax.saxutils import escape

from services.catalog.domain.sheets.rows import escaped, letters

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
Cells = Sequence[str]
_PIECE = 64 * 1024
_ROWS = 200
_UNWRITABLE = {code: f"_x{code:04X}_" for code in (*range(9), 11, 12, *range(13, 32), 0xFFFE, 0xFFFF)}
_OPEN = "http://schemas.openxmlformats.org"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_OPEN}/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml"'
    f' ContentType="{XLSX}.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_OPEN}/package/2006/relationships"><Relationship Id="rId1"'
    f' Type="{_OPEN}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_OPEN}/spreadsheetml/2006/main"'
    f' xmlns:r="{_OPEN}/officeDocument/2006/relationships"><sheets><sheet name="Products" sheetId="1" r:id="rId1"/>'
    "</sheets></workbook>",
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_OPEN}/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_OPEN}/officeDocument/2006/relationships/worksheet"'
    ' Target="worksheets/sheet1.xml"/></Relationships>',
}


class _Pipe(io.RawIOBase):
    """Takes what an archive writes, to be handed on piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        data = bytes(cast("bytes", piece))
        self._pieces.append(data)
        self._size += len(data)
        return len(data)

    def taken(self, least: int = 0) -> bytes:
        """All that was written since the last time, if it is at least so much."""
        if self._size < least:
            return b""
        data = b"".join(self._pieces)
        self._pieces, self._size = [], 0
        return data


def as_csv(rows: Iterable[Cells]) -> Iterator[bytes]:
    """Write CSV (RFC 4180) in UTF-8, with the mark by which spreadsheets know it."""
    page = io.StringIO()
    writer = csv.writer(page)
    yield b"\xef\xbb\xbf"
    for count, row in enumerate(rows, 1):
        writer.writerow([escaped(cell) for cell in row])
        if count % _ROWS == 0:
            yield _emptied(page)
    yield _emptied(page)


def as_xlsx(rows: Iterable[Cells]) -> Iterator[bytes]:
    """Write XLSX (ECMA-376) with every cell as text."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        for name, content in _PARTS.items():
            archive.writestr(_entry(name), _HEAD + content)
        with archive.open(_entry("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as sheet:
            sheet.write(f'{_HEAD}<worksheet xmlns="{_OPEN}/spreadsheetml/2006/main"><sheetData>'.encode())
            for number, row in enumerate(rows, 1):
                sheet.write(_row(number, row).encode())
                if piece := pipe.taken(_PIECE):
                    yield piece
            sheet.write(b"</sheetData></worksheet>")
    yield pipe.taken()


def _row(number: int, row: Cells) -> str:
    cells = "".join(
        f'<c r="{letters(column)}{number}" t="inlineStr"><is><t xml:space="preserve">{_text(cell)}</t></is></c>'
        for column, cell in enumerate(row)
        if cell
    )
    return f'<row r="{number}">{cells}</row>'


def _text(cell: str) -> str:
    """Characters that XML cannot hold, and what looks like one of them written so, are written `_x000D_`."""
    plain = escaped(cell).replace("_x", "_x005F_x")
    return escape(plain.translate(_UNWRITABLE))


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, datetime(2000, 1, 1).timetuple()[:6])  # noqa: DTZ001 - the same file for the same rows
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _emptied(page: io.StringIO) -> bytes:
    text = page.getvalue()
    page.seek(0)
    page.truncate()
    return text.encode()
