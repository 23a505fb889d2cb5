"""`python -m services.X rebuild TABLE`: a derived table made again from the logs, compared, and swapped in if asked."""

import json
from dataclasses import asdict
from typing import Any

import click

from shared.messaging.replay.rebuild import Rebuild, Rebuilt
from shared.runtime.reporting import in_words, refusals, settings_or_exit
from shared.runtime.service import Service

HELP = """Make a table again from the service's logs and compare it with the live one, byte for byte.

With --swap the new rows replace the live ones if any differ; readers see the old rows or the new.

Exit codes: 0 equal, or swapped; 3 rows differ; 1 refused; 2 wrong usage.

\b
Examples:
  python -m services.{name} rebuild {table}
  python -m services.{name} rebuild {table} --swap --json
"""
DIFFERENT = 3


def rebuild_command(service: Service) -> click.Command:
    """Build the command for one service; its tables are those that have a definition."""
    tables = {table.table: table for table in service.projections.tables if table.definition}

    @click.argument("table", type=click.Choice(sorted(tables)))
    @click.option("--swap", is_flag=True, help="Let the new rows replace the live ones.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    def rebuild(table: str, swap: bool, as_json: bool) -> None:
        with refusals():
            rebuilt = Rebuild(settings_or_exit(service).owner_database_url, tables[table]).run(swap=swap)
        click.echo(json.dumps(_document(rebuilt), default=str) if as_json else _words(rebuilt))
        raise SystemExit(0 if rebuilt.difference.empty or rebuilt.swapped else DIFFERENT)

    example = next(iter(tables), "TABLE")
    return click.command("rebuild", help=HELP.format(name=service.name, table=example))(rebuild)


def _document(rebuilt: Rebuilt) -> dict[str, Any]:
    return {**asdict(rebuilt), "counts": rebuilt.difference.counts[rebuilt.table]}


def _words(rebuilt: Rebuilt) -> str:
    if rebuilt.difference.empty:
        return f"{rebuilt.table}: {rebuilt.rows:,} rows, equal byte for byte"
    counts = rebuilt.difference.counts[rebuilt.table]
    told = ", ".join(f"{counts[kind]:,} {words}" for kind, words in _KINDS.items() if counts[kind])
    end = "swapped in" if rebuilt.swapped else "nothing was changed; --swap lets the new rows replace the live ones"
    return "\n".join([*map(in_words, rebuilt.examples), f"{rebuilt.table}: {told}; {end}"])


_KINDS = {"insert": "missing", "change": "different", "only_live": "only in live"}
