"""Spreadsheets for tests: sound ones of every kind, and what becomes of them in transit."""

import zipfile
from datetime import date
from io import BytesIO
from random import Random

import openpyxl

from services.catalog.domain.sheets import writing

HEADING = ["sku", "title", "description", "category", "price", "currency", "stock", "status"]
ROWS = [
    HEADING,
    ["B-1", "Schale für Äpfel", "Zwei\nZeilen, und *mehr*", "kitchen", "19.99", "EUR", "7", "active"],
    ["B-2", 'A "quoted" cup', "", "", "5", "JPY", "0", "draft"],
    ["=B3", "-1", "+1", "@x", "0.5", "USD", "12", "inactive"],
]
SHEET = "xl/worksheets/sheet1.xml"
TOKENS = [
    b'"', b",", b";", b"\t", b"\n", b"\r", b"\0", b"=", b"'", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b"\xe4", b"\x80",
    b"99999999999999999999", b"-1", b"1e308", b"NaN", b"1.999", b"x" * 50_000, b"\r\n" * 300, b"sku,", b"<f>1</f>",
    b'<!DOCTYPE a [<!ENTITY b "c">]>', b"&b;", b"&#0;", b"<v>1</v>", b'r="XFD1048576"', b't="s"', b't="d"', b"<si>",
    b"</row>", b"<row>", b"<c>", b"_x0000_", b"_xD800_", b'<mergeCell ref="A1:XFD1048576"/>', b"\xf0\x9f\x98\x80",
]  # fmt: skip


def as_text(encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """CSV, as somebody's spreadsheet writes it."""
    lines = (delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in ROWS)
    return "\r\n".join(lines).encode(encoding, "replace")


def book(*, odd: bool = False) -> bytes:
    """XLSX, as a common library writes it; an odd one has all that no import wants."""
    made = openpyxl.Workbook()
    page = made.active
    assert page is not None
    for row in ROWS:
        page.append(row)
    if odd:
        page["A6"], page["B6"], page["C6"] = "X-1", "=A1", date(2026, 1, 1)
        page["E6"], page["F6"], page["G6"] = 19.99, "#REF!", True
        page["F6"].data_type = "e"
        page["A8"], page["B8"] = "X-2", "merged"
        page.merge_cells("B8:D9")
    return saved(made)


def saved(made: openpyxl.Workbook) -> bytes:
    """The bytes of a workbook."""
    file = BytesIO()
    made.save(file)
    return file.getvalue()


def sound() -> list[bytes]:
    """One of each kind."""
    texts = [as_text(), as_text("utf-16"), as_text("cp1252", ";"), as_text("utf-8-sig", "\t")]
    return [*texts, b"".join(writing.as_xlsx(ROWS)), b"".join(writing.as_csv(ROWS)), book(), book(odd=True)]


def mutated(content: bytes, random: Random) -> bytes:
    """The same with some bytes lost, changed, doubled or put in; of an archive mostly in what is inside it."""
    if content.startswith(b"PK") and random.random() < 0.8:
        return _repacked(content, random)
    return _scratched(content, random)


def _scratched(content: bytes, random: Random) -> bytes:
    data = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 5, 20))):
        place = random.randrange(len(data) + 1)
        match random.randrange(6):
            case 0:
                del data[place : place + random.choice((1, 4, 100))]
            case 1:
                data[place:place] = random.choice(TOKENS)
            case 2 if place < len(data):
                data[place] = random.randrange(256)
            case 3:
                data[place:place] = data[place : place + random.randrange(200)]
            case 4:
                del data[place:]
            case _:
                data[place : place + 4] = random.randbytes(4)
    return bytes(data)


def _repacked(content: bytes, random: Random) -> bytes:
    """Change one part, or leave it out, or add another of its name."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    wanted = [name for name in parts if "sheet" in name or "shared" in name.lower() or "style" in name] or [*parts]
    name = random.choice(wanted if random.random() < 0.8 else [*parts])
    if random.random() < 0.05:
        del parts[name]
    else:
        parts[name] = _scratched(parts[name], random)
    return packed(parts)


def packed(parts: dict[str, bytes]) -> bytes:
    """An archive of these parts."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, part in parts.items():
            archive.writestr(each, part)
    return file.getvalue()


def with_part(name: str, part: bytes) -> bytes:
    """A sound workbook with one part replaced."""
    with zipfile.ZipFile(BytesIO(book())) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    return packed({**parts, name: part})
