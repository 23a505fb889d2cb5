"""XLSX read as a stream: the first sheet's rows, with every formula, merged cell and error named where it stands.

Only one row and the shared texts are ever in memory, whatever the file claims to hold; nothing in it is believed
before it is bounded (see docs/adr for why no library does this).
"""

import lzma
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import BinaryIO
from xml.parsers import expat

from services.catalog.domain.sheets import parts
from services.catalog.domain.sheets.cells import Sheet
from services.catalog.domain.sheets.parts import Part, Watched
from services.catalog.domain.sheets.rows import Row, UnreadableSheet

SIGNATURE = b"PK\x03\x04"
_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, expat.ExpatError, struct.error,
    EOFError, NotImplementedError, RuntimeError, ValueError, OverflowError, LookupError, OSError,
)  # fmt: skip
"""What the standard library says of archives and XML that are not what they should be."""


def read(file: BinaryIO) -> Iterator[Row]:
    """Read the rows of the first sheet, empty ones left out. Raises `UnreadableSheet`, perhaps after some rows."""
    try:
        with zipfile.ZipFile(file) as archive:
            yield from _rows(archive)
    except UnreadableSheet:
        raise
    except _BROKEN as broken:
        raise UnreadableSheet("This is no XLSX file, or a damaged one.") from broken


def _rows(archive: zipfile.ZipFile) -> Iterator[Row]:
    if len(archive.infolist()) > parts.MOST_PARTS:
        raise UnreadableSheet("This file has too many parts to be a spreadsheet.")
    book = _target(archive, "", "officeDocument") or "xl/workbook.xml"
    texts = _texts(archive, _target(archive, book, "sharedStrings"))
    dates = _dates(archive, _target(archive, book, "styles"))
    first = _first_sheet(archive, book)
    merged = _merged(archive, first)
    yield from Sheet(texts, dates, merged).read(Part(archive, first))


def _first_sheet(archive: zipfile.ZipFile, book: str) -> str:
    sheets: list[str] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if parts.local(name) == "sheet":
            sheets.extend(value for key, value in attributes.items() if parts.local(key) == "id")

    Watched(start=start).run(Part(archive, book))
    targets = _relations(archive, book)
    found = [targets[sheet][0] for sheet in sheets if sheet in targets]
    if not found:
        raise UnreadableSheet("This workbook has no sheet.")
    return found[0]


def _target(archive: zipfile.ZipFile, source: str, kind: str) -> str | None:
    return next((target for target, type_ in _relations(archive, source).values() if type_.endswith(f"/{kind}")), None)


def _relations(archive: zipfile.ZipFile, source: str) -> dict[str, tuple[str, str]]:
    """What a part points to, by id: the target's name in the archive, and of what type it is."""
    folder, name = posixpath.split(source)
    found: dict[str, tuple[str, str]] = {}

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        if parts.local(tag) == "Relationship" and len(found) < parts.MOST_PARTS:
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip("/")
            found[attributes.get("Id", "")] = (target, attributes.get("Type", ""))

    listing = posixpath.join(folder, "_rels", f"{name}.rels")
    if listing in archive.namelist():
        Watched(start=start).run(Part(archive, listing))
    return found


def _texts(archive: zipfile.ZipFile, name: str | None) -> list[str]:
    """The texts that cells refer to by number; readings for East Asian scripts (`rPh`) are no part of them."""
    if name is None or name not in archive.namelist():
        return []
    reading = parts.Texts()
    Watched(start=reading.start, end=reading.end, data=reading.data).run(Part(archive, name))
    return reading.found


def _dates(archive: zipfile.ZipFile, name: str | None) -> frozenset[int]:
    """Which cell styles show a number as a date or a time (ECMA-376 part 1, 18.8.30)."""
    if name is None or name not in archive.namelist():
        return frozenset()
    styles = parts.Styles()
    Watched(start=styles.start, end=styles.end).run(Part(archive, name))
    return frozenset(styles.dates)


def _merged(archive: zipfile.ZipFile, name: str) -> list[tuple[int, int, int, int]]:
    """Merged ranges stand behind the rows, so they are looked for first, if there are any at all.

    Where the part is damaged, those before the damage count: reading the rows will come upon it.
    """
    found: list[tuple[int, int, int, int]] = []

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        ends = re.fullmatch(r"([A-Z]{1,3}\d{1,7}):([A-Z]{1,3}\d{1,7})", attributes.get("ref", ""))
        if parts.local(tag) == "mergeCell" and ends and len(found) < parts.MOST_MERGED:
            found.append((*parts.position(ends[1]), *parts.position(ends[2])))

    with suppress(UnreadableSheet, *_BROKEN):
        if any(b"mergeCell" in piece for piece in Part(archive, name).overlapping()):
            Watched(start=start).run(Part(archive, name))
    return found
