"""Money as people read and write it; the services count in whole minor units."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.numbers import format_currency

from shared.kit.money import DECIMALS, written

USUAL = ("EUR", "USD", "GBP", "CHF")
"""The currencies that are offered first."""


class NotMoney(ValueError):
    """This text is no amount of the currency; the message says what is wrong with it."""


def price(money: Mapping[str, Any] | None) -> str:
    """An amount with its currency: 1999 EUR is €19.99."""
    if not money:
        return ""
    amount = Decimal(money["amount"]).scaleb(-DECIMALS.get(money["currency"], 2))
    return str(format_currency(amount, money["currency"], locale="en"))


def plain(money: Mapping[str, Any] | None) -> str:
    """An amount as it is typed into a form: 1999 EUR is 19.99."""
    return written(money["amount"], money["currency"]) if money else ""


def minor(text: str, currency: str) -> int:
    """Read what somebody typed, with a point or a comma, as minor units. Raises `NotMoney`."""
    decimals = DECIMALS.get(currency, 2)
    try:
        amount = Decimal("".join(text.split()).replace(",", ".")).scaleb(decimals)
        whole = amount.to_integral_value()
    except InvalidOperation:
        raise NotMoney("Enter an amount, like 12.50.") from None
    if not amount.is_finite() or amount < 0 or amount >= 10**15:
        raise NotMoney("Enter an amount from nought upwards.")
    if whole != amount:
        raise NotMoney(f"{currency} has {decimals or 'no'} decimals.")
    return int(whole)


def currencies() -> list[tuple[str, str]]:
    """The codes to choose from, the usual ones first."""
    return [(code, code) for code in (*USUAL, *sorted(DECIMALS.keys() - set(USUAL)))]
