"""Placing: what is in the cart becomes an order exactly once, frozen as it was agreed, and asks for its stock."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from services.ordering.domain import carts, discounts
from services.ordering.domain.baskets import SENTENCES, Basket, Judged, judge
from services.ordering.domain.discounts import Discount
from services.ordering.domain.quotes import discount_of, parted
from services.ordering.domain.splitting import Split
from services.ordering.models import Cart, CustomerOrder
from shared.events.ids import derived_id, new_id
from shared.events.ordering import OrderPlaced, StockReserveRequested
from shared.kit.errors import Refusal
from shared.kit.money import MOST
from shared.messaging import failpoints, outbox
from shared.sql import steady

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no letter that is taken for a number. Eight at random say nothing of how many orders there are."""
PLACED, ASKED = 1, 2
"""The versions of an order at which it says that it was placed, and asks for its stock."""

_WRITE = """
    WITH placed AS (
        INSERT INTO customer_order (id, number, customer_id, cart_id, status, currency, items, subtotal, shipping,
                                    discount, total, discount_code_id, shipping_address, plan, placed_at, version)
        VALUES (CAST(:id AS uuid), :number, :customer_id, :cart_id, 'pending', :currency, :items, :subtotal, :shipping,
                :discount, :total, :discount_code_id, CAST(:address AS jsonb), CAST(:plan AS jsonb),
                CAST(:now AS timestamptz), :version)
        ON CONFLICT (number) DO NOTHING RETURNING id
    ), begun AS (
        INSERT INTO order_saga (order_id, state, since, deadline)
        SELECT id, 'reserving', :now, CAST(:deadline AS timestamptz) FROM placed
    ), noted AS (
        INSERT INTO saga_step (id, order_id, step, at, cause_id, why)
        SELECT CAST(:step_id AS uuid), id, 'placed', :now, NULL, :why FROM placed
    ), emptied AS (
        DELETE FROM cart_line WHERE cart_id = :cart_id AND EXISTS (SELECT FROM placed)
    ), ordered AS (
        UPDATE cart SET ordered_id = :id, discount_code = NULL, version = version + 1, changed_at = :now
        WHERE id = :cart_id AND EXISTS (SELECT FROM placed)
    )
    SELECT id FROM placed
"""


class CartEmpty(Refusal):
    """There is nothing in the cart to order."""


class CartChanged(Refusal):
    """The cart is not the one that you have looked at; look again before you order."""


class CannotBeOrdered(Refusal):
    """Some of what is in the cart cannot be ordered; nothing was."""


class PriceChanged(Refusal):
    """A price is another one than you were shown; look at the cart again before you order."""


class TooMuch(Refusal):
    """No order is worth that much; order less at once."""


class MixedCurrencies(Refusal):
    """An order is in one currency: order what is priced in others apart."""


class Wanted(NamedTuple):
    """What the customer sends along: where to, and if they like the total and the version of the cart they agree to."""

    address: Mapping[str, Any]
    total: Mapping[str, Any] | None = None
    cart_version: int | None = None


class Rules(NamedTuple):
    """What is configured: who fulfils what nobody else does, and how long stock is kept for an order."""

    house: UUID | None
    patience: timedelta


class Placed(NamedTuple):
    """What the customer is told of an order at once."""

    id: UUID
    number: str
    status: str
    total: int
    currency: str


class Agreed(NamedTuple):
    """What is agreed by placing: the split, its currency, and what the discount code takes off."""

    id: UUID
    split: Split
    currency: str
    discount: Discount


def place(session: Session, customer_id: UUID, wanted: Wanted, rules: Rules, now: datetime) -> Placed:
    """Order what is in the customer's cart, once, however often and from how many places at once it is submitted.

    The cart is locked; submitting again what has become an order, to the same address, finds that order. What came back
    into the cart from an order that could not be is ordered again by who names the cart's version as it is since.
    Raises `CartEmpty`, `CartChanged`, `CannotBeOrdered`, `MixedCurrencies`, `PriceChanged`, `TooMuch` or
    `DiscountNotValid`.
    """
    cart = carts.locked(session, customer_id, now)
    basket = judge(session, cart.id, customer_id, rules.house, now)
    if not basket.lines or (cart.ordered_id and wanted.cart_version != cart.version):
        return _ordered_before(session, cart, wanted)
    if wanted.cart_version not in {None, cart.version}:
        raise CartChanged
    _check(basket, wanted)
    agreed = _agree(session, cart, basket, wanted, now)
    discounts.use(session, agreed.discount)
    expires_at = now + rules.patience
    placed = _write(session, cart, wanted, agreed, now, expires_at)
    failpoints.passing(failpoints.ORDER_WRITTEN)
    _announce(session, placed, customer_id, agreed.split, now, expires_at)
    return placed


def _agree(session: Session, cart: Cart, basket: Basket, wanted: Wanted, now: datetime) -> Agreed:
    discount, order_id = discount_of(session, cart, basket, now), new_id()
    split = parted(order_id, basket, discount)
    if split.total > MOST:
        raise TooMuch
    (currency,) = basket.currencies
    _check_total(split, currency, wanted)
    return Agreed(order_id, split, currency, discount)


def _ordered_before(session: Session, cart: Cart, wanted: Wanted) -> Placed:
    order = session.get(CustomerOrder, cart.ordered_id) if cart.ordered_id else None
    if order is None or order.shipping_address != dict(wanted.address):
        raise CartEmpty
    return Placed(order.id, order.number, order.status, order.total, order.currency)


def _check(basket: Basket, wanted: Wanted) -> None:
    if faults := {_field(judged): SENTENCES[judged.problem] for judged in basket.lines if judged.problem}:
        raise CannotBeOrdered(fields=dict(faults))
    if len(basket.currencies) > 1:
        raise MixedCurrencies(fields={_field(judged): judged.row.currency for judged in basket.lines})
    if wanted.total is None and (moved := [judged for judged in basket.lines if judged.moved]):
        raise PriceChanged(fields={_field(judged): _moved(judged.row) for judged in moved})


def _check_total(agreed: Split, currency: str, wanted: Wanted) -> None:
    if wanted.total is not None and dict(wanted.total) != {"amount": agreed.total, "currency": currency}:
        raise PriceChanged(fields={"total": f"It is {agreed.total} {currency} in minor units now."})


def _field(judged: Judged) -> str:
    return f"items.{judged.row.product_id}"


def _moved(row: Any) -> str:
    return f"{row.title}: {row.seen_amount} {row.seen_currency} became {row.price_amount} {row.currency} (minor units)."


def _write(session: Session, cart: Cart, wanted: Wanted, agreed: Agreed, now: datetime, expires_at: datetime) -> Placed:
    """One statement; a number that is taken, as happens once in a blue moon, is drawn again."""
    row = {
        **_columns(agreed),
        "customer_id": cart.customer_id,
        "cart_id": cart.id,
        "address": _json(wanted.address),
        "now": now,
        "deadline": expires_at,
    }
    while not steady.run(session, _WRITE, {**row, "number": (number := _number())}):
        continue
    return Placed(agreed.id, number, "pending", agreed.split.total, agreed.currency)


def _columns(agreed: Agreed) -> dict[str, Any]:
    split = agreed.split
    return {
        **{name: getattr(split, name) for name in ("subtotal", "shipping", "discount", "total")},
        "id": agreed.id,
        "currency": agreed.currency,
        "items": len(split.items),
        "discount_code_id": agreed.discount.code_id,
        "plan": _json(split.plan()),
        "version": ASKED,
        "step_id": derived_id(agreed.id, "placed"),
        "why": _why(split.items),
    }


def _number() -> str:
    return "ORD-" + "".join(secrets.choice(ALPHABET) for _ in range(8))


def _why(items: Sequence[object]) -> str:
    return f"The customer ordered {len(items)} products; their stock is asked for, all of it or nothing."


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _announce(
    session: Session, order: Placed, customer_id: UUID, agreed: Split, now: datetime, expires_at: datetime
) -> None:
    placed = OrderPlaced(
        order_id=order.id,
        number=order.number,
        customer_id=customer_id,
        total_amount=order.total,
        currency=order.currency,
        placed_at=now,
    )
    asked = StockReserveRequested(
        order_id=order.id,
        quantities={str(item.product_id): item.quantity for item in agreed.items},
        expires_at=expires_at,
        requested_at=now,
    )
    outbox.add_many(
        session,
        [
            outbox.NewEvent(event=placed, aggregate_version=PLACED, occurred_at=now),
            outbox.NewEvent(event=asked, aggregate_version=ASKED, occurred_at=now),
        ],
    )
