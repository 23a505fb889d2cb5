"""The private documents of an applicant or a vendor: sent, opened by a short-lived link, removed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template

from gateway.web import sessions, shop
from gateway.web.client import Refused, ServiceDown
from gateway.web.guards import signed_in
from gateway.web.languages import gettext, ngettext
from gateway.web.parts import part
from gateway.web.uploads import LARGEST_FILE, Sent, chosen, takes_files

pages = Blueprint("documents", __name__)
AT_ONCE = 5


@pages.get("/vendor/documents")
@signed_in
def show() -> Any:
    """What was sent, and a form to send more."""
    return page()


@pages.post("/vendor/documents")
@takes_files(most=AT_ONCE)
@signed_in
def send() -> Any:
    """Keep each file that was chosen; those that are not taken are named, each with its reason."""
    files = chosen("files")[:AT_ONCE]
    refused = [(file.name, why) for file in files if (why := _kept(file))]
    if not files:
        return page(wrong=[gettext("Choose a file first.")]), 422
    if refused:
        return page(wrong=[f"{name}: {why}" for name, why in refused], kept=len(files) - len(refused)), 422
    done = ngettext("Your document is kept.", "Your %(num)s documents are kept.", len(files))
    flash(done, "good")
    return redirect("/vendor/documents", 303)


@pages.get("/vendor/documents/<uuid:document_id>")
@signed_in
def read(document_id: UUID) -> Any:
    """Go to the document by a link that is good for some minutes; an admin's reading is noted."""
    return redirect(sessions.ask("vendor", "GET", f"/vendor/documents/{document_id}")["url"], 303)


@pages.post("/vendor/documents/<uuid:document_id>/remove")
@signed_in
def remove(document_id: UUID) -> Any:
    """Take a document away, unless a decision was based on it."""
    try:
        sessions.ask("vendor", "DELETE", f"/vendor/documents/{document_id}")
    except Refused as refused:
        if refused.status != 409:
            raise
        flash(refused.detail, "warn")
    else:
        flash(gettext("The document is removed."), "good")
    return redirect("/vendor/documents", 303)


def page(wrong: list[str] | None = None, kept: int = 0) -> str:
    """Render the page, with what was not taken."""
    held = part(gettext("your documents"), lambda: sessions.ask("vendor", "GET", "/vendor/documents")["items"], None)
    newest = part(gettext("your application"), shop.application, None)
    mine = part(gettext("your shop"), shop.acting, None)
    waits = (newest or {}).get("status") == "pending"
    return render_template(
        "documents.html",
        documents=held,
        waits=waits,
        may_add=waits or mine is not None,
        wrong=wrong or [],
        kept=kept,
        shop=mine,
        largest=LARGEST_FILE,
        at_once=AT_ONCE,
    )


def _kept(file: Sent) -> str | None:
    """Send one file on; the reason if it was not taken."""
    if file.size > LARGEST_FILE:
        return gettext("It is larger than 10 MB.")
    try:
        sessions.ask("vendor", "POST", "/vendor/documents", params={"name": file.name[:255]}, **file.request())
    except Refused as refused:
        if refused.status in {401, 403}:
            raise
        return refused.detail
    except ServiceDown:
        return gettext("It could not be kept right now. Please send it again in a few seconds.")
    return None
