"""Carts: one for each customer, and one for whoever has not signed in, until they do."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.ordering.models import Cart, CartLine, CustomerOrder
from shared.events.ids import new_id
from shared.kit.errors import Invalid
from shared.kit.rowsets import rowset
from shared.sql import steady

MOST_LINES = 100
MOST_OF_ONE = 1000

_PUT = """
    WITH wanted AS (
        SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS w(product_id uuid, quantity bigint, place bigint)
    ), gone AS (
        DELETE FROM cart_line
        WHERE cart_id = :cart_id AND CAST(:whole AS boolean) AND product_id NOT IN (SELECT product_id FROM wanted)
    )
    INSERT INTO cart_line (cart_id, product_id, quantity, title, seen_amount, seen_currency, added_at)
    SELECT CAST(:cart_id AS uuid), p.id, w.quantity, p.title, p.price_amount, p.currency,
           CAST(:now AS timestamptz) + w.place * interval '1 microsecond'
    FROM wanted w JOIN product p ON p.id = w.product_id LEFT JOIN vendor v ON v.id = p.vendor_id
    WHERE p.status IN ('active', 'out_of_stock') AND (p.vendor_id IS NULL OR v.status = 'approved')
      AND (p.visibility = 'public' OR EXISTS (
          SELECT FROM vendor_customer m WHERE m.vendor_id = p.vendor_id
          AND m.customer_id = CAST(:customer_id AS uuid) AND m.removed_at IS NULL))
    ORDER BY w.place
    ON CONFLICT (cart_id, product_id) DO UPDATE
    SET quantity = excluded.quantity, title = excluded.title, seen_amount = excluded.seen_amount,
        seen_currency = excluded.seen_currency
    RETURNING product_id
"""
"""Puts in what may be seen by whose cart it is, and says what that was."""
_MERGE = text("""
    INSERT INTO cart_line AS mine (cart_id, product_id, quantity, title, seen_amount, seen_currency, added_at)
    SELECT :into, product_id, quantity, title, seen_amount, seen_currency, added_at
    FROM cart_line WHERE cart_id = :cart_id
    ON CONFLICT (cart_id, product_id) DO UPDATE
    SET quantity = least(mine.quantity + excluded.quantity, :most), seen_amount = excluded.seen_amount,
        seen_currency = excluded.seen_currency
""")
_RETURN = text("""
    WITH mine AS (
        UPDATE cart SET version = version + 1 WHERE id = :cart_id AND ordered_id = :order_id RETURNING id
    )
    INSERT INTO cart_line (cart_id, product_id, quantity, title, seen_amount, seen_currency, added_at)
    SELECT mine.id, i.product_id, i.quantity, i.title, i.unit_price, o.currency, :now
    FROM mine CROSS JOIN customer_order o CROSS JOIN LATERAL jsonb_to_recordset(o.plan->'items') AS i(
        product_id uuid, quantity bigint, title text, unit_price bigint)
    WHERE o.id = :order_id
    ON CONFLICT DO NOTHING
""")


_TOUCH = {
    of_customer: f"""
        INSERT INTO cart AS mine (id, customer_id, version, changed_at) VALUES (:id, :customer_id, 1, :now)
        ON CONFLICT ({"customer_id" if of_customer else "id"}) DO UPDATE
        SET version = mine.version + 1, changed_at = excluded.changed_at, ordered_id = NULL
        RETURNING id, customer_id, discount_code, ordered_id, version, changed_at
    """  # noqa: S608 - made of this module's own words
    for of_customer in (True, False)
}
_LOCKED = """
    SELECT id, customer_id, discount_code, ordered_id, version, changed_at FROM cart WHERE customer_id = :customer_id
    FOR UPDATE
"""
_HELD = select(Cart).with_for_update().execution_options(populate_existing=True)
_OF_CUSTOMER = _HELD.where(Cart.customer_id == bindparam("customer_id"))
_OF_NOBODY = _HELD.where(Cart.id == bindparam("cart_id"))


class Owner(NamedTuple):
    """Whose cart: a customer's, or that of whoever has its token."""

    customer_id: UUID | None = None
    cart_id: UUID | None = None


def find(session: Session, owner: Owner) -> Cart | None:
    """The owner's cart, if there is one; an anonymous one is not found any more once it belongs to somebody."""
    if owner.customer_id:
        return session.scalar(select(Cart).where(Cart.customer_id == owner.customer_id))
    return session.scalar(select(Cart).where(Cart.id == owner.cart_id, Cart.customer_id.is_(None)))


def held(session: Session, owner: Owner, now: datetime) -> Cart:
    """The owner's cart, locked until the commit; a new one if there is none."""
    mine = _OF_CUSTOMER if owner.customer_id else _OF_NOBODY
    cart = session.scalar(mine, owner._asdict())
    if cart is None:
        row = {"id": owner.cart_id or new_id(), "customer_id": owner.customer_id, "version": 0, "changed_at": now}
        session.execute(insert(Cart).values(row).on_conflict_do_nothing())
        cart = session.scalars(mine, owner._asdict()).one()
    return cart


def locked(session: Session, customer_id: UUID, now: datetime) -> Cart:
    """The customer's cart as `held` gives it, for who only reads it: a copy, which the session does not watch."""
    found = steady.run(session, _LOCKED, {"customer_id": customer_id})
    return Cart(**found[0]._asdict()) if found else held(session, Owner(customer_id), now)


def put(session: Session, owner: Owner, wanted: Mapping[UUID, int], now: datetime, *, whole: bool = True) -> Cart:
    """Have so many of these products in the cart, at the prices of now; with `whole` nothing else is in it any more.

    Nought takes a product out. Raises `Invalid` naming those that are not there for the owner, or if it gets too full.
    """
    cart = _touched(session, owner, now)
    kept = {product: quantity for product, quantity in wanted.items() if quantity}
    if kept or whole:
        rows = [{"product_id": key, "quantity": kept[key], "place": place} for place, key in enumerate(kept)]
        about = {"cart_id": cart.id, "customer_id": owner.customer_id, "whole": whole, "now": now}
        seen = {row.product_id for row in steady.run(session, _PUT, {**about, **rowset(rows)})}
        _refuse_hidden(kept.keys() - seen)
    if not whole and len(kept) < len(wanted):
        out = CartLine.product_id.in_(wanted.keys() - kept.keys())
        session.execute(delete(CartLine).where(CartLine.cart_id == cart.id, out))
    _refuse_overfull(session, cart, whole=whole)
    return cart


def set_code(session: Session, owner: Owner, code: str | None, now: datetime) -> Cart:
    """Remember a discount code for the order to come, or forget it."""
    cart = held(session, owner, now)
    if cart.discount_code != code:
        cart.discount_code = code
        cart.version += 1
    return cart


def merge(session: Session, customer_id: UUID, cart_id: UUID, now: datetime) -> Cart:
    """Put what is in an anonymous cart into the customer's, which ends it: doing so twice adds nothing twice."""
    cart = held(session, Owner(customer_id), now)
    other = session.get(Cart, cart_id, with_for_update=True)
    if other is None or other.customer_id is not None:
        return cart
    session.execute(_MERGE, {"into": cart.id, "cart_id": other.id, "most": MOST_OF_ONE})
    cart.discount_code = cart.discount_code or other.discount_code
    session.delete(other)
    touch(cart, now)
    return cart


def put_back(session: Session, order: CustomerOrder, now: datetime) -> None:
    """Put what an order that could not be was made of back into its cart, unless something else is in there since."""
    session.execute(_RETURN, {"cart_id": order.cart_id, "order_id": order.id, "now": now})


def touch(cart: Cart, now: datetime) -> None:
    """Note that the content is another one, which has not been ordered yet."""
    cart.version, cart.changed_at, cart.ordered_id = cart.version + 1, now, None


def prune(session: Session, before: datetime) -> int:
    """Forget anonymous carts that nobody has changed since; return how many."""
    old = delete(Cart).where(Cart.customer_id.is_(None), Cart.changed_at < before)
    return int(session.execute(old).rowcount)  # type: ignore[attr-defined]


def _touched(session: Session, owner: Owner, now: datetime) -> Cart:
    """The owner's cart as `held` and `touch` leave it, in one statement; a copy, which the session does not watch."""
    row = {"id": owner.cart_id or new_id(), "customer_id": owner.customer_id, "now": now}
    (cart,) = steady.run(session, _TOUCH[bool(owner.customer_id)], row)
    return Cart(**cart._asdict())


def _refuse_hidden(missing: Collection[UUID]) -> None:
    if missing:
        raise Invalid(fields={f"items.{product}": "There is no such product for you." for product in missing})


def _refuse_overfull(session: Session, cart: Cart, *, whole: bool) -> None:
    if not whole:
        lines = session.scalars(select(CartLine.product_id).where(CartLine.cart_id == cart.id)).all()
        if len(lines) > MOST_LINES:
            raise Invalid(fields={"items": f"A cart holds {MOST_LINES} products at most."})
