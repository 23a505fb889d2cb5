"""Ids are in the order of time, and what an event causes has the same id on every replay."""

from uuid import RFC_4122, UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.events.ids import derived_id, new_id
from shared.events.tests.strategies import enough


def test_new_ids_are_version_7_and_never_the_same() -> None:
    made = [new_id() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert {(identifier.version, identifier.variant) for identifier in made} == {(7, RFC_4122)}


def test_new_ids_follow_the_clock() -> None:
    moments = [new_id().int >> 80 for _ in range(1000)]
    assert moments == sorted(moments)


@enough
@given(cause=st.builds(new_id), name=st.text(max_size=20))
def test_a_derived_id_is_made_again_and_keeps_its_causes_time(cause: UUID, name: str) -> None:
    derived = derived_id(cause, name)
    assert derived == derived_id(cause, name)
    assert derived.version == 7
    assert derived.int >> 80 == cause.int >> 80


@enough
@given(cause=st.builds(new_id), names=st.lists(st.text(max_size=20), min_size=2, max_size=2, unique=True))
def test_two_names_under_one_cause_have_two_ids(cause: UUID, names: list[str]) -> None:
    assert derived_id(cause, names[0]) != derived_id(cause, names[1])
