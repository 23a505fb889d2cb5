"""The addresses on one's profile."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template

from gateway.web import sessions
from gateway.web.forms import Address, submit
from gateway.web.guards import signed_in
from gateway.web.languages import gettext

pages = Blueprint("addresses", __name__)


@pages.get("/profile/addresses")
@signed_in
def new() -> Any:
    """A form for one more address."""
    return render_template("address.html", form=Address(), address=None)


@pages.post("/profile/addresses")
@signed_in
def add() -> Any:
    """Keep one more address."""
    form = Address()
    if submit(form, lambda: sessions.ask("identity", "POST", "/me/addresses", json=form.body())):
        flash(gettext("The address is saved."), "good")
        return redirect("/profile#addresses", 303)
    return render_template("address.html", form=form, address=None), g.status


@pages.get("/profile/addresses/<uuid:address_id>")
@signed_in
def edit(address_id: UUID) -> Any:
    """A form with what is kept."""
    address = _mine(address_id)
    return render_template("address.html", form=Address(data=address), address=address)


@pages.post("/profile/addresses/<uuid:address_id>")
@signed_in
def change(address_id: UUID) -> Any:
    """Keep what was changed."""
    form = Address()
    if submit(form, lambda: sessions.ask("identity", "PATCH", f"/me/addresses/{address_id}", json=form.body())):
        flash(gettext("The address is saved."), "good")
        return redirect("/profile#addresses", 303)
    return render_template("address.html", form=form, address=_mine(address_id)), g.status


@pages.post("/profile/addresses/<uuid:address_id>/remove")
@signed_in
def remove(address_id: UUID) -> Any:
    """Forget an address."""
    sessions.ask("identity", "DELETE", f"/me/addresses/{address_id}")
    flash(gettext("The address is removed."), "good")
    return redirect("/profile#addresses", 303)


def _mine(address_id: UUID) -> dict[str, Any]:
    items: list[dict[str, Any]] = sessions.ask("identity", "GET", "/me/addresses")["items"]
    found = [item for item in items if item["id"] == str(address_id)]
    return found[0] if found else abort(404)
