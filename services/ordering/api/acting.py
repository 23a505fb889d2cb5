"""Who acts and from where, whose cart it is, and this service's own settings, for every door."""

from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import UUID

from flask import request

from services.ordering.domain.carts import Owner
from services.ordering.domain.placing import Rules
from services.ordering.settings import Settings
from shared.events.ids import new_id
from shared.kit.audit import By
from shared.kit.auth import Actor
from shared.kit.errors import Forbidden
from shared.kit.web import current_settings

CART_TOKEN = "Cart-Token"  # noqa: S105 - the name of a header


class CartTokenInvalid(Forbidden):
    """This cart token was not given by us."""


def by(actor: Actor) -> By:
    """The acting person for trails; the address is the one that the gateway saw."""
    return By(actor.user_id, str(actor.role), request.remote_addr)


def own_settings() -> Settings:
    """The settings of this service."""
    return cast("Settings", current_settings())


def now() -> datetime:
    """The moment of the act."""
    return datetime.now(UTC)


def rules() -> Rules:
    """What is configured of placing."""
    settings = own_settings()
    return Rules(settings.house_vendor, timedelta(seconds=settings.reservation_seconds))


def owner(actor: Actor | None) -> Owner:
    """Whose cart it is: the customer's, or that of the `Cart-Token`, or a new one. Raises `CartTokenInvalid`."""
    if actor:
        return Owner(customer_id=actor.user_id)
    token = request.headers.get(CART_TOKEN)
    return Owner(cart_id=cart_of(token) if token else new_id())


def token_of(cart_id: UUID) -> str:
    """The token that lets whoever has it at an anonymous cart."""
    return own_settings().cart_tokens.give(cart_id)


def cart_of(token: str) -> UUID:
    """The cart that a token was given for. Raises `CartTokenInvalid`."""
    cart_id = own_settings().cart_tokens.read(token)
    if cart_id is None:
        raise CartTokenInvalid
    return cart_id
