"""A vendor's statement of a month: what was earned, what was paid out, what is owed; also as a file."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

from flask import Blueprint, Response, render_template, request

from gateway.web import sessions
from gateway.web.formats import month as in_words
from gateway.web.guards import vendors_only
from gateway.web.languages import gettext, lazy_gettext
from gateway.web.parts import part

pages = Blueprint("ledger", __name__)
KINDS = {
    "earning": lazy_gettext("Delivered"),
    "reversal": lazy_gettext("Taken back"),
    "payout": lazy_gettext("Paid out"),
}
ALL = "all"
PASSED_ON = ("Content-Type", "Content-Disposition", "Content-Length")


@pages.get("/vendor/ledger")
@vendors_only
def show() -> Any:
    """The balances of a month and what they are made of, the newest first."""
    month, cursor = _month(), request.args.get("cursor", "")
    params = {"limit": "50", **_period(month), **({"cursor": cursor} if cursor else {})}
    found = part(
        gettext("your statement"), lambda: sessions.ask("ordering", "GET", "/vendor/ledger", params=params), None
    )
    ways = {"before": _beside(month, -1), "after": _beside(month, 1)} if month != ALL else {}
    told = {
        "in_words": _named,
        "found": found,
        "month": month,
        "cursor": cursor,
        "kinds": KINDS,
        "named": _named(month),
    }
    return render_template("vendor/ledger.html", **told, **ways)


@pages.get("/vendor/ledger.csv")
@vendors_only
def export() -> Any:
    """The statement of a month as CSV, for a spreadsheet."""
    month = _month()
    file = sessions.download("ordering", "/vendor/ledger.csv", params=_period(month))
    headers = {name: file.headers[name] for name in PASSED_ON if name in file.headers}
    headers["Content-Disposition"] = f'attachment; filename="statement-{month}.csv"'
    response = Response(file.pieces, headers=headers)
    response.call_on_close(file.close)
    return response


def _month() -> str:
    """The month that the address names, else this one."""
    said = request.args.get("month", "")
    if said == ALL or re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", said):
        return said
    return f"{datetime.now(UTC):%Y-%m}"


def _period(month: str) -> dict[str, str]:
    if month == ALL:
        return {}
    return {"from": f"{month}-01T00:00:00Z", "to": f"{_beside(month, 1)}-01T00:00:00Z"}


def _beside(month: str, by: int) -> str:
    """The month before or after."""
    year, number = map(int, month.split("-"))
    months = year * 12 + number - 1 + by
    return f"{months // 12}-{months % 12 + 1:02}"


def _named(month: str) -> str:
    return gettext("all time") if month == ALL else in_words(date.fromisoformat(f"{month}-01"))
