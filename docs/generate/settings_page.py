"""`docs/settings.md`: every environment variable of every program, from the settings classes."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Sequence
from dataclasses import MISSING, Field, fields
from itertools import pairwise
from textwrap import dedent
from types import UnionType
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from marshmallow.validate import Length, Range

from docs.generate.declared import Program
from shared.kit.settings import Secret, WebSettings

GIVEN = "service"
"""The one field that is not read: which service it is, the code knows."""
HEAD = """# Settings

Made from the code by `make docs`; do not edit. Every program reads its settings from the environment once, when it
starts; what is missing or wrong stops it and is named, all of it at once, and no value is ever shown. `X_FILE` names a
file that `X` is read from when `X` is not set, as container secrets are mounted. With `ENVIRONMENT=production`, values
made for the local system are refused.
"""
TAIL = """## Beside the settings

| variable | read by | meaning |
| --- | --- | --- |
| `PROMETHEUS_MULTIPROC_DIR` | `web` with several workers | where they add up their metrics; emptied at start |
| `FAILPOINTS` | tests of faults | where a process kills itself; refused in production |
| `MARKET_STATE` | `market` | where the local system keeps its state, in place of `.local` |
| `MARKET_CALLER` | `market` | the folder that it was called from, which `./market` notes itself |
| `MARKET_PASSWORD` | `market products` | the password of the vendor whose products they are |
| `MARKET_POSTGRES_URL`, `MARKET_BROKER_URL` | `market` | servers to use in place of its own |
| `TEST_POSTGRES_URL`, `TEST_BROKER_URL` | tests | the same for tests |
| `TEST_WORKERS` | `make test` | how many processes run tests side by side |
"""


def page(programs: Sequence[Program]) -> str:
    """Write the page: a table for each class, under the name of the programs that read it."""
    readers: dict[type[WebSettings], list[str]] = {}
    for program in programs:
        for cls in reversed(_settings_classes(program.settings)):
            readers.setdefault(cls, []).append(program.name)
    sections = (_section(_title(names, len(programs)), cls) for cls, names in readers.items())
    return "\n".join([HEAD, *(line for section in sections for line in section), TAIL])


def _settings_classes(settings: type[WebSettings]) -> list[type[WebSettings]]:
    return [cls for cls in settings.__mro__ if issubclass(cls, WebSettings)]


def _title(names: Sequence[str], programs: int) -> str:
    if len(names) == 1:
        return names[0].capitalize()
    return "Every program" if len(names) == programs else "Every service"


def descriptions(settings: type[WebSettings]) -> dict[str, str]:
    """What the class says below each field; a field without a sentence is absent."""
    said: dict[str, str] = {}
    for cls in reversed(_settings_classes(settings)):
        said |= _below_fields(cls)
    return said


def _below_fields(cls: type[WebSettings]) -> dict[str, str]:
    (body,) = ast.parse(dedent(inspect.getsource(cls))).body
    statements = body.body if isinstance(body, ast.ClassDef) else []
    pairs = pairwise(statements)
    return {
        field.target.id: " ".join(said.value.value.split())
        for field, said in pairs
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(said, ast.Expr)
        and isinstance(said.value, ast.Constant)
        and isinstance(said.value.value, str)
    }


def _section(title: str, cls: type[WebSettings]) -> Iterator[str]:
    hints, said = get_type_hints(cls, include_extras=True), descriptions(cls)
    yield f"## {title}\n"
    yield "| variable | value | default | meaning |"
    yield "| --- | --- | --- | --- |"
    for field in fields(cls):
        if field.name in vars(cls).get("__annotations__", ()) and field.name != GIVEN:
            value, meaning = _value(hints[field.name]), said.get(field.name, "")
            yield f"| `{field.name.upper()}` | {value} | {_default(field)} | {meaning} |"
    yield ""


def _default(field: Field[Any]) -> str:
    if field.default is MISSING:
        return "**required**"
    shown = str(field.default).lower() if isinstance(field.default, bool) else field.default
    return f"`{shown}`" if shown not in ("", None) else "none"


def _value(hint: Any) -> str:
    if isinstance(hint, UnionType):
        return _value(next(arg for arg in get_args(hint) if arg is not type(None)))
    if get_origin(hint) is Literal:
        return " or ".join(f"`{choice}`" for choice in get_args(hint))
    if get_origin(hint) is Annotated:
        kind, *checks = get_args(hint)
        return " ".join([_value(kind), *(bounds for check in checks if (bounds := _bounds(check)))])
    return {Secret: "secret text", str: "text", bool: "`true` or `false`", int: "number", float: "number"}.get(
        hint, "path"
    )


def _bounds(check: Any) -> str:
    if isinstance(check, Range):
        return f"{check.min} to {check.max}"
    return f"of at least {check.min} characters" if isinstance(check, Length) else ""
