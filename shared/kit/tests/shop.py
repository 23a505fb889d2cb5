"""A small service to try the walls with: its operations meet every kind of statement and of failure."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import OKPKey
from marshmallow import Schema, fields, validate
from sqlalchemy import text

from shared.kit.app import create_app
from shared.kit.auth import Actor, Role, TokenVerifier, anyone, requires
from shared.kit.database import Database
from shared.kit.errors import NotFound, Refusal
from shared.kit.keys import GivenKeys
from shared.kit.operations import Blueprint
from shared.kit.settings import Settings
from shared.kit.stated import accepts, answers, asks, refuses
from shared.kit.web import Answer, transaction

KEY = OKPKey.generate_key("Ed25519", {"kid": "first"})


class NameTaken(Refusal):
    """Another thing has this name."""


class Size(Schema):
    width = fields.Integer(required=True, strict=True, validate=validate.Range(1, 100))


class NewThing(Schema):
    name = fields.String(required=True, validate=validate.Length(1, 50))
    size = fields.Nested(Size)
    tags = fields.List(fields.String())


class ThingView(Schema):
    id = fields.UUID(required=True)
    name = fields.String(required=True)


class Wish(Schema):
    word = fields.String(load_default="none")
    limit = fields.Integer(load_default=1, validate=validate.Range(0, 1000))


things = Blueprint("things", __name__, description="Things")


@things.post("/things")
@requires(Role.VENDOR)
@accepts(NewThing)
@answers(ThingView, 201)
@refuses(NameTaken)
def create(body: dict[str, Any], actor: Actor) -> Answer:
    """Make a thing."""
    if body["name"] == "taken":
        raise NameTaken(fields={"name": "Taken."})
    return ThingView().dump({"id": actor.user_id, "name": body["name"]})


@things.get("/things/<token>")
@anyone(optional=True)
@answers(ThingView)
@refuses(NotFound)
def show(token: str, actor: Actor | None) -> Answer:
    """Show a thing."""
    return ThingView().dump({"id": actor.user_id if actor else uuid4(), "name": token})


@things.get("/wishes")
@anyone
@asks(Wish)
@answers(Wish)
def wish(query: dict[str, Any]) -> Answer:
    """Repeat a wish."""
    return query


@things.delete("/parts/<uuid:part_id>")
@requires(Role.CUSTOMER)
@answers(None, 204)
def remove(part_id: UUID, actor: Actor) -> Answer:
    """Remove a part."""


@things.get("/administration")
@requires(Role.ADMIN)
@answers(None, 204)
def administration(actor: Actor) -> Answer:
    """Look after things."""


@things.post("/sql")
@anyone
@accepts(Schema.from_dict({"statement": fields.String(required=True)}, name="Statement"))
@answers(None, 204)
def sql(body: dict[str, Any]) -> Answer:
    """Ask the database for trouble."""
    with transaction() as session:
        session.execute(text(body["statement"]))


@things.get("/fault")
@anyone
@answers(None, 204)
def fault() -> Answer:
    """Fail in a way nobody foresaw."""
    raise RuntimeError("password=hunter2 leaked")


def token(role: str = "vendor", *, key: Any = KEY, header: dict[str, Any] | None = None, **changes: Any) -> str:
    """Sign an access token that outlives any run of tests; changes replace claims, None removes one."""
    now = int(time.time())
    claims = {"iss": "market", "aud": "market", "sub": str(uuid4()), "role": role, "jti": uuid4().hex}
    claims |= {"iat": now, "exp": now + 86_400} | changes
    algorithm = (header or {}).get("alg", "Ed25519")
    header = {"alg": algorithm, "kid": key.kid, **(header or {})}
    return jwt.encode(header, {k: v for k, v in claims.items() if v is not None}, key, algorithms=[algorithm])


def bearer(role: str = "vendor", **changes: Any) -> dict[str, str]:
    """Headers of a request by somebody of this role."""
    return {"Authorization": f"Bearer {token(role, **changes)}"}


def open_shop(settings: Settings, database: Database, blueprints: Iterable[Blueprint] = (things,)) -> Flask:
    """Build the service's app."""
    verifier = TokenVerifier(GivenKeys(lambda: [KEY]))
    return create_app(settings, title="Shop", version="1", blueprints=blueprints, database=database, verifier=verifier)


Client = FlaskClient
