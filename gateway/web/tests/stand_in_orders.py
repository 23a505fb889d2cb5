"""The ordering service, kept in memory: carts, orders, the vendors' parts of them, and what admins watch."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Flask, abort, request

from gateway.web.tests.answers import now, problem, refusal
from gateway.web.tests.orders_kept import Row, euros
from gateway.web.tests.stand_in import World, noted

STEPS = {"accept": "accepted", "pack": "packed", "ship": "shipped", "deliver": "delivered"}
STEPS |= {"cancel": "cancelled", "reject": "rejected"}


def ordering(world: World) -> Flask:
    """The part of ordering that the pages use."""
    app = noted(Flask("ordering"), world)
    _carts(app, world)
    _placing(app, world)
    _orders(app, world)
    _parts(app, world)
    _figures(app, world)
    _admins(app, world)
    _payouts(app, world)
    _discounts(app, world)
    return app


def _whose(world: World) -> tuple[str, str | None]:
    if request.headers.get("Authorization"):
        return world.acting()["id"], None
    token = request.headers.get("Cart-Token") or uuid.uuid4().hex
    if token == "forged":
        abort(problem(403, "cart-token-invalid"))
    return token, token


def _carts(app: Flask, world: World) -> None:
    orders = world.orders

    @app.route("/cart", methods=["GET", "PUT"])
    def cart() -> Any:
        key, token = _whose(world)
        if request.method == "PUT":
            orders.put(key, {it["product_id"]: it["quantity"] for it in request.get_json()["items"]})
        return orders.shown(key, token)

    @app.put("/cart/items/<product_id>")
    def line(product_id: str) -> Any:
        key, token = _whose(world)
        if product_id not in orders.products:
            said = {f"items.{product_id}": "There is no such product for you."}
            return refusal(422, "invalid", "No.", said, {})
        orders.put(key, {product_id: request.get_json()["quantity"]})
        return orders.shown(key, token)

    @app.put("/cart/discount")
    def code() -> Any:
        key, token = _whose(world)
        orders.cart(key)["code"] = request.get_json()["code"]
        return orders.shown(key, token)

    @app.post("/cart/merge")
    def merge() -> Any:
        key = world.acting()["id"]
        other = orders.carts.pop(request.get_json()["token"], None)
        mine = orders.cart(key)["lines"]
        for product_id, quantity in (other or {"lines": {}})["lines"].items():
            orders.put(key, {product_id: mine.get(product_id, 0) + quantity})
        return orders.shown(key, None)


def _own(world: World, order_id: str) -> Row:
    mine = [it for it in world.orders.placed if it["customer_id"] == world.acting()["id"]]
    return next((it for it in mine if it["id"] == order_id), None) or abort(problem(404, "unknown-order"))


def _placing(app: Flask, world: World) -> None:
    orders = world.orders

    @app.post("/orders")
    def place() -> Any:
        person, body, key = world.acting(), request.get_json(), request.headers["Idempotency-Key"]
        if key in orders.keys:
            before, answer = orders.keys[key]
            return (answer, 202) if before == body else problem(422, "idempotency-key-reused")
        cart = orders.shown(person["id"], None)
        if not cart["items"]:
            return problem(409, "cart-empty", "There is nothing in the cart.")
        if body["cart_version"] != cart["version"] or body["total"] != cart["total"]:
            return problem(409, "price-changed", "A price has changed.")
        if body["shipping_address"]["city"] == "Nowhere":
            return refusal(422, "invalid", "No.", {"shipping_address.city": "There is no such town."}, {})
        order = orders.place(person, body["shipping_address"])
        orders.keys[key] = (body, {"id": order["id"], "number": order["number"], "status": "pending"})
        return orders.keys[key][1], 202


def _orders(app: Flask, world: World) -> None:
    orders = world.orders

    @app.get("/orders")
    def listed() -> Any:
        mine = [it for it in orders.placed if it["customer_id"] == world.acting()["id"]]
        return {"items": mine, "next_cursor": None}

    @app.get("/orders/<order_id>")
    def one(order_id: str) -> Any:
        order = _own(world, order_id)
        if order["status"] == "pending" and not orders.slow:
            orders.confirm(order)
        return order

    @app.post("/orders/<order_id>/cancel")
    def cancel(order_id: str) -> Any:
        order, body = _own(world, order_id), request.get_json()
        chosen = [it for it in order["vendor_orders"] if body.get("vendor_order_id") in {None, it["id"]}]
        why = body.get("reason", "Cancelled by the customer.")
        early = [it for it in chosen if it["status"] in {"pending", "accepted"}]
        if not [it for it in early if orders.step(it, "cancelled", "customer", reason=why)]:
            return problem(409, "wrong-status", "What is packed cannot become cancelled.")
        return order


def _parts(app: Flask, world: World) -> None:
    orders = world.orders

    def own(part_id: str) -> Row:
        part = next((it for it in orders.parts() if it["id"] == part_id), None)
        if part is None:
            abort(problem(404, "unknown-vendor-order"))
        if part["vendor_name"] != world.shops.of(world.acting())["name"]:  # type: ignore[index]
            abort(problem(403, "not-your-vendor-order"))
        return part

    @app.get("/vendor/orders")
    def parts() -> Any:
        shop = world.shops.of(world.acting()) or abort(problem(404, "no-vendor"))
        status, q = request.args.get("status"), request.args.get("q", "").lower()
        mine = [it for it in orders.parts() if it["vendor_name"] == shop["name"]]
        found = [it for it in mine if q in (it["number"] + it["customer_name"]).lower()]
        return {"items": [it for it in found if status in {None, it["status"]}], "next_cursor": None}

    @app.get("/vendor/orders/<part_id>")
    def part(part_id: str) -> Any:
        return own(part_id)

    @app.post("/vendor/orders/<part_id>/<step>")
    def advance(part_id: str, step: str) -> Any:
        it, before = own(part_id), own(part_id)["status"]
        if not orders.step(it, STEPS[step], "vendor", **(request.get_json(silent=True) or {})):
            facts = {"from": before, "to": STEPS[step]}
            return refusal(409, "wrong-status", f"What is {before} cannot become {STEPS[step]}.", {}, facts)
        return it


def _figures(app: Flask, world: World) -> None:
    def told() -> dict[str, Any]:
        live = [it for it in world.orders.parts() if it["status"] not in {"cancelled", "rejected"}]
        sums = {"revenue": "subtotal", "commission": "commission", "earnings": "earnings"}
        taken = {name: sum(it[of]["amount"] for it in live) for name, of in sums.items()}
        series = [{"at": f"{now()[:10]}T00:00:00Z", "currency": "EUR", "orders": len(live), **taken}] if live else []
        takings = [{"currency": "EUR", **taken}] if live else []
        counts = {"pending": 1, "products": 70, "customers": 9, "buyers": 2, "vendors": 4, "vendor_orders": len(live)}
        return {**counts, "orders": len(live), "takings": takings, "series": series}

    @app.get("/vendor/statistics")
    def of_vendor() -> Any:
        return told()

    @app.get("/admin/statistics")
    def of_all() -> Any:
        return told()

    @app.get("/vendor/ledger")
    def ledger() -> Any:
        balance = {"currency": "EUR", "opening": 100, "earned": 3518, "shipping": 499, "paid_out": 0, "closing": 4117}
        return {"balances": [balance], "items": world.orders.booked, "next_cursor": None}

    @app.get("/vendor/ledger.csv")
    def export() -> Any:
        said = f"at,kind\r\n{request.args.get('from')},{request.args.get('to')}\r\n"
        return said, 200, {"Content-Type": "text/csv; charset=utf-8"}


def _admins(app: Flask, world: World) -> None:
    orders = world.orders

    @app.get("/admin/orders")
    def everybodys() -> Any:
        q = request.args.get("q", "").upper()
        return {"items": [it for it in orders.placed if q in it["number"]], "next_cursor": None}

    @app.get("/admin/orders/<order_id>")
    def anybodys(order_id: str) -> Any:
        return next((it for it in orders.placed if it["id"] == order_id), None) or problem(404, "unknown-order")

    @app.get("/admin/orders/<order_id>/explain")
    def explain(order_id: str) -> Any:
        step = {
            "at": now(),
            "what": "stock.reserved",
            "where": "ordering",
            "event_id": order_id,
            "detail": "told: handled",
        }
        told = {"id": order_id, "number": "ORD-1", "status": "confirmed", "state": "confirmed", "deadline": None}
        hop = {"service": "catalog", "name": "delivered", "at": now(), "ok": True, "seconds": 0.012, "id": order_id}
        way = {"hops": [{**hop, "detail": "in catalog's inbox"}], "hangs": False, "remedy": None}
        return {**told, **way, "sentence": "ORD-1 stands, split into 2.", "steps": [step, {**step, "event_id": None}]}


def _payouts(app: Flask, world: World) -> None:
    orders = world.orders

    @app.route("/admin/payouts", methods=["GET", "POST"])
    def payouts() -> Any:
        if request.method == "GET":
            return {"items": orders.payouts, "next_cursor": None}
        if orders.payouts:
            return problem(409, "nothing-to-pay", "Nothing.")
        row = {"id": str(uuid.uuid4()), "batch_id": str(uuid.uuid4()), "vendor_id": str(uuid.uuid4()), "at": now()}
        orders.payouts.append({**row, "vendor_name": "Luca’s Bakery", "amount": euros(4117), "transactions": 2})
        return {"batch_id": row["batch_id"], "items": orders.payouts}, 201


def _discounts(app: Flask, world: World) -> None:
    orders = world.orders

    @app.route("/admin/discounts", methods=["GET", "POST"])
    def discounts() -> Any:
        if request.method == "GET":
            return {"items": orders.codes, "next_cursor": None}
        body = request.get_json()
        if body["code"].upper() in {it["code"] for it in orders.codes}:
            return problem(409, "code-taken", "There is one.", code="There is one like this already.")
        nothing = dict.fromkeys(
            ("percentage_bps", "amount", "currency", "minimum", "valid_until", "max_uses", "disabled_at")
        )
        it = {**nothing, **body, "code": body["code"].upper(), "id": str(uuid.uuid4()), "uses": 0, "created_at": now()}
        orders.codes.insert(0, it)
        return it, 201

    @app.post("/admin/discounts/<code_id>/disable")
    def disable(code_id: str) -> Any:
        it = next(it for it in orders.codes if it["id"] == code_id)
        it["disabled_at"] = now()
        return it
