"""The visitor's cart: their own once they are signed in, and until then the one whose token this browser keeps."""

from __future__ import annotations

from typing import Any

from flask import g, session

from gateway.web import sessions
from gateway.web.client import Refused, ServiceDown

TOKEN, COUNT = "cart", "in_cart"
Cart = dict[str, Any]


def ask(method: str, path: str = "/cart", body: Any = None) -> Cart:
    """Ask for, or change, the visitor's cart; what was gathered before signing in is in it."""
    _merge()
    token = None if g.visit.signed_in else session.get(TOKEN)
    more: dict[str, Any] = {"headers": {"Cart-Token": token}} if token else {}
    if body is not None:
        more["json"] = body
    try:
        return _kept(sessions.ask("ordering", method, path, **more))
    except Refused as refused:
        if refused.kind != "cart-token-invalid" or not token:
            raise
    session.pop(TOKEN)
    return ask(method, path, body)


def merge() -> None:
    """Put what was gathered before signing in into one's own cart; while ordering is down, that waits."""
    try:
        _merge()
    except ServiceDown:
        return


def remembered() -> int:
    """How many things this browser last saw in the cart."""
    return int(session.get(COUNT, 0))


def forget() -> None:
    """Leave nothing of the cart in this browser."""
    session.pop(TOKEN, None)
    session.pop(COUNT, None)


def emptied() -> None:
    """Note that everything in the cart was ordered."""
    session.pop(COUNT, None)


def _merge() -> None:
    token = session.get(TOKEN)
    if not token or g.visit.role not in {"customer", "vendor"}:
        return
    try:
        _kept(sessions.ask("ordering", "POST", "/cart/merge", json={"token": token}))
    except Refused as refused:
        if refused.status not in {403, 404, 422}:
            raise
    session.pop(TOKEN, None)


def _kept(cart: Cart) -> Cart:
    if cart.get("token") and not g.visit.signed_in:
        session[TOKEN] = cart["token"]
    count = sum(int(line["quantity"]) for line in cart["items"])
    if count != session.get(COUNT, 0):
        session[COUNT] = count
    return cart


def by_shop(cart: Cart) -> list[dict[str, Any]]:
    """The lines in groups, each with who would send them and what that part costs, once that can be said."""
    parts = {part["vendor_id"]: part for part in cart["parts"]}
    groups: dict[str | None, dict[str, Any]] = {}
    for line in cart["items"]:
        seller = line["vendor_id"] if line["vendor_name"] else None
        named = {"name": line["vendor_name"], "part": parts.get(seller), "lines": []}
        groups.setdefault(seller, named)["lines"].append(line)
    return list(groups.values())
