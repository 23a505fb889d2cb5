"""Every operation, what is sent to it, and what each caller who may call it is answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from services.identity.domain import addresses, emails, password_resets, sign_ins
from services.identity.models import User
from services.vendor.domain import invitations, links
from services.vendor.domain.links import Brought, NewLink
from tests.apps import PASSWORD, Marketplace, Person
from tests.authorisation.callers import ADMIN, CUSTOMER, OTHER_VENDOR, SUSPENDED_VENDOR, VENDOR

ADDRESS = {"name": "Ada", "line1": "12 St James's Square", "city": "London", "country": "GB"}
ANYONE = "anyone"


@dataclass
class Scene:
    """One call: by whom, and what stands in the database that it is about, which is `owner`'s (the caller VENDOR)."""

    market: Marketplace
    caller: Person
    owner: Person

    @cached_property
    def invite(self) -> Brought:
        """A link of the owner's."""
        assert self.owner.vendor
        with self.market.databases["vendor"].transaction() as session:
            return links.create(session, self.owner.vendor, NewLink(), datetime.now(UTC))

    @cached_property
    def listed(self) -> UUID:
        """A customer on the owner's list."""
        customer, token = uuid4(), self.invite.link.token
        with self.market.databases["vendor"].transaction() as session:
            invitations.accept(session, token, customer, datetime.now(UTC))
        return customer

    @cached_property
    def own_address(self) -> UUID:
        """An address of the caller's."""
        with self.market.databases["identity"].transaction() as session:
            return UUID(str(addresses.add(session, self.caller.user_id, ADDRESS).id))

    @cached_property
    def refresh_token(self) -> str:
        """What keeps the caller signed in."""
        with self.market.databases["identity"].transaction() as session:
            user = session.get_one(User, self.caller.user_id)
            return sign_ins.begin(session, user, self.market.identity_settings.sign_in_lifetime).token

    @cached_property
    def reset_token(self) -> str:
        """A link for a new password, sent to the caller."""
        with self.market.databases["identity"].transaction() as session:
            return password_resets.request(session, emails.parse(self.caller.email).key) or ""


Body = Callable[[Scene], Any]


@dataclass(frozen=True)
class Says:
    """What one operation answers to whom: `answers` by caller, or for `ANYONE`."""

    answers: Mapping[str, int]
    body: Body | None = None
    path: Callable[[Scene], Mapping[str, Any]] = field(default=lambda _scene: {})


def everybody_signed_in(status: int) -> dict[str, int]:
    return dict.fromkeys((CUSTOMER, VENDOR, OTHER_VENDOR, SUSPENDED_VENDOR, ADMIN), status)


def shoppers(status: int, **others: int) -> dict[str, int]:
    """Customers, and vendors, who are customers too."""
    return {**dict.fromkeys((CUSTOMER, VENDOR, OTHER_VENDOR, SUSPENDED_VENDOR), status), **others}


def sellers(vendor: int, other: int, suspended: int) -> dict[str, int]:
    return {VENDOR: vendor, OTHER_VENDOR: other, SUSPENDED_VENDOR: suspended}


STATEMENTS: dict[tuple[str, str], Says] = {
    ("identity", "POST /register"): Says(
        {ANYONE: 201}, lambda _: {"email": f"{uuid4().hex}@shop.example", "password": PASSWORD, "name": "Ada"}
    ),
    ("identity", "POST /login"): Says({ANYONE: 200}, lambda scene: {"email": scene.caller.email, "password": PASSWORD}),
    ("identity", "POST /token/refresh"): Says({ANYONE: 200}, lambda scene: {"refresh_token": scene.refresh_token}),
    ("identity", "POST /logout"): Says({ANYONE: 204}, lambda scene: {"refresh_token": scene.refresh_token}),
    ("identity", "POST /password/forgot"): Says({ANYONE: 202}, lambda scene: {"email": scene.caller.email}),
    ("identity", "POST /password/reset"): Says(
        {ANYONE: 204}, lambda scene: {"token": scene.reset_token, "password": "another walk by the sea"}
    ),
    ("identity", "POST /password/change"): Says(
        everybody_signed_in(204), lambda _: {"current_password": PASSWORD, "new_password": "another walk by the sea"}
    ),
    ("identity", "GET /.well-known/jwks.json"): Says({ANYONE: 200}),
    ("identity", "GET /me"): Says(everybody_signed_in(200)),
    ("identity", "PATCH /me"): Says(everybody_signed_in(200), lambda _: {"name": "Ada King"}),
    ("identity", "DELETE /me"): Says(everybody_signed_in(204)),
    ("identity", "GET /me/addresses"): Says(everybody_signed_in(200)),
    ("identity", "POST /me/addresses"): Says(everybody_signed_in(201), lambda _: ADDRESS),
    ("identity", "PATCH /me/addresses/{address_id}"): Says(
        everybody_signed_in(200), lambda _: {"city": "Paris"}, lambda scene: {"address_id": scene.own_address}
    ),
    ("identity", "DELETE /me/addresses/{address_id}"): Says(
        everybody_signed_in(204), path=lambda scene: {"address_id": scene.own_address}
    ),
    ("vendor", "POST /vendors/me/invite"): Says(sellers(201, 201, 409), lambda _: {}),
    ("vendor", "GET /vendors/me/invites"): Says(sellers(200, 200, 200)),
    ("vendor", "GET /vendors/me/invites/refusals"): Says(sellers(200, 200, 200)),
    ("vendor", "PATCH /vendors/me/invites/{invite_id}"): Says(
        sellers(200, 403, 403), lambda _: {"label": "Fair"}, lambda scene: {"invite_id": scene.invite.link.id}
    ),
    ("vendor", "POST /vendors/me/invites/{invite_id}/revoke"): Says(
        sellers(200, 403, 403), path=lambda scene: {"invite_id": scene.invite.link.id}
    ),
    ("vendor", "GET /vendors/me/customers"): Says(sellers(200, 200, 200)),
    ("vendor", "DELETE /vendors/me/customers/{customer_id}"): Says(
        sellers(204, 404, 404), path=lambda scene: {"customer_id": scene.listed}
    ),
    ("vendor", "GET /vendor/profile"): Says({**shoppers(200), CUSTOMER: 404}),
    ("vendor", "GET /vendor/invitations/mine"): Says(shoppers(200)),
    ("vendor", "GET /invites/{token}"): Says({ANYONE: 200}, path=lambda scene: {"token": scene.invite.link.token}),
    ("vendor", "POST /invites/{token}/accept"): Says(
        {**shoppers(200), VENDOR: 409}, path=lambda scene: {"token": scene.invite.link.token}
    ),
}
