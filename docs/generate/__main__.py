"""`python -m docs.generate`: write every generated document again; with `--check` only say which would change."""

from __future__ import annotations

import sys

import click

from docs.generate.documents import ROOT, documents, drift


@click.command(epilog="Example: python -m docs.generate --check")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a document is not what the code says.")
def generate(check: bool) -> None:
    """Write the documents that are made from code, or look for those that are out of date."""
    wanted = documents()
    changed = drift(wanted)
    for path in changed:
        click.echo(f"{'differs' if check else 'written'}: {path}")
    if check:
        sys.exit(bool(changed))
    for path in changed:
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(wanted[path], encoding="utf-8")


if __name__ == "__main__":
    generate(prog_name="python -m docs.generate")
