"""Spreadsheets: what is read and written, what is named by row and column, and what can bring nobody down."""

import io
import resource
import zipfile
from io import BytesIO

import openpyxl
import pytest
import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st

from services.catalog.domain.sheets import reading, writing
from services.catalog.domain.sheets.rows import Row, UnreadableSheet, escaped, letters, place, unescaped
from services.catalog.tests import sheets

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffd"), max_size=20)
TABLES = st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=6)


def read(content: bytes) -> list[Row]:
    file = BytesIO(content)
    return list(reading.read(file, reading.kind_of(file)))


def faults(content: bytes) -> dict[tuple[int, int | None], str]:
    return {(row.number, fault.column): fault.message for row in read(content) for fault in row.faults}


@given(TABLES)
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read_again(table: list[list[str]]) -> None:
    wanted = [strip(row) for row in table if any(row)]
    for write in (writing.as_csv, writing.as_xlsx):
        rows = read(b"".join(write([["sku", "b", "c", "d", "e"], *table])))[1:]
        assert [strip([unescaped(cell) for cell in row.values]) for row in rows] == wanted
        assert [row.faults for row in rows] == [[]] * len(wanted)


def strip(row: list[str]) -> list[str]:
    """Empty cells at the end of a row are no cells."""
    while row and not row[-1]:
        row = row[:-1]
    return row


@given(CELLS)
def test_no_text_is_taken_for_a_formula(cell: str) -> None:
    assert escaped(cell)[:1] not in {*"=+-@\t\r\n＝＋－＠"}
    assert unescaped(escaped(cell)) == cell


def test_others_read_what_is_written() -> None:
    content = b"".join(writing.as_xlsx(sheets.ROWS))
    wanted = [[escaped(cell) for cell in row] for row in sheets.ROWS]
    page = openpyxl.load_workbook(BytesIO(content)).active
    assert page is not None
    assert [[cell.value or "" for cell in row] for row in page.iter_rows()] == wanted
    rust = python_calamine.CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0)
    assert rust.to_python() == wanted


@pytest.mark.parametrize("odd", [False, True])
def test_what_others_write_is_read_as_others_read_it(*, odd: bool) -> None:
    content = sheets.book(odd=odd)
    rust = python_calamine.CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    for row in read(content):
        for index, value in enumerate(row.values):
            if not any(fault.column == index for fault in row.faults):
                known = rust[row.number - 1][index]
                assert value == (str(known).upper() if isinstance(known, bool) else str(known).removesuffix(".0"))


def test_every_oddity_is_named_by_row_and_column() -> None:
    said = faults(sheets.book(odd=True))
    assert {key: message.split(":")[0].split(" (")[0] for key, message in said.items()} == {
        (4, 0): "This is a formula",
        (6, 1): "This is a formula",
        (6, 2): "This is a date",
        (6, 5): "This is an error",
        (8, 1): "This cell is merged",
        (9, 1): "This cell is merged",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_usual_encoding_and_delimiter_is_told(encoding: str, delimiter: str) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    rows = read(mark + sheets.as_text(encoding, delimiter))
    assert [row.values for row in rows] == sheets.ROWS


def test_of_mixed_encodings_each_cell_is_tried_alone() -> None:
    rows = read(b"sku,title\nA,caf\xc3\xa9\nB,caf\xe9\nC,cafe\n")
    assert [row.values[1] for row in rows] == ["title", "café", "caf\ufffd", "cafe"]
    assert [(row.number, fault.column) for row in rows for fault in row.faults] == [(3, 1)]


def test_ten_megabytes_in_one_cell_are_named_and_the_rest_is_not_lost() -> None:
    much = "x" * 10_000_000
    for content in (
        f'sku,title\nA,a\nB,"{much}"\nC,c\n'.encode(),
        f'sku,title\nA,a\nB,"{much[:-4]}\n""\n"\nC,c\n'.encode(),
        f"sku,title\nA,a\nB,{much}\nC,c\n".encode("utf-16"),
        b"".join(writing.as_xlsx([["sku", "title"], ["A", "a"], ["B", much], ["C", "c"]])),
    ):
        rows = read(content)
        assert [(row.number, row.values[0]) for row in rows if not row.faults] == [(1, "sku"), (2, "A"), (4, "C")]
        assert [*faults(content)] == [(3, 1)]
        assert faults(content)[3, 1].startswith("The text is too long")


def test_a_quote_that_nobody_closes_costs_its_row_only() -> None:
    rows = read(b'sku,title\nA,"open\nB,b\nC,"x" y\nD,d\n')
    assert [(row.number, row.values, place(None) + row.named()[:10]) for row in rows] == [
        (1, ["sku", "title"], ""),
        (2, [], "The quotes"),
        (3, ["B", "b"], ""),
        (4, [], "The quotes"),
        (5, ["D", "d"], ""),
    ]


def test_of_a_damaged_workbook_the_rows_before_the_damage_are_read() -> None:
    rows = reading.read(BytesIO(sheets.with_part(sheets.SHEET, ONE.format(SKU + "</wrong>").encode())), "xlsx")
    assert next(rows).values == ["sku"]
    with pytest.raises(UnreadableSheet, match="damaged"):
        next(rows)


def test_columns_have_letters() -> None:
    assert [letters(column) for column in (0, 25, 26, 701, 702, 16_383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


ONE = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)

SKU = '<row r="1"><c r="A1" t="inlineStr"><is><t>sku</t></is></c></row>'


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="99999999999"><c r="ZZZ9"><v>1</v></c></row>',
        '<row><c t="s"><v>99</v></c><c t="n"><v>1e999</v></c></row>',
    ],
)
def test_a_cell_far_out_costs_nothing(cells: str) -> None:
    before = peak()
    rows = read(sheets.with_part(sheets.SHEET, ONE.format(SKU + cells).encode()))
    assert rows[0].values == ["sku"]
    assert rows[1].faults
    assert peak() - before < 10 * 2**20


def bomb() -> bytes:
    """Four hundred megabytes and more of one row after another."""
    file = io.BytesIO()
    head, tail = ONE.split("{}")
    with zipfile.ZipFile(BytesIO(sheets.book())) as sound, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sound.namelist():
            if name != sheets.SHEET:
                archive.writestr(name, sound.read(name))
        with archive.open(sheets.SHEET, "w", force_zip64=True) as part:
            part.write(head.encode())
            for _ in range(410):
                part.write(b" " * 2**20)
            part.write(tail.encode())
    return file.getvalue()


LAUGHS = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]>' + ONE.format("&c;").encode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (bomb(), "This file is not written as|This file holds more than"),
        (sheets.with_part(sheets.SHEET, LAUGHS), "This file has a document type"),
        (sheets.with_part(sheets.SHEET, ONE.replace("xmlns", "x" * 3_000_000).encode()), "This file is not written"),
        (sheets.with_part("xl/_rels/workbook.xml.rels", b"<a/>"), "This workbook has no sheet"),
        (sheets.packed({f"p{number}": b"" for number in range(2001)}), "This file has too many parts"),
        (sheets.packed({"a": b"b"}), "This is no XLSX file"),
        (sheets.book()[:-60], "This is no XLSX file"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 600, "This is an old or an encrypted"),
    ],
    ids=["bomb", "laughs", "token", "no sheet", "parts", "another archive", "cut", "old"],
)
def test_what_is_made_to_harm_is_refused_in_words(content: bytes, said: str) -> None:
    before = peak()
    with pytest.raises(UnreadableSheet, match=f"^({said})"):
        read(content)
    assert peak() - before < 40 * 2**20


def peak() -> int:
    """The most memory this process has ever held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
