"""Every environment variable is documented, and no secret has a value in the code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import MISSING, fields
from typing import get_type_hints

import pytest

from docs.generate.declared import Program, programs
from docs.generate.settings_page import descriptions
from shared.kit.settings import Secret
from tests.architecture.tree import ROOMS, ROOT, modules, parsed, shown

PAGES = "".join((ROOT / "docs" / name).read_text() for name in ("settings.md", "operate.md"))
COMMON = {"PATH", "HOME", "TERM", "TMPDIR", "USER", "LANG", "CI"}
"""What every machine sets, or no one has to."""
every_program = pytest.mark.parametrize("program", programs(), ids=lambda program: program.name)


@every_program
def test_every_setting_has_a_sentence_and_a_row(program: Program) -> None:
    said = descriptions(program.settings)
    names = {field.name for field in fields(program.settings)} - {"service"}
    assert names - said.keys() == set()
    assert [name for name in names if f"| `{name.upper()}` |" not in PAGES] == []


@every_program
def test_no_secret_has_a_default(program: Program) -> None:
    hints = get_type_hints(program.settings)
    given = [field.name for field in fields(program.settings) if field.default not in (MISSING, None)]
    assert [name for name in given if hints[name] is Secret or hints[name] == Secret | None] == []


def test_a_variable_that_is_read_elsewhere_is_documented_too() -> None:
    read = {shown(file): set(_read(parsed(file))) - COMMON for file in modules(*ROOMS, "tests/infrastructure")}
    assert {name for names in read.values() for name in names}, "nothing was found: the look-out is broken"
    assert {file: names for file, names in read.items() if [name for name in names if f"`{name}`" not in PAGES]} == {}


def _read(module: ast.Module) -> Iterator[str]:
    """The names given to `os.environ` and `os.getenv`, also by constants of the module."""
    constants = {
        target.id: node.value.value
        for node in module.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(module):
        asked = _asked(node)
        if isinstance(asked, ast.Name):
            asked = ast.Constant(constants.get(asked.id))
        if isinstance(asked, ast.Constant) and isinstance(asked.value, str):
            yield asked.value


def _asked(node: ast.AST) -> ast.expr | None:
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
        return node.slice
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("os.environ.get", "os.getenv", "os.environ.pop"):
        return node.args[0]
    return None
