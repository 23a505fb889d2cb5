"""The addresses of the person who is signed in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.identity.domain import addresses
from services.identity.domain.addresses import TooManyAddresses
from services.identity.schemas import AddressChange, AddressList, AddressView, NewAddress
from shared.kit.auth import Actor, Role, requires
from shared.kit.errors import NotFound
from shared.kit.operations import Blueprint
from shared.kit.stated import accepts, answers, refuses
from shared.kit.web import Answer, transaction

blueprint = Blueprint("addresses", __name__, description="Addresses")


@blueprint.get("/me/addresses")
@requires(Role.CUSTOMER, Role.ADMIN)
@answers(AddressList)
def show(actor: Actor) -> Answer:
    """List one's own addresses, the default one first."""
    with transaction() as session:
        found = addresses.of(session, actor.user_id)
    return AddressList().dump({"items": found, "next_cursor": None})


@blueprint.post("/me/addresses")
@requires(Role.CUSTOMER, Role.ADMIN)
@accepts(NewAddress)
@answers(AddressView, 201)
@refuses(TooManyAddresses)
def add(body: dict[str, Any], actor: Actor) -> Answer:
    """Add an address; the first one becomes the default."""
    with transaction() as session:
        address = addresses.add(session, actor.user_id, body)
    return AddressView().dump(address)


@blueprint.patch("/me/addresses/<uuid:address_id>")
@requires(Role.CUSTOMER, Role.ADMIN)
@accepts(AddressChange)
@answers(AddressView)
@refuses(NotFound)
def change(address_id: UUID, body: dict[str, Any], actor: Actor) -> Answer:
    """Change one's own address; what is not sent stays as it is."""
    with transaction() as session:
        address = addresses.change(session, actor.user_id, address_id, body)
    return AddressView().dump(address)


@blueprint.delete("/me/addresses/<uuid:address_id>")
@requires(Role.CUSTOMER, Role.ADMIN)
@answers(None, 204)
@refuses(NotFound)
def remove(address_id: UUID, actor: Actor) -> Answer:
    """Remove one's own address; if it was the default, the oldest of the others becomes it."""
    with transaction() as session:
        addresses.remove(session, actor.user_id, address_id)
