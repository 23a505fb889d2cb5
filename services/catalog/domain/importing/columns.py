"""What the columns of a file are called, and what the cells below them say."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from services.catalog.domain import stock
from services.catalog.domain.languages import STEMMING
from services.catalog.domain.sheets.rows import Fault, UnreadableSheet, letters, unescaped
from services.catalog.domain.statuses import Status, Visibility
from shared.kit.money import DECIMALS, MOST

COLUMNS = (
    *("sku", "title", "description", "category", "price", "currency", "stock", "threshold"),
    *("status", "visibility", "language"),
)
"""In the order in which an export writes them."""
OURS = frozenset({"row", "problem"})
"""What a file of errors adds; sent back with it, they are passed over."""
LONGEST = {"sku": 64, "title": 200, "description": 20_000, "category": 120}

Said = dict[str, str | int]
"""What a row says, by column; an empty cell says nothing."""


class Cell(NamedTuple):
    """What is wrong with a cell, in the words of the vendor's own file."""

    column: str | None
    field: str | None
    message: str


class Heading:
    """Which column says what. Raises `UnreadableSheet` if one is missing, or there twice."""

    def __init__(self, cells: Sequence[str]) -> None:
        named = [_tidy(cell) for cell in cells]
        self.fields = {index: name for index, name in enumerate(named) if name in COLUMNS}
        if "sku" not in named:
            raise UnreadableSheet(f"The first row must name the columns, and one must be sku: {', '.join(COLUMNS)}.")
        twice = sorted({name for name in self.fields.values() if named.count(name) > 1})
        if twice:
            raise UnreadableSheet(f"The column {twice[0]} is there twice.")

    def read(self, values: Sequence[str]) -> tuple[Said, list[Fault]]:
        """What a row says, and what is wrong with it."""
        said: Said = {}
        faults: list[Fault] = []
        for index, field in self.fields.items():
            text = unescaped(values[index] if index < len(values) else "").strip()
            if not text:
                continue
            try:
                said[field] = _READ[field](text)
            except ValueError as wrong:
                faults.append(Fault(index, str(wrong)))
        if "sku" not in said and not any(self.fields.get(fault.column or 0) == "sku" for fault in faults):
            faults.append(Fault(self.index("sku"), "Every row needs a SKU."))
        return said, faults

    def index(self, field: str) -> int | None:
        """In which column a field stands."""
        return next((index for index, name in self.fields.items() if name == field), None)

    def told(self, faults: Sequence[Fault]) -> Iterator[Cell]:
        """Faults by the letter and the name of their column."""
        for fault in faults:
            column = None if fault.column is None else letters(fault.column)
            yield Cell(column, None if fault.column is None else self.fields.get(fault.column), fault.message)


def unknown(heading: Sequence[str]) -> list[str]:
    """The columns that mean nothing here."""
    return [cell.strip()[:100] for cell in heading if _tidy(cell) not in {*COLUMNS, *OURS, ""}]


def minor_units(text: str, currency: str) -> int:
    """An amount as people write it, in minor units. Raises `ValueError` with a sentence."""
    decimals = DECIMALS[currency]
    match = re.fullmatch(r"(\d{1,15})(?:[.,](\d+))?", text)
    if not match:
        raise ValueError("Must be an amount like 1999.00, without a sign and without grouping.")
    whole, part = match[1], (match[2] or "").rstrip("0")
    if len(part) > decimals:
        raise ValueError(f"{currency} has {decimals or 'no'} decimals.")
    amount = int(whole + part.ljust(decimals, "0"))
    if amount > MOST:
        raise ValueError("Nothing costs so much.")
    return amount


def _tidy(cell: str) -> str:
    return re.sub(r"[\s_]+", "_", cell.replace("\ufeff", "").strip().lower())


def _line(field: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        return _short(field, " ".join(text.split()))

    return read


def _short(field: str, text: str) -> str:
    if len(text) > LONGEST[field]:
        raise ValueError(f"At most {LONGEST[field]:,} characters fit here; these are {len(text):,}.")
    return text


def _price(text: str) -> str:
    if text.startswith("-"):
        raise ValueError("A price is never negative.")
    if not re.fullmatch(r"\d{1,15}([.,]\d{1,15})?", text):
        raise ValueError("Must be an amount like 1999.00, without a sign and without grouping.")
    return text


def _currency(text: str) -> str:
    code = text.upper()
    if code not in DECIMALS:
        raise ValueError("Not a currency of ISO 4217.")
    return code


def _count(text: str) -> int:
    if not re.fullmatch(r"\d{1,10}", text) or int(text) > stock.MOST:
        raise ValueError("Must be a whole number that is not negative, up to a billion.")
    return int(text)


def _one_of(known: Sequence[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        word = "_".join(text.lower().split())
        if word not in known:
            raise ValueError(f"Must be one of: {', '.join(known)}.")
        return word

    return read


def _language(text: str) -> str:
    code = text.lower()
    if not re.fullmatch("[a-z]{2}", code):
        raise ValueError(f"Must be two letters of ISO 639-1, like {', '.join([*STEMMING][:3])}.")
    return code


_READ: Mapping[str, Callable[[str], Any]] = {
    "sku": _line("sku"),
    "title": _line("title"),
    "description": lambda text: _short("description", text),
    "category": _line("category"),
    "price": _price,
    "currency": _currency,
    "stock": _count,
    "threshold": _count,
    "status": _one_of([status.value for status in Status]),
    "visibility": _one_of([visibility.value for visibility in Visibility]),
    "language": _language,
}
