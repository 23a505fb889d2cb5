"""A vendor's invitation links: made, shared, relabelled, revoked, and what each brought."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, session

from gateway.web import sessions
from gateway.web.forms import Label, NewInvite, new_key, submit
from gateway.web.guards import vendors_only
from gateway.web.languages import gettext
from gateway.web.links import dressed
from gateway.web.parts import part

pages = Blueprint("invites", __name__)


@pages.get("/vendor/invites")
@vendors_only
def show() -> Any:
    """All links, newest first."""
    return page(NewInvite())


@pages.post("/vendor/invites")
@vendors_only
def make() -> Any:
    """Make a link and show it on top."""
    form = NewInvite()
    made: list[dict[str, Any]] = []
    if submit(form, lambda: made.append(_make(form)), also={"expires_at": "expires_on"}):
        session["made"] = made[0]["id"]
        flash(gettext("Your link is ready to be shared."), "good")
        return redirect("/vendor/invites", 303)
    form.key.data = new_key()
    return page(form), g.status


@pages.post("/vendor/invites/<uuid:invite_id>/label")
@vendors_only
def relabel(invite_id: UUID) -> Any:
    """Call a link something else."""
    form = Label()
    body = {"label": (form.label.data or "").strip() or None}
    if submit(form, lambda: sessions.ask("vendor", "PATCH", f"/vendors/me/invites/{invite_id}", json=body)):
        flash(gettext("The label is changed."), "good")
    else:
        wrong = " ".join(map(str, [*form.form_errors, *form.label.errors]))
        flash(wrong or gettext("The label was not changed."), "bad")
    return redirect("/vendor/invites", 303)


@pages.post("/vendor/invites/<uuid:invite_id>/revoke")
@vendors_only
def revoke(invite_id: UUID) -> Any:
    """Withdraw a link: whoever comes through it from now on is not put on the list."""
    sessions.ask("vendor", "POST", f"/vendors/me/invites/{invite_id}/revoke")
    flash(gettext("The link is withdrawn. Whoever came through it stays on your list."), "good")
    return redirect("/vendor/invites", 303)


def page(form: NewInvite) -> str:
    """Render the page with the form as it stands."""
    cursor = request.args.get("cursor")
    links = part(gettext("your links"), lambda: _links(cursor), None)
    refusals = part(gettext("what was refused"), lambda: _ask("/vendors/me/invites/refusals", None), None)
    return render_template(
        "vendor/invites.html",
        form=form,
        links=links,
        refusals=refusals,
        cursor=cursor,
        made=session.pop("made", None),
    )


def _make(form: NewInvite) -> dict[str, Any]:
    headers = {"Idempotency-Key": (form.key.data or "")[:64]}
    made: dict[str, Any] = sessions.ask("vendor", "POST", "/vendors/me/invite", json=form.body(), headers=headers)
    return made


def _links(cursor: str | None) -> dict[str, Any]:
    found = _ask("/vendors/me/invites", cursor)
    return {**found, "items": dressed(found["items"])}


def _ask(path: str, cursor: str | None) -> dict[str, Any]:
    params = {"limit": "20", **({"cursor": cursor} if cursor else {})}
    found: dict[str, Any] = sessions.ask("vendor", "GET", path, params=params)
    return found
