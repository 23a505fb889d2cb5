"""Every refusal of every service, and every fault that a schema can find, has its sentence in every language."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import marshmallow as ma
import pytest

from gateway.web.catalogs import SOURCE
from gateway.web.languages import LANGUAGES
from gateway.web.said import sentence_in
from shared.kit.errors import Refusal
from tests.architecture.tree import ROOT, SERVICES

every_other_language = pytest.mark.parametrize("language", sorted(LANGUAGES.keys() - {SOURCE}))
LIMITS = {"min": 1, "max": 9, "equal": 5, "choices": "a, b", "labels": "", "input": "x"}


def everything_of(room: str) -> None:
    """Import every module of a room, so that all of its classes are known."""
    for file in sorted((ROOT / room).rglob("*.py")):
        parts = file.relative_to(ROOT).with_suffix("").parts
        if "tests" not in parts and "migrations" not in parts and file.name != "__main__.py":
            import_module(".".join(parts))


@pytest.fixture(scope="module", autouse=True)
def _all_known() -> None:
    for name in SERVICES:
        everything_of(f"services/{name}")


def descendants(kind: type[Any]) -> Iterator[type[Any]]:
    for each in kind.__subclasses__():
        yield each
        yield from descendants(each)


def is_spoken(module: str) -> bool:
    """Whether people may read what this module refuses; tests and the internal port speak to nobody."""
    return module.startswith(("services.", "shared.kit.", "shared.inspection.")) and ".tests." not in module


@every_other_language
def test_every_refusal_is_told(language: str) -> None:
    kinds = {each for each in descendants(Refusal) if is_spoken(each.__module__)}
    assert len(kinds) > 60
    untold = {
        f"{kind.__module__}.{kind.__name__}": text
        for kind in kinds
        for text in (kind.title, (kind.__doc__ or kind.title).strip().partition("\n")[0])
        if sentence_in(language, text) is None
    }
    assert untold == {}


@every_other_language
def test_every_fault_of_a_field_is_told(language: str) -> None:
    schemas = {each for each in descendants(ma.Schema) if each.__module__.startswith("services.")}
    assert len(schemas) > 50
    found = {text for schema in schemas for field in schema._declared_fields.values() for text in faults(field)}
    assert len(found) > 20
    assert {text for text in found if sentence_in(language, text) is None} == set()


def faults(field: ma.fields.Field[Any]) -> Iterator[str]:
    """What a field says of a wrong value, as it would say it."""
    for text in field.error_messages.values():
        if isinstance(text, str) and "{input" not in text and "{obj_type" not in text:
            yield text.format(**LIMITS)
    for check in field.validators:
        error = getattr(check, "error", None)
        if isinstance(error, str):
            yield error.format(**LIMITS)
    for inner in (getattr(field, "inner", None), getattr(field, "value_field", None)):
        if isinstance(inner, ma.fields.Field):
            yield from faults(inner)
