"""The quick loading of query strings gives what marshmallow gives."""

from __future__ import annotations

import marshmallow as ma
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import validate

from shared.kit.paging import PageQuery
from shared.kit.queries import Quick, quick


class Search(PageQuery):
    """Everything that a query may have: defaults, names of its own, a needed one, and a check of the whole."""

    needed = ma.fields.Integer(required=True)
    named = ma.fields.String(load_default=None, data_key="called", validate=validate.Length(1, 3))
    optional = ma.fields.Boolean()
    least = ma.fields.Integer(load_default=None)

    @ma.validates_schema
    def check(self, data: dict[str, int], **_: object) -> None:
        """Refuse what contradicts itself."""
        if data.get("least") == data.get("needed"):
            raise ma.ValidationError("Must differ.", "least")


SCHEMA = Search()
words = st.sampled_from(["1", "2", "x", "", "true", "long word", "-1"])


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(["needed", "called", "named", "optional", "least", "limit", "other"]), words))
def test_what_loads_quickly_loads_the_same(values: dict[str, str]) -> None:
    try:
        slow = SCHEMA.load(values)
    except ma.ValidationError:
        slow = None
    assert quick(SCHEMA).load(values) == slow


def test_a_schema_with_hooks_is_left_to_marshmallow() -> None:
    class Hooked(ma.Schema):
        word = ma.fields.String()

        @ma.post_load
        def change(self, data: dict[str, str], **_: object) -> dict[str, str]:
            return data | {"more": "x"}

    assert Quick(Hooked()).load({"word": "a"}) is None


def test_a_default_that_is_made_for_each_is_left_to_marshmallow() -> None:
    made = ma.Schema.from_dict({"words": ma.fields.String(load_default=list)})
    assert Quick(made()).load({}) is None
