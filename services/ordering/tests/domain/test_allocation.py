"""The largest remainder, on numbers that can be followed by hand."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ordering.domain.allocation import allocate


@pytest.mark.parametrize(
    ("amount", "weights", "shares"),
    [
        (100, {"a": 1, "b": 1, "c": 1}, {"a": 34, "b": 33, "c": 33}),
        (10, {"a": 6, "b": 3, "c": 1}, {"a": 6, "b": 3, "c": 1}),
        (1, {"a": 1, "b": 99}, {"a": 0, "b": 1}),
        (5, {"a": 0, "b": 5}, {"a": 0, "b": 5}),
        (0, {"a": 1}, {"a": 0}),
        (0, {"a": 0, "b": 0}, {"a": 0, "b": 0}),
        (0, {}, {}),
    ],
)
def test_what_is_left_goes_to_who_lost_most(amount: int, weights: dict[str, int], shares: dict[str, int]) -> None:
    assert allocate(amount, weights) == shares


@given(st.dictionaries(st.uuids(), st.integers(0, 10**9), min_size=1, max_size=40), st.data())
def test_shares_add_up_and_none_is_more_than_its_weight(weights: dict[UUID, int], data: st.DataObject) -> None:
    amount = data.draw(st.integers(0, sum(weights.values())))
    shares = allocate(amount, weights)
    assert sum(shares.values()) == amount
    assert all(0 <= shares[key] <= weights[key] for key in weights)
