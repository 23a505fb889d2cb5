"""Money as people type it; the services count in whole minor units."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel.numbers import get_group_symbol

from gateway.web.languages import gettext, locale
from shared.kit.money import DECIMALS, written

USUAL = ("EUR", "USD", "GBP", "CHF")
"""The currencies that are offered first."""
A_NUMBER = re.compile(r"\d+(\.\d*)?|\.\d+")


class NotMoney(ValueError):
    """This text is no amount of the currency; the message says what is wrong with it."""


def plain(money: Mapping[str, Any] | None) -> str:
    """An amount as it is typed into a form: 1999 EUR is 19.99."""
    return written(money["amount"], money["currency"]) if money else ""


def minor(text: str, currency: str) -> int:
    """Read what somebody typed, with a point or a comma, as minor units. Raises `NotMoney`."""
    decimals = DECIMALS.get(currency, 2)
    number = typed(text, decimals)
    if text.strip().startswith("-"):
        raise NotMoney(gettext("Enter an amount from nought upwards."))
    if number is None:
        raise NotMoney(gettext("Enter an amount, like 12.50."))
    if number >= 10 ** (15 - decimals):
        raise NotMoney(gettext("Enter an amount from nought upwards."))
    amount = number.scaleb(decimals)
    if amount != amount.to_integral_value():
        raise NotMoney(_too_fine(currency, decimals))
    return int(amount)


def typed(text: str, decimals: int = 2) -> Decimal | None:
    """A number that somebody typed: 12.50, 12,50, or with groups as the reader's country writes them.

    The last sign parts the decimals, unless it is the sign that groups digits there, exactly three follow it, and
    fewer are possible: what a form was filled with is always read as it was meant.
    """
    said = "".join(text.split()).replace("’", "").replace("'", "")
    last = max(said.rfind("."), said.rfind(","))
    if last < 0:
        return Decimal(said) if A_NUMBER.fullmatch(said) else None
    whole, sign, part = said[:last], said[last], said[last + 1 :]
    if said.count(sign) > 1 or (sign == _group() and len(part) == 3 and decimals < 3):
        return _grouped(said, sign)
    head = _grouped(whole, "," if sign == "." else ".") if whole else Decimal(0)
    found = f"{head}.{part}" if head is not None else ""
    return Decimal(found) if A_NUMBER.fullmatch(found) and (whole or part) else None


def currencies() -> list[tuple[str, str]]:
    """The codes to choose from, the usual ones first."""
    return [(code, code) for code in (*USUAL, *sorted(DECIMALS.keys() - set(USUAL)))]


def _grouped(text: str, sign: str) -> Decimal | None:
    known = re.fullmatch(rf"\d+|\d{{1,3}}({re.escape(sign)}\d{{3}})+", text)
    return Decimal(text.replace(sign, "")) if known else None


def _group() -> str:
    return str(get_group_symbol(locale()))


def _too_fine(currency: str, decimals: int) -> str:
    if not decimals:
        return gettext("%(currency)s has no decimals.", currency=currency)
    return gettext("%(currency)s has %(decimals)s decimals.", currency=currency, decimals=decimals)
