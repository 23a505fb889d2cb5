"""The parts of an XLSX archive: decompressed and parsed in pieces, within bounds, without document types."""

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.parsers import expat

from services.catalog.domain.sheets.rows import LONGEST_CELL, UnreadableSheet

MOST_PARTS = 2000
MOST_MERGED = 10_000
MOST_TEXTS = 1_000_000
LARGEST_TEXTS = 48 * 1024 * 1024
LARGEST_PART = 400 * 1024 * 1024
LONGEST_TOKEN = 2 * 1024 * 1024
PIECE = 64 * 1024
_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.')
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Part:
    """One file of the archive, given in pieces of what it decompresses to."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive, self._name = archive, name

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        with self._archive.open(self._name) as file:
            while piece := file.read(PIECE):
                size += len(piece)
                if size > LARGEST_PART:
                    raise UnreadableSheet(f"This file holds more than {LARGEST_PART // 2**20} MiB when unpacked.")
                yield piece

    def overlapping(self) -> Iterator[bytes]:
        """The pieces, each with the end of the one before, so that no short word is cut in two."""
        before = b""
        for piece in self:
            yield before + piece
            before = piece[-16:]


class Watched:
    """An XML parser that refuses document types (and entities with them) and tokens that would fill the memory."""

    def __init__(
        self,
        *,
        start: Callable[[str, Mapping[str, str]], None] | None = None,
        end: Callable[[str], None] | None = None,
        data: Callable[[str], None] | None = None,
    ) -> None:
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = start
        self._parser.EndElementHandler = end
        self._parser.CharacterDataHandler = data
        self._parser.StartDoctypeDeclHandler = _refuse
        self._fed = 0

    def feed(self, piece: bytes) -> None:
        """Parse some more."""
        self._parser.Parse(piece, False)
        self._fed += len(piece)
        if self._fed - max(self._parser.CurrentByteIndex, 0) > LONGEST_TOKEN:
            raise UnreadableSheet("This file is not written as a spreadsheet writes it.")

    def run(self, part: Part) -> None:
        """Parse all of a part."""
        for piece in part:
            self.feed(piece)
        self.end()

    def end(self) -> None:
        """Nothing more comes."""
        self._parser.Parse(b"", True)


class Texts:
    """Collects the shared texts."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._pieces: list[str] = []
        self._size, self._long = 0, 0
        self._inside = self._reading = False

    def start(self, name: str, _: Mapping[str, str]) -> None:
        """Begin a text, or a part of one."""
        tag = local(name)
        if tag == "si":
            self._pieces, self._long = [], 0
        self._inside = tag == "t" and not self._reading
        self._reading = self._reading or tag == "rPh"

    def data(self, text: str) -> None:
        """Add characters, up to what fits in a cell."""
        if self._inside and self._long <= LONGEST_CELL:
            self._pieces.append(text)
            self._long += len(text)

    def end(self, name: str) -> None:
        """End a text."""
        tag = local(name)
        if tag == "si":
            self.found.append(unescaped("".join(self._pieces)))
            self._size += self._long
            if len(self.found) > MOST_TEXTS or self._size > LARGEST_TEXTS:
                raise UnreadableSheet("This file has more text than a list of products.")
        elif tag == "t":
            self._inside = False
        elif tag == "rPh":
            self._reading = False


class Styles:
    """Collects which styles of cells are dates."""

    def __init__(self) -> None:
        self.dates: list[int] = []
        self._formats = set(_BUILT_IN_DATES)
        self._count, self._inside = 0, False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take a number format, or a style that uses one."""
        tag = local(name)
        if tag == "numFmt" and is_date(attributes.get("formatCode", "")):
            self._formats.add(number(attributes.get("numFmtId")))
        elif tag == "cellXfs":
            self._inside = True
        elif tag == "xf" and self._inside:
            if number(attributes.get("numFmtId")) in self._formats:
                self.dates.append(self._count)
            self._count += 1

    def end(self, name: str) -> None:
        """End the list of styles."""
        self._inside = self._inside and local(name) != "cellXfs"


def is_date(code: str) -> bool:
    """Whether a format shows a day or a time; what it shows literally does not count."""
    return bool(re.search("[dyhs]", _QUOTED.sub("", code.lower())))


def local(name: str) -> str:
    """A name without its namespace's prefix."""
    return name.rpartition(":")[2]


def number(text: str | None) -> int:
    """A small whole number that an attribute holds; -1 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else -1


def position(reference: str) -> tuple[int, int]:
    """The row (from 1) and the column (from 0) of a reference like `B7`."""
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(reference[len(letters) :]), column - 1


def unescaped(text: str) -> str:
    """The characters that XML cannot hold are written `_x000D_` (ECMA-376 part 1, 22.9.2.19)."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code)


def _refuse(*_: Any) -> None:
    raise UnreadableSheet("This file has a document type, which no spreadsheet has.")
