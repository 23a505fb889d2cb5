"""Columns written as array literals come out as they went in."""

from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from shared.events.ids import new_id
from shared.messaging.arrays import array, texts

AWKWARD = [
    "",
    "NULL",
    'a "quoted" word',
    "back\\slash",
    "\\",
    '\\"',
    "{1,2}",
    "a,b",
    " padded ",
    "tab\tline\n",
    "ünïcödé 🙂",
]


def test_any_text_survives(engine: Engine) -> None:
    with engine.connect() as connection:
        found = connection.scalar(text("SELECT CAST(:them AS text[])"), {"them": texts(AWKWARD)})
    assert found == AWKWARD


@pytest.mark.parametrize("count", [0, 1, 3])
def test_ids_keep_their_number_and_order(engine: Engine, count: int) -> None:
    ids = [new_id() for _ in range(count)]
    with engine.connect() as connection:
        found = connection.scalar(text("SELECT CAST(CAST(:them AS uuid[]) AS text[])"), {"them": array(ids)})
    assert [UUID(one) for one in found] == ids
