"""The marketplace's discount codes: what one is worth, who may still use it, and each use counted exactly once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.ordering.domain.audit import Action, note
from services.ordering.domain.commission import commission
from services.ordering.models import DiscountCode
from shared.events.ids import new_id
from shared.kit.audit import By
from shared.kit.errors import Invalid, NotFound, Refusal
from shared.kit.paging import Page, take

_USE = text("""
    UPDATE discount_code SET uses = uses + 1
    WHERE id = :id AND disabled_at IS NULL AND (max_uses IS NULL OR uses < max_uses) RETURNING id
""")
_GIVE_BACK = text("""
    UPDATE discount_code d SET uses = d.uses - given.uses
    FROM (SELECT discount_code_id AS id, count(*) AS uses FROM customer_order
          WHERE id = ANY(CAST(:orders AS uuid[])) AND discount_code_id IS NOT NULL GROUP BY 1 ORDER BY 1) AS given
    WHERE d.id = given.id
""")


class DiscountNotValid(Refusal):
    """This discount code cannot be used for this order."""


class UnknownDiscount(NotFound):
    """There is no such discount code."""


class CodeTaken(Refusal):
    """There is a discount code like this already."""


class Discount(NamedTuple):
    """What a code takes off an order, in minor units."""

    code_id: UUID | None
    amount: int


NONE = Discount(None, 0)


def worth(code: DiscountCode | None, subtotal: int, currency: str, now: datetime) -> Discount:
    """What a code takes off a subtotal at a moment, never more than all of it; a percentage is rounded half-up.

    Raises `DiscountNotValid` with the reason in words.
    """
    if code is None or code.disabled_at or code.valid_from > now:
        raise DiscountNotValid("This discount code is not known, or not yet or no longer offered.")
    if code.valid_until and code.valid_until <= now:
        raise DiscountNotValid("This discount code has expired.")
    if code.max_uses is not None and code.uses >= code.max_uses:
        raise DiscountNotValid("This discount code has been used up.")
    if code.currency and code.currency != currency:
        raise DiscountNotValid(f"This discount code is for orders in {code.currency}.")
    if code.minimum and subtotal < code.minimum:
        raise DiscountNotValid("The order is too small for this discount code.")
    taken = code.amount if code.amount else commission(subtotal, code.bps or 0)
    return Discount(code.id, min(taken, subtotal))


def find(session: Session, code: str) -> DiscountCode | None:
    """The code as people write it: in any case, with spaces around."""
    return session.scalar(select(DiscountCode).where(DiscountCode.code == canonical(code)))


def canonical(code: str) -> str:
    """A code as it is kept."""
    return code.strip().upper()


def use(session: Session, discount: Discount) -> None:
    """Count a use, in the transaction of the order; raises `DiscountNotValid` if others have used it up meanwhile."""
    if discount.code_id and session.scalar(_USE, {"id": discount.code_id}) is None:
        raise DiscountNotValid("This discount code has been used up.")


def give_back(session: Session, order_ids: list[UUID]) -> None:
    """Let the uses of orders that came to nothing be used by others. Only for orders that end in this transaction."""
    if order_ids:
        session.execute(_GIVE_BACK, {"orders": [str(order) for order in order_ids]})


def create(session: Session, wanted: Mapping[str, Any], now: datetime, by: By) -> DiscountCode:
    """Offer a code. Raises `CodeTaken`, or `Invalid` if it is not exactly an amount or a percentage."""
    _check(wanted, now)
    made = DiscountCode(
        id=new_id(),
        code=canonical(wanted["code"]),
        bps=wanted.get("percentage_bps"),
        amount=wanted.get("amount"),
        currency=wanted.get("currency"),
        minimum=wanted.get("minimum"),
        valid_from=wanted.get("valid_from") or now,
        valid_until=wanted.get("valid_until"),
        max_uses=wanted.get("max_uses"),
        uses=0,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        raise CodeTaken(fields={"code": "There is one like this already."}) from None
    note(
        session, by, Action.DISCOUNT_CREATED, made.id, after={"code": made.code, "bps": made.bps, "amount": made.amount}
    )
    return made


def disable(session: Session, code_id: UUID, reason: str | None, now: datetime, by: By) -> DiscountCode:
    """Offer a code no longer; orders that used it keep it. Doing so again changes nothing. Raises `UnknownDiscount`."""
    code = session.get(DiscountCode, code_id, with_for_update=True)
    if code is None:
        raise UnknownDiscount
    if code.disabled_at is None:
        code.disabled_at = now
        note(session, by, Action.DISCOUNT_DISABLED, code.id, after={"disabled_at": now}, reason=reason)
    return code


def page(session: Session, *, cursor: str | None = None, limit: int = 20) -> Page[DiscountCode]:
    """All codes, newest first."""
    return take(session, select(DiscountCode), (DiscountCode.id,), cursor=cursor, limit=limit)


def _check(wanted: Mapping[str, Any], now: datetime) -> None:
    faults: dict[str, str] = {}
    if (wanted.get("amount") is None) == (wanted.get("percentage_bps") is None):
        faults["amount"] = "Give either an amount or a percentage."
    if wanted.get("currency") is None and (wanted.get("amount") or wanted.get("minimum")):
        faults["currency"] = "Say in which currency the amounts are."
    begins = wanted.get("valid_from") or now
    if wanted.get("valid_until") and wanted["valid_until"] <= max(begins, now):
        faults["valid_until"] = "Must be after it begins, and in the future."
    if faults:
        raise Invalid(fields=dict(faults))
