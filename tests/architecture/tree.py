"""The tree of the code: its modules, and copies of it to break."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("shared", "services", "gateway", "deploy")
SERVICES = sorted(found.parent.name for found in ROOT.glob("services/*/__main__.py"))


def modules(*rooms: str, tests: bool = False) -> Iterator[Path]:
    """Every Python file of these rooms, with or without their tests."""
    for room in rooms:
        for file in sorted((ROOT / room).rglob("*.py")):
            if tests or "tests" not in file.relative_to(ROOT).parts:
                yield file


def parsed(file: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(file.read_text(encoding="utf-8"))


def shown(file: Path) -> str:
    """The path as people say it."""
    return str(file.relative_to(ROOT))


def copy(to: Path, *paths: str) -> Path:
    """Copy rooms, services or files of the project to another place, without what running leaves behind."""
    leave = shutil.ignore_patterns("__pycache__", "*.pyc", ".local")
    for path in paths:
        if (ROOT / path).is_dir():
            shutil.copytree(ROOT / path, to / path, ignore=leave)
        else:
            (to / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, to / path)
    return to
