"""Getting back in without a password."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request

from gateway.web import sessions
from gateway.web.forms import Forgotten, Reset, submit
from gateway.web.languages import gettext

pages = Blueprint("passwords", __name__)


@pages.get("/password/forgot")
def ask() -> Any:
    """Ask whose password was forgotten."""
    return render_template("forgotten.html", form=Forgotten())


@pages.post("/password/forgot")
def send() -> Any:
    """Have a link sent, and say the same whether or not there is such an account."""
    form = Forgotten()
    if submit(form, lambda: sessions.ask("identity", "POST", "/password/forgot", json={"email": form.email.data})):
        flash(
            gettext("If there is an account with this address, a link to set a new password is on its way to it."),
            "good",
        )
        return redirect("/login", 303)
    return render_template("forgotten.html", form=form), g.status


@pages.get("/password/reset")
def show() -> Any:
    """Ask for a new password; the code comes with the link."""
    return render_template("reset.html", form=Reset(code=request.args.get("code", "")[:512]))


@pages.post("/password/reset")
def reset() -> Any:
    """Set the new password."""
    form = Reset()
    body = {"token": form.code.data or "", "password": form.password.data}
    if submit(form, lambda: sessions.ask("identity", "POST", "/password/reset", json=body)):
        flash(gettext("Your new password is set. Sign in with it."), "good")
        return redirect("/login", 303)
    return render_template("reset.html", form=form), g.status
