"""Times, dates, numbers and amounts as the reader's country writes them; the services count in UTC and minor units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from babel import dates, numbers
from markupsafe import Markup

from gateway.web.languages import gettext, locale
from shared.kit.money import DECIMALS

Unit = Literal["day", "hour", "minute"]
UNITS: tuple[tuple[Unit, int], ...] = (("day", 86_400), ("hour", 3_600), ("minute", 60))
A_WEEK = 7 * 86_400


def moment(text: str | None) -> datetime | None:
    """Read an RFC 3339 time."""
    return datetime.fromisoformat(text) if text else None


def price(money: Mapping[str, Any] | None) -> str:
    """An amount with its currency: 1999 EUR is €19.99 or 19,99 €."""
    if not money:
        return ""
    amount = Decimal(money["amount"]).scaleb(-DECIMALS.get(money["currency"], 2))
    return numbers.format_currency(amount, money["currency"], locale=locale()).replace("-", "−")


def less(money: Mapping[str, Any] | None) -> str:
    """What is taken off: 500 EUR is −€5.00."""
    return price({**money, "amount": -money["amount"]}) if money else ""


def number(value: float | Decimal | None) -> str:
    """A number with its digits in groups."""
    return "" if value is None else numbers.format_decimal(value, locale=locale())


def percent(basis_points: int | None) -> str:
    """A rate: 1250 is 12.5%."""
    if basis_points is None:
        return ""
    return numbers.format_percent(Decimal(basis_points) / 10_000, locale=locale(), decimal_quantization=False)


def weight(size: int) -> str:
    """How large a file is."""
    if size >= 1_048_576:
        return f"{numbers.format_decimal(size / 1_048_576, '#,##0.0', locale=locale())} MB"
    return f"{number(max(1, round(size / 1024)))} KB"


def lasting(seconds: float | None) -> str:
    """A duration as people read it."""
    if seconds is None:
        return ""
    if abs(seconds) < 1:
        return f"{number(round(seconds * 1000))} ms"
    if abs(seconds) < 120:
        return f"{numbers.format_decimal(seconds, '#,##0.0', locale=locale())} s"
    return f"{number(round(seconds / 60))} min"


def country(code: str | None) -> str:
    """The name of a country."""
    return str(locale().territories.get(code or "", code or ""))


def dated(at: date) -> str:
    """A date."""
    return dates.format_date(at, "medium" if locale().territory else "d MMM y", locale=locale())


def month(at: date) -> str:
    """A month and its year."""
    return dates.format_skeleton("yMMMM", at, locale=locale())


def ago(text: str | None, now: datetime | None = None) -> Markup:
    """How long ago something was, with the exact time for machines and for whoever points at it."""
    at = moment(text)
    if at is None:
        return Markup("")
    return _time(at, _distance((now or datetime.now(UTC)) - at, at))


def day(text: str | None) -> Markup:
    """The date of a time, in UTC."""
    at = moment(text)
    return _time(at, _date(at)) if at else Markup("")


def clock(text: str | None) -> Markup:
    """The time of day to the millisecond, in UTC."""
    at = moment(text)
    return _time(at, f"{at.astimezone(UTC):%H:%M:%S.%f}"[:12]) if at else Markup("")


def minute(at: datetime) -> str:
    """The time of day, in UTC."""
    form = "short" if locale().territory else "HH:mm"
    return gettext("%(time)s UTC", time=dates.format_time(at.astimezone(UTC), form, locale=locale()))


def _distance(passed: timedelta, at: datetime) -> str:
    seconds = int(passed.total_seconds())
    if seconds >= A_WEEK:
        return _date(at)
    for name, size in UNITS:
        if seconds >= size:
            whole = timedelta(seconds=-(seconds // size * size))
            return dates.format_timedelta(whole, name, threshold=A_WEEK, add_direction=True, locale=locale())
    return gettext("just now")


def _date(at: datetime) -> str:
    return dated(at.astimezone(UTC).date())


def _time(at: datetime, shown: str) -> Markup:
    exact = gettext("%(day)s, %(time)s", day=_date(at), time=minute(at))
    return Markup('<time datetime="{}" title="{}">{}</time>').format(at.astimezone(UTC).isoformat(), exact, shown)


FILTERS: dict[str, Callable[..., Any]] = {
    said.__name__: said
    for said in (
        *(ago, clock, country, dated, day, lasting, less, month),
        *(number, percent, price, weight),
    )
}
"""What templates can say."""
