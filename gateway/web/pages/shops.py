"""A vendor's own shop: what it says of itself, what sending costs, where its earnings go, its logo and its banner."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template

from gateway.web import sessions, shop
from gateway.web.business_forms import BLAMED, Bank, Shipping, Shop
from gateway.web.client import Refused, ServiceDown
from gateway.web.forms import submit
from gateway.web.guards import vendors_only
from gateway.web.languages import gettext
from gateway.web.parts import part
from gateway.web.uploads import LARGEST_FILE, Sent, chosen, takes_files

pages = Blueprint("shops", __name__)


@pages.get("/vendor/profile")
@vendors_only
def show() -> Any:
    """Everything that the shop's owner can change."""
    return page()


@pages.post("/vendor/profile")
@vendors_only
def change() -> Any:
    """Keep what the shop says of itself."""
    form = Shop()
    if submit(form, lambda: _patch(form.body()), also=BLAMED):
        flash(gettext("Your shop’s page is changed."), "good")
        return redirect("/vendor/profile", 303)
    return page(form=form), g.status


@pages.post("/vendor/profile/shipping")
@vendors_only
def change_shipping() -> Any:
    """Charge something else for sending, in one currency."""
    form = Shipping()
    if submit(form, lambda: _patch(form.body((shop.acting() or {}).get("shipping", []))), also=BLAMED):
        flash(gettext("What you charge for shipping is changed, for orders from now on."), "good")
        return redirect("/vendor/profile#shipping", 303)
    return page(shipping=form), g.status


@pages.post("/vendor/profile/bank")
@vendors_only
def change_bank() -> Any:
    """Keep another bank account."""
    form = Bank()
    if submit(form, lambda: _patch(form.body()), also=BLAMED):
        flash(gettext("Your bank details are kept, encrypted."), "good")
        return redirect("/vendor/profile#bank", 303)
    return page(bank=form), g.status


@pages.post("/vendor/profile/bank/remove")
@vendors_only
def remove_bank() -> Any:
    """Forget the bank account."""
    _patch({"bank": None})
    flash(gettext("Your bank details are removed."), "good")
    return redirect("/vendor/profile#bank", 303)


@pages.post("/vendor/profile/logo")
@takes_files()
@vendors_only
def change_logo() -> Any:
    """Show another logo."""
    return _picture("logo", gettext("Your new logo is shown."))


@pages.post("/vendor/profile/banner")
@takes_files()
@vendors_only
def change_banner() -> Any:
    """Show another banner."""
    return _picture("banner", gettext("Your new banner is shown."))


@pages.post("/vendor/profile/logo/remove")
@vendors_only
def remove_logo() -> Any:
    """Show no logo."""
    return _without("logo", gettext("Your logo is removed."))


@pages.post("/vendor/profile/banner/remove")
@vendors_only
def remove_banner() -> Any:
    """Show no banner."""
    return _without("banner", gettext("Your banner is removed."))


def page(
    form: Shop | None = None,
    bank: Bank | None = None,
    shipping: Shipping | None = None,
    wrong: dict[str, str] | None = None,
) -> str:
    """Render the page, with the form that was refused if one was."""
    mine = part(gettext("your shop"), shop.acting, None)
    return render_template(
        "vendor/profile.html",
        shop=mine,
        form=form or Shop.filled(mine),
        bank=bank or Bank(formdata=None),
        shipping=shipping or Shipping(formdata=None),
        wrong=wrong or {},
        largest=LARGEST_FILE,
    )


def _patch(body: dict[str, Any]) -> None:
    sessions.ask("vendor", "PATCH", "/vendor/profile", json=body)


def _without(kind: str, done: str) -> Any:
    sessions.ask("vendor", "DELETE", f"/vendor/profile/{kind}")
    flash(done, "good")
    return redirect("/vendor/profile", 303)


def _picture(kind: str, done: str) -> Any:
    files = chosen("file")
    said = _refused(kind, files[0]) if files else (gettext("Choose a picture first."), 422)
    if said:
        return page(wrong={kind: said[0]}), said[1]
    flash(done, "good")
    return redirect("/vendor/profile", 303)


def _refused(kind: str, file: Sent) -> tuple[str, int] | None:
    """Send a picture on; the reason and a status if it was not taken."""
    try:
        sessions.ask("vendor", "PUT", f"/vendor/profile/{kind}", **file.request())
    except Refused as refused:
        if refused.status in {401, 403}:
            raise
        return refused.detail, refused.status
    except ServiceDown:
        return gettext("It could not be kept right now. Please send it again in a few seconds."), 503
    return None
