"""What other services may ask of people, on the internal port: who registered, with which token, and reset codes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import marshmallow as ma

from services.identity.domain import emails, password_resets, users
from services.identity.domain.password_resets import ResetOver
from services.identity.models import User
from shared.kit.auth import services_only
from shared.kit.errors import Invalid, NotFound
from shared.kit.operations import Blueprint
from shared.kit.stated import answers, asks, refuses
from shared.kit.web import Answer, transaction

blueprint = Blueprint("inside", __name__, description="People, for other services")

SHOWN = ("id", "email", "name", "role", "registered_at", "erased_at", "invite_token", "version")


class UnknownCustomer(NotFound):
    """Nobody here is this customer."""


class WhoQuery(ma.Schema):
    """One of the three."""

    id = ma.fields.UUID(load_default=None)
    email = ma.fields.String(load_default=None)
    token = ma.fields.String(load_default=None)
    limit = ma.fields.Integer(load_default=100, validate=ma.validate.Range(1, 1000))


class WhoView(ma.Schema):
    """The people found."""

    items = ma.fields.List(ma.fields.Dict(), required=True)


@blueprint.get("/internal/customers")
@services_only
@asks(WhoQuery)
@answers(WhoView)
@refuses(UnknownCustomer)
def find(query: dict[str, Any]) -> Answer:
    """Find people by id, by e-mail, or by the invite token they registered with, newest first."""
    if not (query["id"] or query["email"] or query["token"]):
        raise Invalid(fields={"id": "Ask for an id, an email or a token."})
    key = emails.parse(query["email"]).key if query["email"] else None
    with transaction() as session:
        found = users.looked_up(session, user_id=query["id"], email_key=key, token=query["token"], limit=query["limit"])
    if not found and not query["token"]:
        raise UnknownCustomer(f"Nobody registered as {query['email'] or query['id']}.")
    return {"items": [_shown(user) for user in found]}


def _shown(user: User) -> dict[str, Any]:
    return {name: getattr(user, name) for name in SHOWN}


class ResetCode(ma.Schema):
    """What a link for a new password holds."""

    code = ma.fields.String(required=True)


@blueprint.post("/internal/password-resets/<uuid:reset_id>/code")
@services_only
@answers(ResetCode)
@refuses(ResetOver)
def issue(reset_id: UUID) -> Answer:
    """Make the code of a link that is about to be sent; it is told once, and stored by its digest alone."""
    with transaction() as session:
        return {"code": password_resets.issue(session, reset_id)}
