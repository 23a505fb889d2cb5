"""Text for a terminal of 80 columns: marks, moments, durations, and words that wrap under themselves."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from datetime import UTC, datetime

import click

WIDTH = 80
MARKS = {True: ("✓", "green"), False: ("✗", "red"), None: ("·", "bright_black")}


def mark(ok: bool | None) -> str:
    """A sign for good, bad and neither."""
    sign, colour = MARKS[ok]
    return click.style(sign, fg=colour, bold=ok is False)


def clock(at: datetime | str | None) -> str:
    """The time of day in UTC, to the millisecond; twelve columns."""
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return f"{moment.astimezone(UTC):%H:%M:%S.%f}"[:12] if moment else " " * 12


def lasting(seconds: float | None) -> str:
    """A duration in the unit that it is best read in; up to eight columns."""
    if seconds is None:
        return ""
    size = abs(seconds)
    if size < 0.0005:
        return "+0 ms"
    for limit, factor, unit in ((1, 1000, "ms"), (120, 1, "s"), (7200, 1 / 60, "min"), (172_800, 1 / 3600, "h")):
        if size < limit:
            return f"{seconds * factor:+.0f} {unit}" if unit == "ms" else f"{seconds * factor:+.1f} {unit}"
    return f"{seconds / 86400:+.0f} d"


def hanging(lead: str, text: str, indent: int) -> Iterable[str]:
    """Lines of `text` behind `lead`, which is `indent` columns wide, none of them wider than the terminal."""
    room = WIDTH - indent
    first, *rest = textwrap.wrap(text, room, break_long_words=True, break_on_hyphens=False) or [""]
    yield f"{lead}{first}".rstrip()
    yield from (" " * indent + line for line in rest)


def paragraph(text: str, *, indent: int = 0) -> str:
    """Text that fits."""
    return "\n".join(textwrap.wrap(text, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * indent))


def command(text: str) -> str:
    """A command on a line of its own, never broken, so that it can be copied."""
    return "  " + click.style(text, bold=True)
