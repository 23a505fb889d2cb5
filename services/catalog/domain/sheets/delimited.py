"""CSV in whatever encoding and with whatever delimiter: a broken row is named, and those after it are still read."""

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO

from services.catalog.domain.sheets.rows import LONGEST_CELL, MOST_COLUMNS, Fault, Row, storable, text_faults

DELIMITERS = ",;\t|"
MOST_LINES = 1000
"""A row of more lines than this has a quote that nobody closed."""
_PIECE = 256 * 1024
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_MIXED = "latin-1"
"""Takes every byte as it is, so that each cell can be tried by itself."""
_FIELD = r'(?:"(?:[^"]++|"")*+"[^{0}\r\n]*+|[^{0}\r\n]*+)(?:{0}|$|\r?\n)'


class _Endless(Exception):
    """A row has no end within reach."""


class _Lines:
    """The lines of a file, those of the row at hand kept, so that a broken row can be begun again after its first."""

    def __init__(self, file: io.TextIOBase) -> None:
        self._file = file
        self._ahead: deque[str] = deque()
        self.kept: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._ahead.popleft() if self._ahead else self._file.readline()
        if not line:
            raise StopIteration
        self.kept.append(line)
        if len(self.kept) > MOST_LINES:
            raise _Endless
        return line

    def again_after(self, count: int) -> None:
        """Give the lines of this row again, without its first `count`."""
        self._ahead.extendleft(reversed(self.kept[count:]))
        self.kept = []

    def through_quote(self) -> None:
        """Pass over the rest of a quoted text, if it has an end within reach; else only over the first line."""
        try:
            while sum(line.count('"') for line in self.kept) % 2:
                next(self)
        except (_Endless, StopIteration):
            self.again_after(1)


def read(file: BinaryIO) -> Iterator[Row]:
    """Read rows, empty ones left out; raises nothing for whatever the bytes are."""
    encoding = encoding_of(file)
    text = io.TextIOWrapper(file, encoding, errors="replace", newline="")
    try:
        yield from _rows(_Lines(text), encoding)
    finally:
        text.detach()


def encoding_of(file: BinaryIO) -> str:
    """Tell UTF-16 and UTF-8 from Windows-1252; `latin-1` stands for a mixture, of which each cell is tried alone."""
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sound, several = _survey(file)
    file.seek(len(codecs.BOM_UTF8) if start.startswith(codecs.BOM_UTF8) else 0)
    if sound:
        return "utf-8"
    return _MIXED if several else "cp1252"


def _survey(file: BinaryIO) -> tuple[bool, bool]:
    """Whether all of it is UTF-8, and whether any of it is."""
    decoder, sound, several = codecs.getincrementaldecoder("utf-8")(), True, False
    while piece := file.read(_PIECE):
        several = several or bool(_MULTIBYTE.search(piece.removeprefix(codecs.BOM_UTF8)))
        try:
            decoder.decode(piece)
        except UnicodeDecodeError:
            sound = False
            decoder.reset()
    return sound and not decoder.getstate()[0], several


def _rows(lines: _Lines, encoding: str) -> Iterator[Row]:
    delimiter, number = _delimiter(lines), 0
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        number += 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except (csv.Error, _Endless) as broken:
            row = Row(number, [], [_broken(str(broken), lines, delimiter)])
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            yield row
        else:
            lines.kept.clear()
            if any(values):
                yield _checked(number, values, encoding)


def _delimiter(lines: _Lines) -> str:
    first = next(lines, "")
    lines.again_after(0)
    return max(DELIMITERS, key=first[:LONGEST_CELL].count)


def _broken(reason: str, lines: _Lines, delimiter: str) -> Fault:
    """Say what is wrong with the row at hand, and go on behind it."""
    if "field larger" in reason:
        lines.through_quote()
        column = _long_column("".join(lines.kept), delimiter)
        lines.kept.clear()
        return Fault(column, f"The text is too long: at most {LONGEST_CELL:,} characters fit.")
    lines.again_after(1)
    return Fault(None, 'The quotes of this row do not match: a text with quotes is written "like ""this""".')


def _long_column(text: str, delimiter: str) -> int | None:
    found = re.finditer(_FIELD.format(re.escape(delimiter)), text)
    lengths = [len(match.group()) for _, match in zip(range(MOST_COLUMNS), found, strict=False)]
    return lengths.index(max(lengths)) if lengths else None


def _checked(number: int, values: list[str], encoding: str) -> Row:
    faults = []
    if len(values) > MOST_COLUMNS:
        faults.append(Fault(None, f"The row has {len(values):,} columns; at most {MOST_COLUMNS} are read."))
        del values[MOST_COLUMNS:]
    for column, value in enumerate(values):
        if not value.isascii() and encoding == _MIXED:
            value = values[column] = _alone(value)
        faults.extend(text_faults(column, value) if value else ())
        values[column] = storable(value)
    return Row(number, values, faults)


def _alone(value: str) -> str:
    return value.encode(_MIXED).decode(errors="replace")
