"""Orders that wait too long are named, and come to an end."""

from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.ordering.consumers import HANDLERS
from services.ordering.domain.placing import Rules
from services.ordering.models import CustomerOrder
from services.ordering.reconciliations import Late, Unmoved
from services.ordering.tests.market import Market
from shared.events.envelope import encode
from shared.events.ids import new_id
from shared.kit.database import Database
from shared.messaging.consumer import Consumer
from shared.messaging.intake import Delivery, Intake
from shared.messaging.topology import Broker


def status(session: Session, order: CustomerOrder) -> str:
    return str(session.scalar(text("SELECT status FROM customer_order WHERE id = :id"), {"id": order.id}))


def test_an_order_that_waits_past_its_deadline_is_named_and_called_off(market: Market) -> None:
    long_ago = Rules(None, timedelta(minutes=-5))
    order = market.place(new_id(), {market.product(market.seller()): 1}, long_ago)
    (found,) = Late().find(market.session)
    assert (found.kind, order.number in found.detail) == ("order_waits", True)
    assert Late().heal(market.session) == 1
    assert (status(market.session, order), Late().find(market.session)) == ("cancelled", [])


def test_a_reply_without_effect_is_named_and_handled_again(database: Database) -> None:
    with database.transaction() as session:
        market = Market(session)
        order = market.place(new_id(), {market.product(market.seller()): 1})
        reply = market.reserved(order)
    nothing = dict.fromkeys(HANDLERS, lambda *_: None)
    lazy, sound = (
        Consumer("ordering", database.transaction, handlers, Intake(Broker("amqp://nowhere"), "o", []))
        for handlers in (nothing, HANDLERS)
    )
    lazy.apply([Delivery(1, 1, reply.source, reply.type, encode(reply).encode(), dead=False)])
    with database.transaction() as session:
        (found,) = Unmoved().find(session)
        assert (found.kind, found.event_id) == ("reply_without_effect", reply.id)
        assert Unmoved().heal(session) == 1
    sound.retry_due()
    with database.transaction() as session:
        assert (status(session, order), Unmoved().find(session)) == ("confirmed", [])
