"""Stand-ins for the services' HTTP: what they promise in the contract, kept in memory, for tests of the pages alone."""

from __future__ import annotations

import base64
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, abort, jsonify, request

from gateway.web.tests import stand_in_catalog, stand_in_shops
from gateway.web.tests.answers import now, problem
from gateway.web.tests.news_kept import News
from gateway.web.tests.orders_kept import Orders
from gateway.web.tests.stand_in_catalog import Goods
from gateway.web.tests.stand_in_shops import Shops

SENTENCES = {
    "linked": "You are on Luca's Bakery's customer list since 20 November 2026.",
    "unknown_token": "Nobody made the invitation that you used.",
    "expired": "Luca's Bakery's invitation had expired.",
    "revoked": "Luca's Bakery had withdrawn the invitation.",
    "exhausted": "Luca's Bakery's invitation had been used as often as it may be.",
    "vendor_not_approved": "Luca's Bakery was not open for customers.",
}
REASONS = ("unknown_token", "expired", "revoked", "exhausted", "vendor_not_approved")


@dataclass
class World:
    """Everything that the stand-ins know, and what they were asked."""

    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    links: list[dict[str, Any]] = field(default_factory=list)
    customers: list[dict[str, Any]] = field(default_factory=list)
    outcomes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    refusals: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    token_seconds: int = 900
    mapping_waits: bool = False
    shops: Shops = field(default_factory=Shops)
    orders: Orders = field(default_factory=Orders)
    goods: Goods = field(default_factory=Goods)
    news: News = field(default_factory=News)
    vendor: dict[str, str] = field(default_factory=lambda: {"name": "Luca’s Bakery", "slug": "lucas-bakery"})

    def user(self, name: str, email: str, role: str = "customer") -> dict[str, Any]:
        """Somebody with the password that all stand-in people have."""
        user: dict[str, Any] = {"id": str(uuid.uuid4()), "name": name, "email": email, "role": role, "locale": "en"}
        user |= {"password": "a long walk by the sea", "addresses": [], "registered_at": now()}
        self.users[email] = user
        return user

    def link(self, token: str, **more: Any) -> dict[str, Any]:
        """A link of the one vendor; `reason` makes its preview a refusal."""
        link: dict[str, Any] = {
            "id": str(uuid.uuid4()),
            "token": token,
            "url": f"http://localhost:8000/register?token={token}",
        }
        link |= {"label": None, "max_uses": None, "uses": 0, "expires_at": None, "revoked_at": None}
        self.links.insert(0, {**link, "created_at": now(), "refused": {}, **more})
        return self.links[0]

    def judge(self, token: str, user: dict[str, Any]) -> str:
        """Record what comes of a token."""
        link = next((it for it in self.links if it["token"] == token), None)
        outcome = (link.get("reason") or "linked") if link else "unknown_token"
        vendor = self.vendor if link else None
        self.outcomes.setdefault(user["id"], []).insert(
            0,
            {
                "outcome": outcome,
                "vendor": vendor,
                "at": now(),
                "on_list": outcome == "linked",
                "sentence": SENTENCES[outcome],
            },
        )
        if outcome == "linked" and link:
            link["uses"] += 1
            row = {"customer_id": user["id"], "name": user["name"], "email": user["email"], "linked_at": now()}
            row |= {"invite_token_id": link["id"], "invite_label": link["label"], "source": "registration"}
            self.customers.insert(0, row)
        return outcome

    def acting(self) -> dict[str, Any]:
        """Who the bearer token of this request is about."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer":
            abort(problem(401, "unauthenticated"))
        claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
        return next(it for it in self.users.values() if it["id"] == claims["sub"])


def access_token(user: dict[str, Any], seconds: int) -> str:
    """A token with the claims that identity writes, and no signature."""
    claims = {"sub": user["id"], "role": user["role"], "locale": user["locale"], "exp": int(time.time()) + seconds}
    return "e30." + base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=") + ".x"


def noted(app: Flask, world: World) -> Flask:
    """The app, which tells the world what it was asked."""

    @app.before_request
    def note() -> None:
        world.asked.append((request.method, request.path, {k.lower(): v for k, v in request.headers.items()}))

    return app


def identity(world: World) -> Flask:
    """The part of identity that the pages use."""
    app = noted(Flask("identity"), world)
    for serve in (_registering, _signing_in, _accounts, _addresses):
        serve(app, world)
    return app


def _tokens(world: World, user: dict[str, Any]) -> Any:
    body = {"access_token": access_token(user, world.token_seconds), "expires_in": world.token_seconds}
    answer = jsonify({**body, "token_type": "Bearer"})
    answer.set_cookie("refresh_token", user["email"], max_age=86_400, httponly=True)
    return answer


def _shown(user: dict[str, Any]) -> dict[str, Any]:
    return {name: user[name] for name in ("id", "name", "email", "role", "locale", "registered_at")}


def _registering(app: Flask, world: World) -> None:
    @app.post("/register")
    def register() -> Any:
        body = request.get_json()
        if body["email"] in world.users:
            return problem(409, "email-taken", "There is an account.", email="Somebody has an account with it.")
        if len(body["password"]) < 10:
            return problem(422, "weak-password", "Too easy.", password="It needs at least 10 characters.")
        user = world.user(body["name"], body["email"])
        user["locale"] = body.get("locale", "en")
        user["password"] = body["password"]
        if body.get("invite_token") and not world.mapping_waits:
            world.judge(body["invite_token"], user)
        return _shown(user), 201


def _signing_in(app: Flask, world: World) -> None:
    @app.post("/login")
    def login() -> Any:
        body = request.get_json()
        user = world.users.get(body["email"])
        if body["email"] == "often@x.example":
            return problem(429, "too-many-requests")
        if user is None or user["password"] != body["password"]:
            return problem(401, "wrong-credentials", "E-mail or password is not right.")
        return _tokens(world, user)

    @app.post("/token/refresh")
    def refresh() -> Any:
        user = world.users.get(request.cookies.get("refresh_token", ""))
        return _tokens(world, user) if user else problem(401, "unauthenticated")

    @app.post("/logout")
    def logout() -> Any:
        return "", 204


def _accounts(app: Flask, world: World) -> None:
    @app.route("/me", methods=["GET", "PATCH"])
    def me() -> Any:
        user = world.acting()
        user.update(request.get_json(silent=True) or {})
        return _shown(user)

    @app.post("/password/change")
    def change() -> Any:
        if request.get_json()["current_password"] != world.acting()["password"]:
            return problem(401, "wrong-credentials", "This is not your password.")
        return "", 204

    @app.post("/password/forgot")
    def forgot() -> Any:
        return "", 202

    @app.post("/password/reset")
    def reset() -> Any:
        if request.get_json()["token"] != "the-code":
            return problem(422, "reset-link-invalid", "This link was used or is too old.")
        return "", 204


def _addresses(app: Flask, world: World) -> None:
    @app.route("/me/addresses", methods=["GET", "POST"])
    def addresses() -> Any:
        user = world.acting()
        if request.method == "POST":
            user["addresses"].append({**request.get_json(), "id": str(uuid.uuid4())})
        return {"items": user["addresses"], "next_cursor": None}

    @app.route("/me/addresses/<address_id>", methods=["PATCH", "DELETE"])
    def address(address_id: str) -> Any:
        user = world.acting()
        kept = next((it for it in user["addresses"] if it["id"] == address_id), None)
        if kept is None:
            return problem(404, "not-found")
        if request.method == "DELETE":
            user["addresses"].remove(kept)
            return "", 204
        kept.update(request.get_json())
        return kept


def vendor(world: World) -> Flask:
    """The part of vendor that the pages use."""
    app = noted(Flask("vendor"), world)
    for serve in (_invitations, _links, _lists):
        serve(app, world)
    stand_in_shops.serve(app, world.shops, world.acting)
    return app


def _invitations(app: Flask, world: World) -> None:
    @app.get("/invites/<token>")
    def preview(token: str) -> Any:
        link = next((it for it in world.links if it["token"] == token), None)
        reason = link.get("reason") if link else "unknown_token"
        return {
            "valid": reason is None,
            "reason": reason,
            "vendor": world.vendor if link else None,
            "sentence": SENTENCES[reason or "linked"],
        }

    @app.post("/invites/<token>/accept")
    def accept(token: str) -> Any:
        outcome = world.judge(token, world.acting())
        vendor = world.vendor if outcome != "unknown_token" else None
        return {"outcome": outcome, "vendor": vendor, "sentence": SENTENCES[outcome]}

    @app.get("/vendor/invitations/mine")
    def mine() -> Any:
        return {"items": world.outcomes.get(world.acting()["id"], []), "next_cursor": None}


def _links(app: Flask, world: World) -> None:
    @app.post("/vendors/me/invite")
    def make() -> Any:
        body = request.get_json()
        if body.get("max_uses", 1) < 1:
            return problem(422, "invalid", "No.", max_uses="Must be at least 1.")
        if body.get("expires_at", "9") < now():
            return problem(422, "invalid", "No.", expires_at="Lies in the past.")
        return world.link(uuid.uuid4().hex, **body), 201

    @app.get("/vendors/me/invites")
    def links() -> Any:
        return {"items": world.links, "next_cursor": None}

    @app.get("/vendors/me/invites/refusals")
    def refusals() -> Any:
        return {"items": world.refusals, "next_cursor": None}

    @app.patch("/vendors/me/invites/<link_id>")
    def relabel(link_id: str) -> Any:
        link = next(it for it in world.links if it["id"] == link_id)
        link.update(request.get_json())
        return link

    @app.post("/vendors/me/invites/<link_id>/revoke")
    def revoke(link_id: str) -> Any:
        link = next(it for it in world.links if it["id"] == link_id)
        link.update(revoked_at=now(), reason="revoked")
        return link


def _lists(app: Flask, world: World) -> None:
    @app.get("/vendors/me/customers")
    def customers() -> Any:
        q, start = request.args.get("q", "").lower(), int(request.args.get("cursor", 0))
        found = [it for it in world.customers if q in it["name"].lower()]
        end = start + int(request.args.get("limit", 20))
        return {"items": found[start:end], "next_cursor": str(end) if end < len(found) else None}

    @app.delete("/vendors/me/customers/<customer_id>")
    def remove(customer_id: str) -> Any:
        world.customers = [it for it in world.customers if it["customer_id"] != customer_id]
        return "", 204


def catalog(world: World) -> Flask:
    """The part of catalog that the pages use."""
    return noted(stand_in_catalog.catalog(world.goods, world.acting), world)
