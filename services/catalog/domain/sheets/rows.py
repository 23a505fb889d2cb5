"""What every kind of spreadsheet is read as: numbered rows of texts, with what is wrong in which column."""

import string
from dataclasses import dataclass, field

from shared.kit.errors import Invalid

LONGEST_CELL = 40_000
MOST_COLUMNS = 64
MOST_ROWS = 50_000
FORMULA_STARTS = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""With what a text begins that a spreadsheet may take for a formula
(https://owasp.org/www-community/attacks/CSV_Injection)."""


class UnreadableSheet(Invalid):
    """This file cannot be read as a spreadsheet."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell, or with the row if `column` is None; columns are counted from 0."""

    column: int | None
    message: str


@dataclass(frozen=True)
class Row:
    """A row by its number in the spreadsheet, the first being 1, with a text for every column that it has."""

    number: int
    values: list[str]
    faults: list[Fault] = field(default_factory=list)

    def named(self) -> str:
        """What the row's faults are, in words."""
        return " ".join(f"{place(fault.column)}{fault.message}" for fault in self.faults)


def place(column: int | None) -> str:
    """How a column is called before a sentence about it."""
    return "" if column is None else f"Column {letters(column)}: "


def letters(column: int) -> str:
    """The letters that a spreadsheet shows above a column: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = string.ascii_uppercase[rest] + name
    return name


def escaped(text: str) -> str:
    """A text that no spreadsheet takes for a formula: those that it might are given a leading apostrophe."""
    return f"'{text}" if text[:1] in FORMULA_STARTS or text[:1] == "'" else text


def unescaped(text: str) -> str:
    """What `escaped` was given."""
    return text[1:] if text[:1] == "'" and (text[1:2] in FORMULA_STARTS or text[1:2] == "'") else text


def storable(text: str) -> str:
    """A text that a database can keep, at most as long as a cell may be."""
    return text[:LONGEST_CELL].replace("\0", "\ufffd")


def text_faults(column: int, text: str) -> list[Fault]:
    """What is wrong with any text, whatever it is for."""
    if len(text) > LONGEST_CELL:
        return [Fault(column, f"The text is too long: at most {LONGEST_CELL:,} characters fit.")]
    if "\0" in text:
        return [Fault(column, "The text has a character that cannot be stored (NUL).")]
    if "\ufffd" in text:
        return [Fault(column, "Some characters cannot be read: save the file as UTF-8.")]
    return []
