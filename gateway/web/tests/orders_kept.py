"""What the stand-in for ordering keeps: products, carts, orders with their parts, codes, and what was booked."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from gateway.web.tests.answers import now

Row = dict[str, Any]
NEXT = {
    "pending": {"accepted", "rejected", "cancelled"},
    "accepted": {"packed", "cancelled"},
    "packed": {"shipped", "cancelled"},
    "shipped": {"delivered"},
}
SHIPPING = 499


def euros(amount: int) -> Row:
    """An amount as the services write it."""
    return {"amount": amount, "currency": "EUR"}


@dataclass
class Orders:
    """Everything that ordering knows; orders wait as long as `slow`."""

    products: dict[str, Row] = field(default_factory=dict)
    carts: dict[str, Row] = field(default_factory=dict)
    placed: list[Row] = field(default_factory=list)
    codes: list[Row] = field(default_factory=list)
    booked: list[Row] = field(default_factory=list)
    payouts: list[Row] = field(default_factory=list)
    keys: dict[str, tuple[Any, Row]] = field(default_factory=dict)
    slow: bool = False

    def product(self, title: str, amount: int, vendor: str, **more: Any) -> Row:
        """Something to be bought of a vendor."""
        it: Row = {"product_id": str(uuid.uuid4()), "title": title, "slug": title.lower().replace(" ", "-")}
        it |= {"vendor_id": str(uuid.uuid5(uuid.NAMESPACE_DNS, vendor)), "vendor_name": vendor, "amount": amount}
        it |= {"available": 7, "problem": None, "picture": None}
        self.products[it["product_id"]] = {**it, **more}
        return self.products[it["product_id"]]

    def cart(self, key: str) -> Row:
        """Somebody's cart, empty to begin with."""
        return self.carts.setdefault(key, {"version": 0, "lines": {}, "seen": {}, "code": None})

    def put(self, key: str, wanted: dict[str, int]) -> None:
        """Have so many in a cart, at the prices of now."""
        cart = self.cart(key)
        cart["version"] += 1
        for product_id, quantity in wanted.items():
            cart["lines"][product_id] = quantity
            cart["seen"][product_id] = self.products[product_id]["amount"]
            if not quantity:
                del cart["lines"][product_id]

    def shown(self, key: str, token: str | None) -> Row:
        """A cart as ordering shows it."""
        cart = self.cart(key)
        lines = [self._line(self.products[it], n, cart["seen"][it]) for it, n in cart["lines"].items()]
        sound = bool(lines) and not any(line["problem"] for line in lines)
        parts = self._shares(lines, cart["code"]) if sound else []
        sums = {name: euros(sum(it[name]["amount"] for it in parts)) for name in ("subtotal", "shipping", "discount")}
        total = euros(sum(it["total"]["amount"] for it in parts))
        wrong = "This discount code has expired." if cart["code"] == "OLD" else None
        code = {"discount_code": cart["code"], "discount_problem": wrong, "token": token}
        known: Row = {**sums, "total": total} if sound else dict.fromkeys((*sums, "total"))
        return {"version": cart["version"], "items": lines, "parts": parts, **known, **code}

    def _line(self, it: Row, quantity: int, seen: int) -> Row:
        moved = euros(seen) if seen != it["amount"] else None
        line = {name: it[name] for name in ("product_id", "title", "slug", "picture", "vendor_id", "vendor_name")}
        line |= {"quantity": quantity, "unit_price": euros(it["amount"]), "price_before": moved}
        return line | {
            "subtotal": euros(it["amount"] * quantity),
            "available": it["available"],
            "problem": it["problem"],
        }

    def _shares(self, lines: list[Row], code: str | None) -> list[Row]:
        names = {line["vendor_id"]: line["vendor_name"] for line in lines}
        shares = []
        for vendor_id, name in names.items():
            goods = sum(line["subtotal"]["amount"] for line in lines if line["vendor_id"] == vendor_id)
            off = goods // 10 if code == "TENTH" else 0
            sums = {"subtotal": euros(goods), "shipping": euros(SHIPPING), "discount": euros(off)}
            total = euros(goods + SHIPPING - off)
            shares.append({"vendor_id": vendor_id, "vendor_name": name, **sums, "total": total})
        return shares

    def place(self, person: Row, address: Row) -> Row:
        """Make the order of what is in somebody's cart."""
        cart = self.shown(person["id"], None)
        goods = ("product_id", "title", "picture", "quantity", "unit_price", "subtotal")
        items = [{**{name: it[name] for name in goods}, "sku": "S-1", "discount": euros(0)} for it in cart["items"]]
        order = {name: cart[name] for name in ("subtotal", "shipping", "discount", "total", "discount_code")}
        order |= {"id": str(uuid.uuid4()), "number": f"ORD-{len(self.placed):08}", "status": "pending", "items": items}
        order |= {"placed_at": now(), "decided_at": None, "reason": None, "refused": {}, "shipping_address": address}
        order |= {"vendor_orders": [], "customer_id": person["id"], "plan": cart["parts"], "lines": cart["items"]}
        self.placed.insert(0, order)
        self.carts.pop(person["id"])
        return order

    def confirm(self, order: Row) -> None:
        """Split an order that waits."""
        order["status"] = "confirmed"
        sellers = {line["product_id"]: line["vendor_id"] for line in order["lines"]}
        for share in order["plan"]:
            mine = [it for it in order["items"] if sellers[it["product_id"]] == share["vendor_id"]]
            order["vendor_orders"].append(self._part(order, share, mine))

    def _part(self, order: Row, share: Row, items: list[Row]) -> Row:
        commission = share["subtotal"]["amount"] // 10
        part = {**share, "id": str(uuid.uuid4()), "number": f"VND-{share['vendor_name'][:4].upper()}-20261120-0001"}
        part |= {"status": "pending", "carrier": None, "tracking_number": None, "reason": None, "created_at": now()}
        part |= {"items": items, "steps": [{"status": "pending", "at": now(), "by": "system", "reason": None}]}
        part |= {"order_id": order["id"], "order_number": order["number"], "customer_id": order["customer_id"]}
        part |= {"customer_name": order["shipping_address"]["name"], "shipping_address": order["shipping_address"]}
        earnings = euros(share["subtotal"]["amount"] - commission)
        return part | {"commission_bps": 1000, "commission": euros(commission), "earnings": earnings}

    def parts(self) -> list[Row]:
        """Every part of every order."""
        return [part for order in self.placed for part in order["vendor_orders"]]

    def step(self, part: Row, to: str, by: str, **more: Any) -> bool:
        """Take a part a step on, if it can be; then say so."""
        if to not in NEXT.get(part["status"], set()):
            return False
        part.update(status=to, **more)
        part["steps"].append({"status": to, "at": now(), "by": by, "reason": more.get("reason")})
        order = next(it for it in self.placed if it["id"] == part["order_id"])
        order["status"] = _whole([it["status"] for it in order["vendor_orders"]])
        return True


def _whole(parts: list[str]) -> str:
    live = {it for it in parts if it not in {"cancelled", "rejected"}}
    if not live:
        return "cancelled"
    if live == {"delivered"}:
        return "delivered"
    gone = live & {"shipped", "delivered"}
    return ("shipped" if gone == live else "partly_shipped") if gone else "processing"
