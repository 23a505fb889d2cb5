"""Products by the file: sent, checked, shown before anything changes, applied; and all of them as a file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request

from gateway.web import sessions
from gateway.web.client import Refused, ServiceDown
from gateway.web.guards import vendors_only
from gateway.web.languages import gettext, lazy_gettext
from gateway.web.parts import part
from gateway.web.uploads import chosen, takes

pages = Blueprint("imports", __name__)
PATH = "/vendor/products/import"
LARGEST = 32 * 1024 * 1024
FORMATS = ("csv", "xlsx")
KEPT_HEADERS = ("Content-Type", "Content-Disposition")
MOVING = frozenset({"checking", "applying"})
ROW_STATES = {
    "create": (lazy_gettext("New"), "good"),
    "update": (lazy_gettext("Changes"), "good"),
    "created": (lazy_gettext("Made"), "good"),
    "updated": (lazy_gettext("Changed"), "good"),
    "unchanged": (lazy_gettext("As it is"), ""),
    "faulty": (lazy_gettext("Faulty"), "bad"),
    "refused": (lazy_gettext("Refused"), "bad"),
}
COLUMNS = (
    ("sku", lazy_gettext("Your number. A product that has it is changed; else one is made.")),
    ("title", lazy_gettext("What it is called. Needed for a new one.")),
    ("price", lazy_gettext("Like 12.50. Needed for a new one.")),
    ("currency", lazy_gettext("Like EUR.")),
    ("description", lazy_gettext("Markdown.")),
    ("category", lazy_gettext("The last part of the category’s address, like kitchen.")),
    ("stock", lazy_gettext("How many there are.")),
    ("threshold", lazy_gettext("At how many you are told.")),
    ("status", lazy_gettext("draft, active, inactive or out_of_stock.")),
    ("visibility", lazy_gettext("public, or linked for your customers alone.")),
    ("language", lazy_gettext("Two letters, like en.")),
)


@pages.get(PATH)
@vendors_only
def show() -> Any:
    """A form for a file, and the files that were sent."""
    return _page()


@pages.post(PATH)
@takes(LARGEST)
@vendors_only
def send() -> Any:
    """Send a file on, and go to see what would come of it."""
    files = chosen("file")
    if not files:
        return _page(gettext("Choose a file first.")), 422
    try:
        job = sessions.ask("catalog", "POST", PATH, params={"name": files[0].name[:400]}, **files[0].request())
    except Refused as refused:
        if refused.status in {401, 403}:
            raise
        return _page(refused.detail), refused.status
    except ServiceDown:
        return _page(gettext("It could not be taken right now. Please send it again in a few seconds.")), 503
    return redirect(f"{PATH}/{job['id']}", 303)


@pages.get(f"{PATH}/<uuid:job_id>")
@vendors_only
def one(job_id: UUID) -> Any:
    """How far it is, row by row; only what changes by itself when htmx asks."""
    job = sessions.ask("catalog", "GET", f"{PATH}/{job_id}")
    state, cursor = request.args.get("state", ""), request.args.get("cursor", "")
    state = state if state in ROW_STATES else ""
    asked = {"limit": "20", "state": state, "cursor": cursor}
    params = {name: value for name, value in asked.items() if value}
    rows = part(
        gettext("its rows"), lambda: sessions.ask("catalog", "GET", f"{PATH}/{job_id}/rows", params=params), None
    )
    template = "products/_import.html" if request.headers.get("HX-Target") == "job" else "products/import.html"
    shown = {"job": job, "rows": rows, "state": state, "cursor": cursor, "words": ROW_STATES}
    return render_template(template, **shown, moving=job["state"] in MOVING, path=f"{PATH}/{job_id}", **_progress(job))


@pages.post(f"{PATH}/<uuid:job_id>/apply")
@vendors_only
def apply(job_id: UUID) -> Any:
    """Have all rows but the faulty ones applied."""
    try:
        sessions.ask("catalog", "POST", f"{PATH}/{job_id}/apply")
    except Refused as refused:
        if refused.status != 409:
            raise
        flash(refused.detail, "warn")
    return redirect(f"{PATH}/{job_id}", 303)


@pages.get(f"{PATH}/<uuid:job_id>/errors")
@vendors_only
def errors(job_id: UUID) -> Any:
    """The rows of which nothing came, to be mended and sent again."""
    return _handed_on(f"{PATH}/{job_id}/errors", {})


@pages.get("/vendor/products/export")
@vendors_only
def export() -> Any:
    """All of one's products as a file."""
    wanted = request.args.get("format", "csv")
    return _handed_on("/vendor/products/export", {"format": wanted if wanted in FORMATS else "csv"})


def _page(wrong: str = "") -> str:
    found = part(
        gettext("your files"), lambda: sessions.ask("catalog", "GET", PATH, params={"limit": "10"})["items"], None
    )
    return render_template("products/imports.html", jobs=found, wrong=wrong, largest=LARGEST, columns=COLUMNS)


def _progress(job: dict[str, Any]) -> dict[str, int]:
    rows = job["rows"]
    done = rows["created"] + rows["updated"] + rows["refused"]
    return {"done": done, "total": done + rows["create"] + rows["update"]}


def _handed_on(path: str, params: dict[str, str]) -> Response:
    """A file from catalog, piece by piece as it comes."""
    file = sessions.download("catalog", path, params=params)
    answer = Response(file.pieces, headers={name: file.headers[name] for name in KEPT_HEADERS if name in file.headers})
    answer.call_on_close(file.close)
    return answer
