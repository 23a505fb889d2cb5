"""Logs: the last lines of several files, and whatever comes."""

from __future__ import annotations

import time
from collections import deque
from pathlib import Path
from typing import IO

import click


def show(files: list[Path], lines: int, *, follow: bool) -> None:
    """Print the last `lines` of each file, prefixed with its name; with `follow` go on until interrupted."""
    opened = {file.stem: file.open(errors="replace") for file in files}
    for name, stream in opened.items():
        for line in deque(stream, maxlen=lines):
            _print(name, line)
    while follow:
        came = [_forward(name, stream) for name, stream in opened.items()]
        if not any(came):
            time.sleep(0.2)


def _forward(name: str, stream: IO[str]) -> bool:
    new = stream.readlines()
    for line in new:
        _print(name, line)
    return bool(new)


def _print(name: str, line: str) -> None:
    click.echo(f"{click.style(f'{name:>18}', fg='cyan')} | {line.rstrip()}")
