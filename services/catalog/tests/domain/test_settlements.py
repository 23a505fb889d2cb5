"""What becomes of what is put aside: sold, given back, too late; whatever comes twice counts once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from services.catalog.domain import movements, reservations, settlements, stock
from services.catalog.domain.settlements import SoldWithoutStock
from services.catalog.domain.stock import Change
from services.catalog.tests.building import NOON, tell
from services.catalog.tests.stocking import SOMEBODY, asked, confirmed, given_back, kinds, level, said, shown, stocked
from shared.events.ids import new_id

SOON = NOON + timedelta(minutes=15)
LATE = SOON + timedelta(minutes=1)


def held(session: Session, wanted: dict[UUID, int]) -> UUID:
    """An order whose stock is put aside until `SOON`."""
    order = asked(wanted, until=SOON)
    reservations.reserve(session, [order], NOON)
    return order.event.order_id


def released(session: Session, order: UUID) -> list[dict[str, Any]]:
    return [data["quantities"] for _, data in said(session, order, "stock.released")]


def test_what_is_confirmed_is_sold_once(session: Session) -> None:
    bowl = stocked(session, 5).id
    order = held(session, {bowl: 2})
    tell(session, confirmed(order), confirmed(order))
    assert (level(session, bowl), shown(session, bowl)) == ((3, 0), 3)
    assert kinds(session, bowl) == ["receipt", "reservation", "sale"]


def test_what_is_held_is_given_back_in_parts_and_never_more(session: Session) -> None:
    bowl, cup = stocked(session, 5).id, stocked(session, 5).id
    order = held(session, {bowl: 3, cup: 1})
    tell(session, given_back(order, {bowl: 1}), given_back(order, {bowl: 9, new_id(): 4}), given_back(order))
    assert (level(session, bowl), level(session, cup)) == ((5, 0), (5, 0))
    assert released(session, order) == [{str(bowl): 1}, {str(bowl): 2}, {str(cup): 1}]
    tell(session, given_back(order), confirmed(order))
    assert (level(session, bowl), kinds(session, bowl)[-1]) == ((5, 0), "release")


def test_what_was_sold_returns_in_parts_and_never_more(session: Session) -> None:
    bowl, cup = stocked(session, 5).id, stocked(session, 5).id
    order = held(session, {bowl: 3, cup: 2})
    tell(session, given_back(order, {bowl: 1}), confirmed(order), given_back(order, {cup: 1}))
    assert (level(session, bowl), level(session, cup)) == ((3, 0), (4, 0))
    tell(session, given_back(order), given_back(order), given_back(order, {cup: 5}))
    assert (level(session, bowl), level(session, cup)) == ((5, 0), (5, 0))
    assert released(session, order) == [{str(bowl): 1}, {str(cup): 1}, {str(bowl): 2, str(cup): 1}]


def test_what_runs_out_comes_back_once(session: Session) -> None:
    bowl = stocked(session, 5).id
    order = held(session, {bowl: 2})
    assert not settlements.expire(session, order, SOON)
    assert order in settlements.overdue(session, LATE)
    assert [settlements.expire(session, order, LATE) for _ in "12"] == [True, False]
    assert level(session, bowl) == (5, 0)
    assert [(kind, data["reason"]) for kind, data in said(session, order, "stock.released")] == [
        ("stock.released", "expired")
    ]
    tell(session, given_back(order), given_back(order, {bowl: 1}))
    assert (level(session, bowl), order in settlements.overdue(session, LATE)) == ((5, 0), False)


def test_what_was_confirmed_does_not_run_out(session: Session) -> None:
    order = held(session, {stocked(session, 5).id: 2})
    tell(session, confirmed(order))
    assert not settlements.expire(session, order, LATE)
    assert not settlements.expire(session, new_id(), LATE)


def test_a_confirmation_that_comes_after_the_end_takes_the_goods_if_they_are_there(session: Session) -> None:
    bowl = stocked(session, 5).id
    order = held(session, {bowl: 3})
    tell(session, given_back(order, {bowl: 1}))
    settlements.expire(session, order, LATE)
    tell(session, confirmed(order), given_back(order, {bowl: 1}))
    assert (level(session, bowl), kinds(session, bowl)[-2:]) == ((4, 0), ["sale", "return"])


def test_a_confirmation_whose_goods_others_have_is_never_silent(session: Session) -> None:
    bowl = stocked(session, 2).id
    order = held(session, {bowl: 2})
    settlements.expire(session, order, LATE)
    other = held(session, {bowl: 1})
    with pytest.raises(SoldWithoutStock):
        tell(session, confirmed(order))
    tell(session, given_back(other), confirmed(order))
    assert level(session, bowl) == (0, 0)


def test_what_nobody_asked_for_is_neither_sold_nor_returned(session: Session) -> None:
    bowl = stocked(session, 5).id
    tell(session, confirmed(new_id()), given_back(new_id(), {bowl: 1}))
    assert (level(session, bowl), kinds(session, bowl)) == ((5, 0), ["receipt"])


def test_few_are_announced_once_until_there_were_more(session: Session) -> None:
    bowl = stocked(session, 6, threshold=3, title="Bowl", sku="B-1")

    def few() -> list[int]:
        return [data["available"] for _, data in said(session, bowl.id, "product.stock_low")]

    orders = [held(session, {bowl.id: 2}) for _ in range(2)]
    assert few() == [2]
    tell(session, *[confirmed(order) for order in orders])
    stock.change(session, bowl.id, Change("receipt", 1), SOMEBODY, NOON)
    assert few() == [2]
    stock.change(session, bowl.id, Change("receipt", 1), SOMEBODY, NOON)
    held(session, {bowl.id: 1})
    assert few() == [2, 3]
    stock.set_threshold(session, bowl.id, 0, NOON)
    stock.set_threshold(session, bowl.id, 3, NOON)
    assert few() == [2, 3, 3]
    assert not movements.hold(session, [])
