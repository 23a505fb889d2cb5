"""The second half of the demonstration: customers of one vendor order from four, and all of it adds up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from uuid import uuid4

from deploy.local import databases
from deploy.local.api import Person, Refused
from deploy.local.seeds import PASSWORD

T = TypeVar("T")
Check = Callable[[str, bool, str], None]
PATIENCE_SECONDS = 6.0
"""How long an event may take to be seen at its other end."""
PAUSE_SECONDS = 0.05
GOODS = (("Rye bread", 1099, 2), ("Old book", 1999, 1), ("Green lamp", 4333, 1), ("Clay cup", 777, 3))
"""What each vendor sells, for how many cents, and how many of it a customer takes."""
SHIPPING = (499, 390, 0, 611)
ADDRESS = {"name": "Customer", "line1": "1 Market Square", "city": "Turin", "postal_code": "10121", "country": "IT"}
SUMS = ("subtotal", "shipping", "discount", "total")
LATE = frozenset({"no-vendor", "invalid", "not-found", "unknown-product", "vendor-not-approved"})
"""What is refused while an event is still on its way."""
ENTRIES = """
    SELECT count(*), coalesce(sum(e.amount), 0) FROM ledger_entry e
    JOIN ledger_transaction t ON t.id = e.transaction_id WHERE t.vendor_id = %s
"""
PARTS = """
    SELECT count(*), count(DISTINCT p.order_id), count(*) FILTER (WHERE p.subtotal <> (
        SELECT sum(i.subtotal) FROM order_item i WHERE i.vendor_order_id = p.id))
    FROM vendor_order p WHERE p.order_id::text = ANY(%s)
"""


class Buying:
    """Customers order from four vendors; one ships, one rejects, the customer sees it and the ledger balances."""

    def __init__(self, address: str, postgres_url: str, check: Check) -> None:
        self._address, self._check = address, check
        self._database = databases.url(postgres_url, "ordering")
        self.split: list[dict[str, str]] = []

    def verify(self, vendors: list[dict[str, Any]], customers: list[str]) -> None:
        """Do every step with these vendors, and with the customers who have these e-mails."""
        with ThreadPoolExecutor(len(vendors)) as pool:
            owners = list(pool.map(self._person, [it["email"] for it in vendors]))
            products = list(pool.map(offer, owners, GOODS, SHIPPING))
            buyers = list(pool.map(self._person, customers))
            orders = list(pool.map(lambda buyer: _order(buyer, products), buyers))
        self._placed(orders, len(vendors))
        self._adds_up(orders[0])
        customer = buyers[0]
        self._shipped(owners[1], vendors[1], customer, orders[0])
        self._rejected(owners[2], vendors[2], customer, orders[0])
        self._whole(customer, orders[0])
        self._earned(owners[1], vendors[1], orders[0])
        for person in (*owners, *buyers):
            person.__exit__()

    def _person(self, email: str) -> Person:
        person = Person(self._address)
        person.sign_in(email, PASSWORD)
        return person

    def _placed(self, orders: list[dict[str, Any]], vendors: int) -> None:
        ids = [order["id"] for order in orders]
        parts, whole, odd = databases.rows(self._database, PARTS, ids)[0]
        self._check(
            f"{len(orders)} customers order from {vendors} vendors, each form sent twice: {len(orders)} orders",
            all(order["status"] == "confirmed" and order["placed"] == order["count"] == 1 for order in orders),
            ", ".join(f"{order['number']} {order['status']}" for order in orders),
        )
        self._check(
            "each order is split into a part for each vendor, once",
            (parts, whole, odd) == (vendors * len(orders), len(orders), 0),
            f"{parts} parts of {whole} orders in the ordering database",
        )

    def _adds_up(self, order: dict[str, Any]) -> None:
        parts = order["vendor_orders"]
        for name, row in [*((it["vendor_name"], it) for it in parts), ("the order", order)]:
            self.split.append({"of": name, "number": row["number"], **{sum_: _said(row[sum_]) for sum_ in SUMS}})
        sums = {name: sum(it[name]["amount"] for it in parts) for name in SUMS}
        agreed = sum(price * quantity for _, price, quantity in GOODS) + sum(SHIPPING)
        self._check(
            "the parts add up to the order, to the cent, in every column",
            sums == {name: order[name]["amount"] for name in SUMS} and order["total"]["amount"] == agreed,
            f"{' + '.join(_said(it['total']) for it in parts)} = {_said(order['total'])}",
        )

    def _shipped(self, owner: Person, vendor: dict[str, Any], customer: Person, order: dict[str, Any]) -> None:
        part = _part(order, vendor)
        for step in ("accept", "pack"):
            owner.post(f"/vendor/orders/{part['id']}/{step}", None)
        sent = {"carrier": "DHL", "tracking_number": "JD014600006228974321"}
        owner.post(f"/vendor/orders/{part['id']}/ship", sent)
        seen = _part(customer.get(f"/orders/{order['id']}"), vendor)
        told = {name: seen[name] for name in sent}
        self._check(
            "one vendor ships; the customer sees by whom, and the number",
            seen["status"] == "shipped" and told == sent,
            f"{seen['number']} is {seen['status']}, {seen['carrier']} {seen['tracking_number']}",
        )

    def _rejected(self, owner: Person, vendor: dict[str, Any], customer: Person, order: dict[str, Any]) -> None:
        part = _part(order, vendor)
        owner.post(f"/vendor/orders/{part['id']}/reject", {"reason": "Broken in the kiln"})
        seen = _part(customer.get(f"/orders/{order['id']}"), vendor)
        self._check(
            "another rejects; the customer reads why",
            seen["status"] == "rejected" and seen["reason"] == "Broken in the kiln",
            f"{seen['number']} is {seen['status']}: {seen['reason']}",
        )
        refused = _refused(lambda: owner.post(f"/vendor/orders/{part['id']}/accept", None))
        self._check("a part that is off never comes back", refused == 409, f"accepting it is answered {refused}")

    def _whole(self, customer: Person, order: dict[str, Any]) -> None:
        seen = customer.get(f"/orders/{order['id']}")
        states = sorted(it["status"] for it in seen["vendor_orders"])
        self._check(
            "the customer sees one order with all of its parts",
            seen["status"] == "partly_shipped" and states == ["pending", "pending", "rejected", "shipped"],
            f"{seen['number']} is {seen['status']}: {', '.join(states)}",
        )

    def _earned(self, owner: Person, vendor: dict[str, Any], order: dict[str, Any]) -> None:
        part = owner.post(f"/vendor/orders/{_part(order, vendor)['id']}/deliver", None)
        goods, shipping = part["earnings"], part["shipping"]
        entries, left = _eventually(lambda: self._booked(vendor), "the delivery is booked")
        balances = owner.get("/vendor/ledger")["balances"]
        self._check(
            "what is delivered is earned, and the ledger balances",
            left == 0 and [it["closing"] for it in balances] == [goods["amount"] + shipping["amount"]],
            f"{entries} entries add up to {left}; owed {_said(goods)} and shipping {_said(shipping)}",
        )

    def _booked(self, vendor: dict[str, Any]) -> Any:
        found = databases.rows(self._database, ENTRIES, vendor["id"])[0]
        return found if found[0] else None


def offer(owner: Person, goods: tuple[str, int, int], shipping: int, visibility: str = "public") -> str:
    """Put goods on sale as a vendor who charges this for shipping; the product's id."""
    title, price, _ = goods
    _eventually(lambda: _tolerant(lambda: owner.get("/vendor/products?limit=1")), "catalog knows the vendor")
    owner.patch("/vendor/profile", {"shipping": [{"amount": shipping, "currency": "EUR"}] if shipping else []})
    said = {"title": title, "price": {"amount": price, "currency": "EUR"}, "status": "active", "visibility": visibility}
    made = owner.post("/vendor/products", said)
    owner.post(f"/vendor/products/{made['id']}/stock", {"kind": "receipt", "quantity": 100, "reason": None})
    return str(made["id"])


def _order(customer: Person, products: list[str]) -> dict[str, Any]:
    """Order one of everything, sent twice with one key; the order once it is decided."""
    wanted = [{"product_id": it, "quantity": goods[2]} for it, goods in zip(products, GOODS, strict=True)]
    cart = _eventually(lambda: _filled(customer, wanted), "the cart can be ordered")
    body = {"shipping_address": ADDRESS, "total": cart["total"], "cart_version": cart["version"]}
    key = uuid4().hex
    placed = [customer.post("/orders", body, key=key)["id"] for _ in range(2)]
    order = _eventually(lambda: _decided(customer, placed[0]), "the order is decided")
    return {**order, "placed": len(set(placed)), "count": len(customer.get("/orders")["items"])}


def _filled(customer: Person, wanted: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The cart with all of it, once ordering knows the products and what every vendor charges for shipping."""
    cart = _tolerant(lambda: customer.put("/cart", {"items": wanted}))
    return cart if cart and cart["total"] and cart["shipping"]["amount"] == sum(SHIPPING) else None


def _decided(customer: Person, order_id: str) -> dict[str, Any] | None:
    order = customer.get(f"/orders/{order_id}")
    return order if order["status"] != "pending" else None


def _part(order: dict[str, Any], vendor: dict[str, Any]) -> dict[str, Any]:
    parts: Iterable[dict[str, Any]] = order["vendor_orders"]
    return next(it for it in parts if it["vendor_id"] == vendor["id"])


def _said(money: dict[str, Any]) -> str:
    return f"{money['amount'] / 100:.2f}"


def _refused(act: Callable[[], Any]) -> int:
    try:
        act()
    except Refused as refusal:
        return refusal.status
    return 200


def _tolerant(act: Callable[[], T]) -> T | None:
    try:
        return act()
    except Refused as refusal:
        if refusal.kind not in LATE:
            raise
        return None


def _eventually(look: Callable[[], T | None], what: str) -> T:
    """What `look` answers once it is something. Raises `RuntimeError` when it does not come about in time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise RuntimeError(f"not within {PATIENCE_SECONDS:.0f} s: {what}")
        time.sleep(PAUSE_SECONDS)
    return found
