"""Columns of many rows as PostgreSQL array literals: one constant each for the server to parse, not one per value."""

from collections.abc import Iterable


def array(values: Iterable[object]) -> str:
    """Write ids, numbers, times and wire names, whose text needs no quotes."""
    return "{" + ",".join(map(str, values)) + "}"


def texts(values: Iterable[str]) -> str:
    """Write any texts (https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO)."""
    return "{" + ",".join([f'"{_escaped(value)}"' for value in values]) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
