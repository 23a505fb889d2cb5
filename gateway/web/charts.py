"""Series over time as pictures: a bar for every day, week or month, gaps included, for each currency."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from gateway.web.formats import moment, price
from gateway.web.languages import lazy_gettext

WIDTH, HEIGHT = 640, 180
GAP = 0.25
"""The part of a bar's place that is left free."""
SPANS = {
    "week": (26, lazy_gettext("26 weeks")),
    "month": (12, lazy_gettext("12 months")),
    "day": (30, lazy_gettext("30 days")),
}
"""How many bars there are, and what their time is called."""


@dataclass(frozen=True)
class Bar:
    """One stretch of time: where its bar is drawn, and what it says."""

    at: date
    x: float
    y: float
    width: float
    height: float
    said: str
    orders: int
    point: Mapping[str, Any]


@dataclass(frozen=True)
class Chart:
    """All bars of a currency, and the sum that the highest stands for."""

    currency: str
    bars: list[Bar]
    highest: str


def charts(series: Iterable[Mapping[str, Any]], by: str, now: datetime | None = None) -> list[Chart]:
    """Draw what was taken over the time up to now, a chart for each currency, the one of most revenue first."""
    known: dict[str, dict[date, Mapping[str, Any]]] = {}
    for point in series:
        if at := moment(point["at"]):
            known.setdefault(point["currency"], {})[at.astimezone(UTC).date()] = point
    times = list(stretches(by, (now or datetime.now(UTC)).astimezone(UTC).date()))
    order = sorted(known, key=lambda it: -sum(point["revenue"] for point in known[it].values()))
    return [_chart(currency, known[currency], times) for currency in order]


def begins(by: str, now: datetime) -> datetime:
    """The moment at which the first bar begins."""
    first = next(stretches(by, now.astimezone(UTC).date()))
    return datetime(first.year, first.month, first.day, tzinfo=UTC)


def stretches(by: str, today: date) -> Iterator[date]:
    """The first days of the stretches up to today's; weeks begin on Mondays."""
    count = SPANS[by][0]
    for back in range(count - 1, -1, -1):
        if by == "month":
            months = today.year * 12 + today.month - 1 - back
            yield date(months // 12, months % 12 + 1, 1)
        else:
            start = today - timedelta(days=today.weekday()) if by == "week" else today
            yield start - timedelta(days=back * (7 if by == "week" else 1))


def _chart(currency: str, known: Mapping[date, Mapping[str, Any]], times: list[date]) -> Chart:
    most = max((known[at]["revenue"] for at in times if at in known), default=0) or 1
    place = WIDTH / len(times)
    bars = [_bar(at, known.get(at), place * index, place, most, currency) for index, at in enumerate(times)]
    return Chart(currency, bars, price({"amount": most, "currency": currency}))


def _bar(at: date, found: Mapping[str, Any] | None, x: float, place: float, most: int, currency: str) -> Bar:
    point = found or {"revenue": 0, "commission": 0, "earnings": 0, "orders": 0, "currency": currency}
    height = point["revenue"] / most * HEIGHT
    height = max(height, 2.0) if point["revenue"] else 0.0
    sizes = (round(x + place * GAP / 2, 2), round(HEIGHT - height, 2), round(place * (1 - GAP), 2), round(height, 2))
    said = price({"amount": point["revenue"], "currency": currency})
    return Bar(at, *sizes, said, point["orders"], point)
