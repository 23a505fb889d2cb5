"""`python -m gateway.static build FOLDER`."""

from __future__ import annotations

from pathlib import Path

import click

from gateway.static.files import build


@click.group()
def main() -> None:
    """Build the static files."""


@main.command(name="build")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def build_command(folder: Path) -> None:
    """Fill FOLDER with hashed files and their manifest. Example: python -m gateway.static build build/static."""
    for name, hashed in build(folder).names.items():
        click.echo(f"{name:14} {hashed}")


if __name__ == "__main__":
    main()
