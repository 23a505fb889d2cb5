"""Invite links, for the vendor who shares them."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.vendor.api.acting import by, now
from services.vendor.domain import histories, links, vendors
from services.vendor.domain.audit import Action, note
from services.vendor.domain.links import Brought, NewLink, NotYourInvite, UnknownInvite, VendorSuspended
from services.vendor.domain.vendors import NoVendor
from services.vendor.schemas import InviteLabel, InviteView, NewInvite, RefusalView
from shared.kit.auth import Actor, Role, requires
from shared.kit.idempotency import idempotent, once
from shared.kit.operations import Blueprint
from shared.kit.paging import Page, PageQuery, page_of
from shared.kit.stated import accepts, answers, asks, refuses
from shared.kit.web import Answer, current_settings, respond_page, transaction

blueprint = Blueprint("invites", __name__, description="A vendor's invite links")


@blueprint.post("/vendors/me/invite")
@requires(Role.VENDOR)
@idempotent
@accepts(NewInvite, required=False)
@answers(InviteView, 201)
@refuses(NoVendor, VendorSuspended)
def create(body: dict[str, Any], actor: Actor) -> Answer:
    """Make an invite link for the acting vendor."""

    def produce() -> Answer:
        vendor = vendors.of_user(session, actor.user_id)
        made = links.create(session, vendor, NewLink(**body), now())
        _note(session, actor, Action.INVITE_CREATED, made)
        return _dump(made)

    with transaction() as session:
        return once(session, produce)


@blueprint.get("/vendors/me/invites")
@requires(Role.VENDOR)
@asks(PageQuery)
@answers(page_of(InviteView))
@refuses(NoVendor)
def show(query: dict[str, Any], actor: Actor) -> Answer:
    """List the acting vendor's links, newest first, with how many each brought and refused."""
    with transaction() as session:
        vendor = vendors.of_user(session, actor.user_id)
        page = links.page(session, vendor.id, **query)
    return respond_page(Page([_flat(item) for item in page.items], page.next_cursor), InviteView())


@blueprint.patch("/vendors/me/invites/<uuid:invite_id>")
@requires(Role.VENDOR)
@accepts(InviteLabel)
@answers(InviteView)
@refuses(NoVendor, UnknownInvite, NotYourInvite)
def relabel(invite_id: UUID, body: dict[str, Any], actor: Actor) -> Answer:
    """Call one's own link something else."""
    with transaction() as session:
        vendor = vendors.of_user(session, actor.user_id)
        changed = links.relabel(session, vendor.id, invite_id, body["label"])
        _note(session, actor, Action.INVITE_RELABELLED, changed)
        return _dump(changed)


@blueprint.post("/vendors/me/invites/<uuid:invite_id>/revoke")
@requires(Role.VENDOR)
@answers(InviteView)
@refuses(NoVendor, UnknownInvite, NotYourInvite)
def revoke(invite_id: UUID, actor: Actor) -> Answer:
    """Close one's own link from now on; doing so again changes nothing."""
    with transaction() as session:
        vendor = vendors.of_user(session, actor.user_id)
        revoked = links.revoke(session, vendor.id, invite_id, now())
        _note(session, actor, Action.INVITE_REVOKED, revoked)
        return _dump(revoked)


@blueprint.get("/vendors/me/invites/refusals")
@requires(Role.VENDOR)
@asks(PageQuery)
@answers(page_of(RefusalView))
@refuses(NoVendor)
def refusals(query: dict[str, Any], actor: Actor) -> Answer:
    """List who used the acting vendor's links without being put on the list by it, and why, newest first."""
    with transaction() as session:
        vendor = vendors.of_user(session, actor.user_id)
        page = histories.refused(session, vendor.id, **query)
    return respond_page(page, RefusalView())


def _note(session: Session, actor: Actor, action: Action, brought: Brought) -> None:
    """The token is a secret of sorts, so the row does not hold it."""
    link = brought.link
    facts = {"label": link.label, "max_uses": link.max_uses, "expires_at": link.expires_at}
    note(session, by(actor), action, link.id, vendor_id=link.vendor_id, after={**facts, "revoked_at": link.revoked_at})


def _dump(brought: Brought) -> Answer:
    return InviteView().dump(_flat(brought))


def _flat(brought: Brought) -> dict[str, Any]:
    link = brought.link
    return {
        "id": link.id,
        "token": link.token,
        "url": f"{current_settings().gateway_url.rstrip('/')}/register?token={link.token}",
        "label": link.label,
        "max_uses": link.max_uses,
        "uses": brought.uses,
        "expires_at": link.expires_at,
        "revoked_at": link.revoked_at,
        "created_at": link.created_at,
        "refused": brought.refused,
    }
