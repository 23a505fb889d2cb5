"""One's own page: who one is, on whose lists, and one's password."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, session

from gateway.web import sessions, shop
from gateway.web.client import Refused
from gateway.web.forms import Name, NewPassword, submit
from gateway.web.guards import signed_in
from gateway.web.languages import gettext
from gateway.web.parts import part

pages = Blueprint("profile", __name__)


@pages.get("/profile")
@signed_in
def show() -> Any:
    """Show everything that is known of somebody, to themselves."""
    return page()


@pages.post("/profile/name")
@signed_in
def rename() -> Any:
    """Change what one is called."""
    form = Name()
    if submit(form, lambda: sessions.ask("identity", "PATCH", "/me", json={"name": form.name.data})):
        session["name"] = form.name.data
        flash(gettext("Your name is changed."), "good")
        return redirect("/profile", 303)
    return page(naming=form), g.status


@pages.post("/profile/password")
@signed_in
def change_password() -> Any:
    """Change the password."""
    form = NewPassword()
    body = {"current_password": form.current_password.data, "new_password": form.new_password.data}
    if submit(form, lambda: _change(body)):
        flash(gettext("Your password is changed."), "good")
        return redirect("/profile", 303)
    return page(password=form), g.status


def page(naming: Name | None = None, password: NewPassword | None = None) -> str:
    """Render the page, with the form that was refused if one was."""
    me = part(gettext("your account"), lambda: sessions.ask("identity", "GET", "/me"), None)
    addresses = part(gettext("your addresses"), lambda: sessions.ask("identity", "GET", "/me/addresses")["items"], None)
    mine = part(gettext("your invitations"), _invitations, None)
    business = part(gettext("your business account"), _business, None)
    return render_template(
        "profile.html",
        business=business,
        me=me,
        addresses=addresses,
        invitations=mine,
        naming=naming or Name(name=me["name"] if me else session.get("name", "")),
        password=password or NewPassword(),
    )


def _change(body: dict[str, Any]) -> None:
    try:
        sessions.ask("identity", "POST", "/password/change", json=body, headers=sessions.refresh_cookie())
    except Refused as refused:
        if refused.kind == "wrong-credentials":
            refused.fields = {"current_password": gettext("This is not your current password.")}
        raise


def _business() -> dict[str, Any] | None:
    """Which Business Account card to show, with the shop or the application it is about; admins have none."""
    if g.visit.role == "admin":
        return None
    mine = shop.acting()
    newest = None if mine else shop.application()
    if mine and g.visit.role == "customer":
        sessions.catch_up()
    return {"state": shop.state(mine, newest), "shop": mine, "application": newest, "fresh": shop.fresh(mine)}


def _invitations() -> list[dict[str, Any]]:
    if g.visit.role == "admin":
        return []
    items: list[dict[str, Any]] = sessions.ask("vendor", "GET", "/vendor/invitations/mine")["items"]
    return items
