"""What a cart would cost if it were ordered now: the same judgement, discount and split that placing makes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.ordering.domain import discounts
from services.ordering.domain.baskets import Basket, judge
from services.ordering.domain.discounts import NONE, Discount, DiscountNotValid
from services.ordering.domain.splitting import Split, split
from services.ordering.models import Cart

NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Quote:
    """A cart as it stands: its basket, and the sums if every line can be ordered in one currency."""

    cart: Cart | None
    basket: Basket
    split: Split | None = None
    discount_problem: str | None = None


def quote(session: Session, cart: Cart | None, customer_id: UUID | None, house: UUID | None, now: datetime) -> Quote:
    """Tell what a cart would cost; a discount code that does not hold is told, and not counted."""
    if cart is None:
        return Quote(None, Basket())
    basket = judge(session, cart.id, customer_id, house, now)
    if not basket.can_be_ordered:
        return Quote(cart, basket)
    try:
        return Quote(cart, basket, parted(NOBODY, basket, discount_of(session, cart, basket, now)))
    except DiscountNotValid as refused:
        return Quote(cart, basket, parted(NOBODY, basket, NONE), refused.detail)


def discount_of(session: Session, cart: Cart, basket: Basket, now: datetime) -> Discount:
    """What the cart's code takes off. Raises `DiscountNotValid`."""
    if not cart.discount_code:
        return NONE
    subtotal = sum(judged.line().subtotal for judged in basket.lines)
    (currency,) = basket.currencies
    return discounts.worth(discounts.find(session, cart.discount_code), subtotal, currency, now)


def parted(order_id: UUID, basket: Basket, discount: Discount) -> Split:
    """Split a basket without problems."""
    return split(order_id, [judged.line() for judged in basket.lines], basket.terms(), discount.amount)
