"""A stand-in for notifications: the part of its HTTP that the pages use."""

from __future__ import annotations

from typing import Any

from flask import Flask, abort, request

from gateway.web.tests.answers import now, problem
from gateway.web.tests.news_kept import News
from gateway.web.tests.stand_in import World, noted


def notifications(world: World) -> Flask:
    """The part of notifications that the pages use."""
    app = noted(Flask("notifications"), world)
    for serve in (_lists, _reading, _wishes, _unsubscribing, _deliveries, _templates):
        serve(app, world, world.news)
    return app


def _lists(app: Flask, world: World, news: News) -> None:
    @app.get("/notifications")
    def show() -> Any:
        mine, start = news.told.get(world.acting()["id"], []), int(request.args.get("cursor", 0))
        found = [it for it in mine if request.args.get("unread") != "true" or it["read_at"] is None]
        end = start + int(request.args["limit"])
        following = str(end) if end < len(found) else None
        return {"items": found[start:end], "next_cursor": following, "unread": news.unread(world.acting())}

    @app.get("/notifications/unread")
    def unread() -> Any:
        return {"unread": news.unread(world.acting())}


def _reading(app: Flask, world: World, news: News) -> None:
    @app.post("/notifications/<notice_id>/read")
    def read(notice_id: str) -> Any:
        found = next((it for it in news.told.get(world.acting()["id"], []) if it["id"] == notice_id), None)
        if found is None:
            abort(problem(404, "not-found"))
        found["read_at"] = found["read_at"] or now()
        return found

    @app.post("/notifications/read")
    def read_all() -> Any:
        mine = news.told.get(world.acting()["id"], [])
        start = next(at for at, it in enumerate(mine) if it["id"] == request.get_json()["through"])
        for it in mine[start:]:
            it["read_at"] = it["read_at"] or now()
        return {"read": len(mine) - start, "unread": news.unread(world.acting())}


def _wishes(app: Flask, world: World, news: News) -> None:
    @app.route("/notifications/preferences", methods=["GET", "PUT"])
    def preferences() -> Any:
        user = world.acting()
        for wish in (request.get_json(silent=True) or {}).get("items", []):
            what = (user["id"], wish["kind"], wish["channel"])
            (news.off.discard if wish["enabled"] else news.off.add)(what)
        return {"items": news.wishes(user)}


def _unsubscribing(app: Flask, _world: World, news: News) -> None:
    @app.route("/notifications/unsubscribe", methods=["GET", "POST"])
    def unsubscribe() -> Any:
        token = request.args["token"]
        if token != "the-token":
            return problem(404, "unsubscribe-link-invalid")
        if request.method == "POST":
            news.unsubscribed.append(token)
        return {"kind": "part_shipped", "channel": "email", "enabled": not news.unsubscribed}


def _templates(app: Flask, _world: World, news: News) -> None:
    @app.get("/admin/notifications/templates")
    def templates() -> Any:
        ways = {"order_placed": ["in_app"], "password_reset": ["email"]}
        listed = [
            {"kind": kind, "audience": audience, "channels": ways.get(kind, ["email", "in_app"]), "title": f"T. {kind}"}
            for kind, audience in news.kinds.items()
        ]
        return {"items": listed, "languages": ["en", "de"]}

    @app.get("/admin/notifications/preview")
    def preview() -> Any:
        kind, language = request.args["kind"], request.args["language"]
        if kind not in news.kinds or language not in {"en", "de"}:
            return problem(422, "invalid")
        said = {
            "text": f"{kind} in {language}, as text",
            "html": f"<html><head></head><body>{kind} in {language}</body>",
        }
        told = {"subject": f"T. {kind}", "title": f"T. {kind}", "line": "...", "action": "Go", "link": "/orders/1"}
        return {"kind": kind, "language": language, **said, **told}


def _deliveries(app: Flask, world: World, news: News) -> None:
    @app.get("/admin/deliveries")
    def deliveries() -> Any:
        wanted = request.args.get("state")
        stuck = {wanted} if wanted else {"failed", "in_doubt", "lapsed"}
        return {"items": [it for it in news.deliveries if it["state"] in stuck], "next_cursor": None}

    @app.get("/admin/deliveries/counts")
    def counts() -> Any:
        states = ("due", "claimed", "handed_over", "sent", "failed", "refused", "in_doubt", "lapsed", "dismissed")
        return {state: {"count": sum(it["state"] == state for it in news.deliveries)} for state in states}

    @app.post("/admin/deliveries/<delivery_id>/<act>")
    def settle(delivery_id: str, act: str) -> Any:
        found = next(it for it in news.deliveries if it["id"] == delivery_id)
        if found["state"] == "sent":
            return problem(409, "wrong-delivery-state", "It was sent meanwhile.")
        found["state"] = {"resend": "due", "dismiss": "dismissed"}[act]
        news.settled.append((act, world.acting()["role"], request.get_json().get("reason")))
        return found
