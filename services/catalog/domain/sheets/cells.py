"""The cells of one sheet, made into rows while the XML goes by."""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence

from services.catalog.domain.sheets.parts import Part, Watched, local, number, position, unescaped
from services.catalog.domain.sheets.rows import LONGEST_CELL, MOST_COLUMNS, Fault, Row, letters, storable, text_faults

_REFERENCE = re.compile(r"[A-Z]{1,3}[1-9]\d{0,6}")
_LAST_ROW = 2**20
Merged = tuple[int, int, int, int]
"""First row and column, last row and column."""


class Sheet:
    """Reads one sheet. A cell is a text, a number as a spreadsheet shows it, TRUE or FALSE; all else is a fault."""

    def __init__(self, texts: Sequence[str], dates: Collection[int], merged: Sequence[Merged]) -> None:
        self._texts, self._dates = texts, dates
        self._merged = sorted(merged)
        self._ready: list[Row] = []
        self._number = self._column = 0
        self._row: Row | None = None
        self._type = self._style = ""
        self._text: list[str] = []
        self._length = 0
        self._taking = self._formula = self._reading = False

    def read(self, part: Part) -> Iterator[Row]:
        """Give the rows that hold something, as they come. Raises as `Watched` does, behind them."""
        parser = Watched(start=self._start, end=self._end, data=self._data)
        for piece in part:
            try:
                parser.feed(piece)
            finally:
                yield from self._ready
                self._ready.clear()
        parser.end()

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        tag = name if name in _TAGS else local(name)
        if tag == "c":
            self._begin_cell(attributes)
        elif tag in {"v", "t"}:
            self._taking = not self._reading
        elif tag == "row":
            self._begin_row(attributes)
        elif tag == "f":
            self._formula = True
        elif tag == "rPh":
            self._reading = True

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        """Rows count up; a number that does not is not believed."""
        said = number(attributes.get("r"))
        self._number = said if self._number < said <= _LAST_ROW else self._number + 1
        self._row, self._column = Row(self._number, []), -1

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        reference = attributes.get("r", "")
        said = position(reference)[1] if _REFERENCE.fullmatch(reference) else -1
        self._column = said if said > self._column else self._column + 1
        self._type, self._style = attributes.get("t", ""), attributes.get("s", "")
        self._text, self._length, self._formula = [], 0, False

    def _data(self, text: str) -> None:
        if self._taking and self._length <= LONGEST_CELL:
            self._text.append(text)
            self._length += len(text)

    def _end(self, name: str) -> None:
        tag = name if name in _TAGS else local(name)
        if tag == "c":
            self._end_cell()
        elif tag in {"v", "t"}:
            self._taking = False
        elif tag == "row":
            self._end_row()
        elif tag == "rPh":
            self._reading = False

    def _end_cell(self) -> None:
        row, column = self._row, self._column
        if row is None:
            return
        value, fault = self._cell("".join(self._text))
        if column >= MOST_COLUMNS:
            if (value or fault) and not any(known.column is None for known in row.faults):
                row.faults.append(Fault(None, f"Only the columns A to {letters(MOST_COLUMNS - 1)} are read."))
            return
        faults = [Fault(column, fault)] if fault else text_faults(column, value)
        row.faults.extend(faults)
        row.values.extend([""] * (column + 1 - len(row.values)))
        row.values[column] = storable(value)

    def _cell(self, text: str) -> tuple[str, str | None]:
        """What a cell holds, and what is wrong with it."""
        if self._formula:
            return "", "This is a formula: paste its value instead."
        if self._type == "e":
            return "", f"This is an error ({text[:20]})."
        if self._type == "s":
            index = number(text.strip())
            return (self._texts[index], None) if 0 <= index < len(self._texts) else ("", "The text is missing.")
        if self._type == "b":
            return ("TRUE" if text.strip() == "1" else "FALSE"), None
        if self._type in {"str", "inlineStr"}:
            return unescaped(text), None
        return self._number_shown(text.strip())

    def _number_shown(self, text: str) -> tuple[str, str | None]:
        if not text:
            return "", None
        if self._type == "d" or number(self._style) in self._dates:
            return "", "This is a date: format the column as text and write it again."
        try:
            return format(float(text), ".15g"), None
        except ValueError:
            return "", "This is no number."

    def _end_row(self) -> None:
        row, self._row = self._row, None
        if row is None:
            return
        row.faults.extend(self._merged_here(row.number))
        if any(row.values) or row.faults:
            self._ready.append(row)

    def _merged_here(self, row: int) -> Iterator[Fault]:
        upto = bisect_right(self._merged, (row, _LAST_ROW, 0, 0))
        for first, left, last, right in self._merged[:upto]:
            if row <= last and left < MOST_COLUMNS:
                area = f"{letters(left)}{first}:{letters(right)}{last}"
                yield Fault(left, f"This cell is merged ({area}): unmerge it and fill every cell.")


_TAGS = frozenset({"c", "v", "t", "row", "f", "is", "rPh"})
