"""What is dumped quickly is what marshmallow dumps."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import marshmallow as ma
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.kit.dumps import dump
from shared.kit.shapes import Instant


class Colour(StrEnum):
    RED = "red"


class Leaf(ma.Schema):
    number = ma.fields.Integer()
    colour = ma.fields.String()
    written = ma.fields.Integer(as_string=True)


class Branch(ma.Schema):
    """Fields of every kind that answers have, and names that differ inside and outside."""

    id = ma.fields.UUID()
    sure = ma.fields.Boolean()
    at = Instant()
    named = ma.fields.String(data_key="called", attribute="name")
    leaf = ma.fields.Nested(Leaf)
    some = ma.fields.Nested(Leaf, only=("number",))
    leaves = ma.fields.List(ma.fields.Nested(Leaf))
    many = ma.fields.Nested(Leaf, many=True)
    words = ma.fields.List(ma.fields.String())
    about = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer())
    price = ma.fields.Decimal(as_string=True)


BRANCH = Branch()
leaf = st.fixed_dictionaries(
    {},
    optional={
        "number": st.none() | st.integers() | st.just("7") | st.booleans(),
        "colour": st.none() | st.text() | st.just(Colour.RED) | st.just(b"red") | st.integers(),
        "written": st.none() | st.integers(),
        "unknown": st.integers(),
    },
)
branch = st.fixed_dictionaries(
    {},
    optional={
        "id": st.none() | st.uuids() | st.just("no id"),
        "sure": st.none() | st.booleans() | st.just("yes"),
        "at": st.none() | st.just(datetime(2026, 3, 1, 12, tzinfo=UTC)),
        "name": st.none() | st.text(),
        "leaf": st.none() | leaf | leaf.map(lambda given: SimpleNamespace(**given)),
        "some": st.none() | leaf,
        "leaves": st.none() | st.lists(leaf, max_size=3),
        "many": st.lists(leaf, max_size=2),
        "words": st.none() | st.lists(st.none() | st.text(), max_size=3),
        "about": st.none() | st.dictionaries(st.text(), st.integers(), max_size=2),
        "price": st.none() | st.decimals(0, 9),
    },
)


@settings(max_examples=300, deadline=None)
@given(branch)
def test_what_is_dumped_quickly_is_the_same(given: dict[str, Any]) -> None:
    assert dump(BRANCH, given) == BRANCH.dump(given)


def test_hooks_defaults_and_methods_are_left_to_marshmallow() -> None:
    class Hooked(ma.Schema):
        word = ma.fields.String(dump_default="none")
        made = ma.fields.Method("make")

        def make(self, _: Any) -> str:
            return "made"

        @ma.post_dump
        def more(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
            return data | {"more": True}

    assert dump(Hooked(), {}) == {"word": "none", "made": "made", "more": True}
    defaults = ma.Schema.from_dict({"word": ma.fields.String(dump_default="none")})()
    assert dump(defaults, {}) == {"word": "none"}


class Called(ma.Schema):
    twice = ma.fields.Method("make")

    def make(self, whole: dict[str, Any]) -> str:
        return str(whole["word"]) * 2


def test_what_is_made_of_the_whole_is_left_to_marshmallow() -> None:
    assert dump(Called(), {"word": "a"}) == {"twice": "aa"}


def test_what_marshmallow_cannot_dump_is_refused_alike() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        BRANCH.dump({"leaf": {"number": "x"}})
    with pytest.raises(ValueError, match="invalid literal"):
        dump(BRANCH, {"leaf": {"number": "x"}})


def test_ids_are_written_as_text() -> None:
    assert dump(BRANCH, {"id": UUID(int=1)}) == {"id": "00000000-0000-0000-0000-000000000001"}
