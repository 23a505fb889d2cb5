"""The page docs/debugging-mappings.md, told with what the drill saw."""

from __future__ import annotations

import click

from deploy.local.drill.play import Act, Drill
from deploy.local.inspecting.mappings import lines_of

HEAD = """# A mapping is missing: found and mended in a minute

Somebody registered through a vendor's link and is not on the vendor's list. Nothing about a mapping is silent here, so
the system knows why. This page is written by the drill (`make drill WRITE=docs/debugging-mappings.md`): what follows
was seen, not imagined, and a test compares it with what a drill sees today.

## The question

```
./market mappings explain --customer EMAIL
```

asks identity and vendor, hop by hop, and ends in one sentence and the command that mends it:

"""
TABLE = """
## Every place where a mapping can be lost

Each of these was brought about in a running system, named by `explain`, and mended by the command beside it. At the end
{rows} rows of `vendor_customer` and `invite_outcome` had the checksum they had at the beginning, and every link had
been announced exactly once.

| what was broken | what explain says | what mends it |
| --- | --- | --- |
"""
TAIL = """
What was decided stays decided: a refusal is a fact with its reason, and no command turns it into a link. The vendor
shares a new link, and the customer accepts it.

## When many are missing

- `./market mappings reconcile` compares every publisher's log with every consumer's inbox, names what is missing and
  for how long, and `--heal` hands it to the consumer itself, which handles it exactly once and announces it. The
  comparison runs in every service's scheduler every five minutes; its gauges are `reconcile_missing` and
  `reconcile_oldest_seconds`.
- `./market parked list` groups events that failed for good by what they died of; after the cause is mended
  `./market parked redrive --service vendor --signature …` tries them again, at a rate, and writes down who did.
- `./market events trace ID` shows what one request caused over all services, with the time of each step.
- The same is on the pages `/admin/mappings` and `/admin/events`, and in the API below `/api/admin/`.
"""


def story(done: Drill) -> str:
    """Tell it."""
    act = next(each for each in done.acts if each.fault == "inbox row deleted")
    parts = [HEAD, _printed(lines_of(act.found)), "\n## The answer\n\n", _printed(_mended(act)), "\nAsked again:\n\n"]
    if act.after:
        parts.append(_printed(lines_of(act.after)))
    parts.append(TABLE.format(rows=done.rows))
    parts += [f"| {each.fault} | {each.seen} | {_cell(each)} |\n" for each in done.acts]
    return "".join([*parts, TAIL])


def _mended(act: Act) -> list[str]:
    return [f"$ {act.remedy}", *act.printed.rstrip().splitlines()]


def _printed(lines: list[str]) -> str:
    return "\n".join(["```", *map(click.unstyle, lines), "```", ""])


def _cell(act: Act) -> str:
    return f"`{act.remedy}`" if act.remedy else "nothing: it is a fact"
