"""Whatever text comes as a cursor, it is a cursor of the list or refused by name."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from shared.kit.errors import Invalid
from shared.kit.paging import decode, encode, take
from shared.kit.tests.test_paging import Letter


@given(st.text(max_size=200))
def test_no_text_at_all_makes_a_list_fail_otherwise(cursor: str) -> None:
    with pytest.raises(Invalid):
        take(None, select(Letter), (Letter.sent_at, Letter.id), cursor=cursor)  # type: ignore[arg-type]


@given(
    st.datetimes(timezones=st.just(UTC)), st.uuids(), st.integers(-(2**63) + 1, 2**63 - 1), st.text("aé漢\U0001f600")
)
def test_a_cursor_brings_back_what_it_was_made_of(at: datetime, identifier: UUID, rank: int, title: str) -> None:
    letter = Letter(id=identifier, sent_at=at, title=title, rank=rank)
    order = (Letter.sent_at, Letter.rank, Letter.title, Letter.id)
    assert decode(encode(letter, order), order) == [at, rank, title, identifier]
