"""Every operation, what is sent to it, and what each caller who may call it is answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from services.identity.domain import addresses, emails, password_resets, sign_ins
from services.identity.models import User
from services.vendor.domain import applications, documents, invitations, links, standing
from services.vendor.domain.documents import File
from services.vendor.domain.links import Brought, NewLink
from services.vendor.tests import pictures
from shared.events.ids import new_id
from shared.kit.audit import By
from tests.apps import PASSWORD, Marketplace, Person
from tests.authorisation.callers import ADMIN, CUSTOMER, OTHER_VENDOR, SUSPENDED_VENDOR, VENDOR

ADDRESS = {"name": "Ada", "line1": "12 St James's Square", "city": "London", "country": "GB"}
ANYONE = "anyone"
PDF, PNG = pictures.PDF, pictures.image("PNG")


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
            asked = password_resets.request(session, emails.parse(self.caller.email).key)
            return password_resets.issue(session, asked) if asked else ""

    @cached_property
    def applicant(self) -> Person:
        """Somebody whose application waits to be decided."""
        person = self.market.person()
        self._apply(person.user_id)
        return person

    @cached_property
    def application_id(self) -> UUID:
        """That application."""
        with self.market.databases["vendor"].transaction() as session:
            return applications.own(session, self.applicant.user_id).id

    @cached_property
    def own_application(self) -> UUID | None:
        """An open application of the caller's, who sells nothing yet."""
        return self._apply(self.caller.user_id) if not self.caller.vendor else None

    @cached_property
    def document_id(self) -> UUID:
        """A document of the owner's."""
        file = File(new_id(), BytesIO(PDF), len(PDF), "0" * 64, "application/pdf")
        settings = self.market.vendor_settings
        settings.storage.put(documents.key(file), BytesIO(PDF), file.media_type)
        with self.market.databases["vendor"].transaction() as session:
            documents.add(session, self.owner.user_id, "a.pdf", file, datetime.now(UTC), self._by(self.owner.user_id))
        return file.id

    @property
    def document_link(self) -> str:
        """The query string of a link to it."""
        moment = datetime.now(UTC) + timedelta(minutes=1)
        return self.market.vendor_settings.document_links.query(str(self.document_id), moment)

    @cached_property
    def picture(self) -> str:
        """The name of a picture's file."""
        name = f"{uuid4().hex}-logo-{uuid4().hex}-128.webp"
        self.market.vendor_settings.storage.put(f"media/{name}", BytesIO(b"a picture"), "image/webp")
        return name

    def vendor_id(self, status: str = "approved") -> UUID:
        """The owner's vendor, brought to a status."""
        assert self.owner.vendor
        now, which = datetime.now(UTC), self.owner.vendor.id
        with self.market.databases["vendor"].transaction() as session:
            if status == "suspended":
                standing.suspend(session, which, "Complaints", now)
            if status == "deleted":
                standing.delete(session, which, "Left", now)
        return which

    def _apply(self, user_id: UUID) -> UUID:
        with self.market.databases["vendor"].transaction() as session:
            wanted = applications.Wanted("Acme")
            return applications.submit(session, user_id, wanted, datetime.now(UTC), self._by(user_id)).id

    @staticmethod
    def _by(user_id: UUID) -> By:
        return By(user_id, "customer")


Body = Callable[[Scene], Any]


@dataclass(frozen=True)
class Says:
    """What one operation answers to whom: `answers` by caller, or for `ANYONE`."""

    answers: Mapping[str, int]
    body: Body | None = None
    path: Callable[[Scene], Mapping[str, Any]] = field(default=lambda _scene: {})
    file: bytes | None = None
    query: Callable[[Scene], str] | None = None


def everybody_signed_in(status: int) -> dict[str, int]:
    return dict.fromkeys((CUSTOMER, VENDOR, OTHER_VENDOR, SUSPENDED_VENDOR, ADMIN), status)


def shoppers(status: int, **others: int) -> dict[str, int]:
    """Customers, and vendors, who are customers too."""
    return {**dict.fromkeys((CUSTOMER, VENDOR, OTHER_VENDOR, SUSPENDED_VENDOR), status), **others}


def sellers(vendor: int, other: int, suspended: int) -> dict[str, int]:
    return {VENDOR: vendor, OTHER_VENDOR: other, SUSPENDED_VENDOR: suspended}


def admins(status: int = 200) -> dict[str, int]:
    return {ADMIN: status}


def of_a_vendor(status: str = "approved") -> Callable[[Scene], Mapping[str, Any]]:
    return lambda scene: {"vendor_id": scene.vendor_id(status)}


def of_an_application(scene: Scene) -> Mapping[str, Any]:
    return {"application_id": scene.application_id}


def of_a_document(scene: Scene) -> Mapping[str, Any]:
    return {"document_id": scene.document_id}


def why(_: Scene) -> dict[str, str]:
    return {"reason": "Because"}


BECOMING: dict[tuple[str, str], Says] = {
    ("vendor", "POST /vendor/apply"): Says(
        {**shoppers(409), CUSTOMER: 201}, lambda _: {"business_name": "Acme", "website": "https://acme.example"}
    ),
    ("vendor", "GET /vendor/application"): Says(
        {**shoppers(404), CUSTOMER: 200}, path=lambda scene: {"": scene.own_application}
    ),
    ("vendor", "POST /vendor/application/withdraw"): Says(
        {**shoppers(404), CUSTOMER: 200}, path=lambda scene: {"": scene.own_application}
    ),
    ("vendor", "GET /vendor/documents"): Says(shoppers(200)),
    ("vendor", "POST /vendor/documents"): Says({**shoppers(201), CUSTOMER: 409}, file=PDF),
    ("vendor", "GET /vendor/documents/{document_id}"): Says(
        {CUSTOMER: 403, VENDOR: 200, OTHER_VENDOR: 403, SUSPENDED_VENDOR: 403, ADMIN: 200}, path=of_a_document
    ),
    ("vendor", "DELETE /vendor/documents/{document_id}"): Says({**shoppers(403), VENDOR: 204}, path=of_a_document),
    ("vendor", "GET /vendor/documents/{document_id}/content"): Says(
        {ANYONE: 200}, path=of_a_document, query=lambda scene: scene.document_link
    ),
    ("vendor", "PATCH /vendor/profile"): Says(sellers(200, 200, 409), lambda _: {"description": "Anvils"}),
    ("vendor", "PUT /vendor/profile/logo"): Says(sellers(200, 200, 409), file=PNG),
    ("vendor", "DELETE /vendor/profile/logo"): Says(sellers(200, 200, 409)),
    ("vendor", "PUT /vendor/profile/banner"): Says(sellers(200, 200, 409), file=PNG),
    ("vendor", "DELETE /vendor/profile/banner"): Says(sellers(200, 200, 409)),
    ("vendor", "GET /vendor/media/{file_name}"): Says({ANYONE: 200}, path=lambda scene: {"file_name": scene.picture}),
    ("vendor", "GET /vendor/store/{slug}"): Says(
        {ANYONE: 200}, path=lambda scene: {"slug": scene.owner.vendor.slug if scene.owner.vendor else ""}
    ),
    ("vendor", "GET /admin/vendors/applications"): Says(admins()),
    ("vendor", "GET /admin/vendors/applications/{application_id}"): Says(admins(), path=of_an_application),
    ("vendor", "POST /admin/vendors/applications/{application_id}/approve"): Says(
        admins(), lambda _: {}, of_an_application
    ),
    ("vendor", "POST /admin/vendors/applications/{application_id}/reject"): Says(admins(), why, of_an_application),
    ("vendor", "GET /admin/vendors"): Says(admins()),
    ("vendor", "GET /admin/vendors/{vendor_id}"): Says(admins(), path=of_a_vendor()),
    ("vendor", "POST /admin/vendors/{vendor_id}/suspend"): Says(admins(), why, of_a_vendor()),
    ("vendor", "POST /admin/vendors/{vendor_id}/reactivate"): Says(admins(), lambda _: {}, of_a_vendor("suspended")),
    ("vendor", "POST /admin/vendors/{vendor_id}/commission"): Says(
        admins(), lambda _: {"commission_bps": 500}, of_a_vendor()
    ),
    ("vendor", "POST /admin/vendors/{vendor_id}/delete"): Says(admins(), why, of_a_vendor()),
    ("vendor", "POST /admin/vendors/{vendor_id}/restore"): Says(admins(), lambda _: {}, of_a_vendor("deleted")),
    ("vendor", "GET /admin/audit"): Says(admins()),
}
NOWHERE = {"service": "nowhere", "signature": "ValueError-1", "reason": "to see"}

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
    **BECOMING,
    ("vendor", "GET /admin/mappings/explain"): Says({ADMIN: 422}),
    ("vendor", "GET /admin/mappings/reconcile"): Says({ADMIN: 200}),
    ("vendor", "POST /admin/mappings/reconcile"): Says({ADMIN: 200}, lambda _: {"reason": "to see"}),
    ("vendor", "GET /admin/events"): Says({ADMIN: 200}),
    ("vendor", "GET /admin/events/{event_id}"): Says({ADMIN: 404}, path=lambda _: {"event_id": uuid4()}),
    ("vendor", "GET /admin/events/{event_id}/trace"): Says({ADMIN: 404}, path=lambda _: {"event_id": uuid4()}),
    ("vendor", "GET /admin/parked"): Says({ADMIN: 200}),
    ("vendor", "POST /admin/parked/redrive"): Says({ADMIN: 404}, lambda _: NOWHERE),
    ("vendor", "POST /admin/parked/dismiss"): Says({ADMIN: 404}, lambda _: NOWHERE),
}
