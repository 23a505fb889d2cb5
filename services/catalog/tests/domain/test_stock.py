"""What a vendor does to stock, and what the database lets nobody do."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from services.catalog.domain import reservations, stock
from services.catalog.domain.stock import MOST, Change, TooFew, TooMany
from services.catalog.tests import building
from services.catalog.tests.building import NOON
from services.catalog.tests.stocking import SOMEBODY, asked, kinds, level, shown, stocked
from shared.kit.errors import Invalid

WITHOUT_SUM = """
    INSERT INTO stock_movement (id, product_id, kind, on_hand, reserved, reason, at)
    SELECT gen_random_uuid(), product_id, 'adjustment', -6, 0, 'x', now() FROM stock WHERE on_hand = 5
"""


def test_a_new_product_has_none(session: Session) -> None:
    assert level(session, building.product(session).id) == (0, 0)


def test_what_comes_in_counts_and_a_wrong_count_is_corrected(session: Session) -> None:
    bowl = building.product(session).id
    assert stock.change(session, bowl, Change("receipt", 7), SOMEBODY, NOON).on_hand == 7
    assert stock.change(session, bowl, Change("adjustment", -3, " broken  glass "), SOMEBODY, NOON).available == 4
    assert shown(session, bowl) == 4
    newest, oldest = stock.history(session, bowl).items
    assert (newest.kind, newest.on_hand, newest.on_hand_after, newest.reason) == ("adjustment", -3, 4, "broken glass")
    assert (oldest.kind, oldest.actor_id) == ("receipt", SOMEBODY)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (Change("receipt", -1), "quantity"),
        (Change("adjustment", 0, "why"), "quantity"),
        (Change("adjustment", -1), "reason"),
        (Change("adjustment", -1, "  "), "reason"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(session: Session, change: Change, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        stock.change(session, building.product(session).id, change, SOMEBODY, NOON)
    assert [*refused.value.fields] == [field]


def test_what_is_put_aside_stays(session: Session) -> None:
    bowl = stocked(session, 5).id
    reservations.reserve(session, [asked({bowl: 3})], NOON)
    with pytest.raises(TooFew):
        stock.change(session, bowl, Change("adjustment", -3, "broken"), SOMEBODY, NOON)
    assert stock.change(session, bowl, Change("adjustment", -2, "broken"), SOMEBODY, NOON).available == 0


def test_nobody_has_a_billion_and_one(session: Session) -> None:
    bowl = stocked(session, MOST).id
    with pytest.raises(TooMany):
        stock.change(session, bowl, Change("receipt", 1), SOMEBODY, NOON)


def test_the_past_is_read_in_pages(session: Session) -> None:
    bowl = stocked(session, 1).id
    for count in range(4):
        stock.change(session, bowl, Change("receipt", count + 1), SOMEBODY, NOON)
    first = stock.history(session, bowl, limit=3)
    rest = stock.history(session, bowl, limit=3, cursor=first.next_cursor)
    assert [each.on_hand for each in (*first.items, *rest.items)] == [4, 3, 2, 1, 1]
    assert kinds(session, bowl) == ["receipt"] * 5


@pytest.mark.parametrize(
    "statement",
    [
        WITHOUT_SUM,
        "UPDATE stock SET on_hand = on_hand + 1",
        "UPDATE stock SET reserved = 0, on_hand = 0",
        "DELETE FROM stock_movement",
        "UPDATE stock_movement SET on_hand = 1",
    ],
)
def test_the_database_lets_nobody_change_sums_or_the_past(session: Session, statement: str) -> None:
    stocked(session, 5)
    with pytest.raises(DBAPIError):
        session.execute(text(statement))
