"""What is put aside for orders: all or nothing, once for an order, never more than there is."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from services.catalog.domain.movements import Level
from services.catalog.domain.reservations import judge
from services.catalog.tests.building import NOON, tell, vendor
from services.catalog.tests.stocking import asked, given_back, kinds, level, said, shown, stocked
from shared.events.ids import new_id


def test_all_of_an_order_is_put_aside_and_lists_show_what_is_left(session: Session) -> None:
    bowl, cup = stocked(session, 5).id, stocked(session, 3).id
    order = asked({bowl: 2, cup: 3})
    tell(session, order)
    assert (level(session, bowl), level(session, cup)) == ((5, 2), (3, 3))
    assert (shown(session, bowl), shown(session, cup)) == (3, 0)
    (told,) = said(session, order.event.order_id)
    assert told[0] == "stock.reserved"


def test_of_an_order_that_cannot_have_all_nothing_is_put_aside(session: Session) -> None:
    bowl, cup, unknown = stocked(session, 5).id, stocked(session, 1).id, new_id()
    order = asked({bowl: 2, cup: 3, unknown: 1})
    tell(session, order)
    assert (level(session, bowl), level(session, cup)) == ((5, 0), (1, 0))
    (told,) = said(session, order.event.order_id)
    assert told == (
        "stock.rejected",
        {**told[1], "reason": "too_few", "lacking": {str(cup): 1, str(unknown): 0}},
    )


def test_asking_again_under_the_same_order_changes_nothing(session: Session) -> None:
    bowl = stocked(session, 5).id
    order = asked({bowl: 2})
    tell(session, order, order, asked({bowl: 1}, order.event.order_id))
    assert level(session, bowl) == (5, 2)
    assert len(said(session, order.event.order_id)) == 1


def test_what_is_not_sold_cannot_be_put_aside(session: Session) -> None:
    shut = vendor(session, status="suspended")
    for product in (stocked(session, 5, status="draft"), stocked(session, 5, shut.id)):
        order = asked({product.id: 1})
        tell(session, order)
        assert said(session, order.event.order_id)[0][1]["lacking"] == {str(product.id): 0}


def test_who_asks_too_late_is_refused(session: Session) -> None:
    bowl = stocked(session, 5).id
    order = asked({bowl: 1}, until=NOON + timedelta(minutes=15))
    tell(session, order)
    assert said(session, order.event.order_id)[0][1]["reason"] == "expired"
    assert level(session, bowl) == (5, 0)


def test_an_order_that_was_called_off_before_it_asked_gets_nothing(session: Session) -> None:
    bowl = stocked(session, 5).id
    order = new_id()
    tell(session, given_back(order), asked({bowl: 1}, order), asked({bowl: 1}, order))
    assert [(kind, data["reason"]) for kind, data in said(session, order)] == [("stock.rejected", "released")]
    assert (level(session, bowl), kinds(session, bowl)) == ((5, 0), ["receipt"])


@pytest.mark.parametrize("wanted", [{}, {new_id(): 0}, {new_id(): -1}])
def test_nobody_can_ask_for_nothing(wanted: dict[object, int]) -> None:
    assert judge(wanted, {})[0] == "nothing_asked_for"  # type: ignore[arg-type]


def test_exactly_as_many_as_there_are_can_be_had() -> None:
    bowl = new_id()
    levels = {bowl: Level(bowl, 7, 2, 0, low=False, sold=True)}
    assert judge({bowl: 5}, levels) == (None, {})
    assert judge({bowl: 6}, levels) == ("too_few", {bowl: 5})
