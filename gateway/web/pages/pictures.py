"""The pictures of a product: sent, put in order, described for those who cannot see them, removed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, request

from gateway.web.client import Refused, ServiceDown
from gateway.web.languages import gettext, ngettext
from gateway.web.pages import products
from gateway.web.sides import SIDES, Side
from gateway.web.uploads import LARGEST_FILE, Sent, chosen, takes_files

AT_ONCE = 5
LONGEST_ALT = 300


@takes_files(most=AT_ONCE)
def send(side: Side, product_id: UUID) -> Any:
    """Keep each picture that was chosen; those that are not taken are named, each with its reason."""
    files = chosen("files")[:AT_ONCE]
    alt = request.form.get("alt", "").strip()[:LONGEST_ALT]
    refused = [(file.name, why) for file in files if (why := _kept(side, product_id, file, alt))]
    if refused or not files:
        wrong = [f"{name}: {why}" for name, why in refused] or [gettext("Choose a picture first.")]
        return products.page(side, side.one(product_id), wrong=wrong, kept=len(files) - len(refused)), 422
    flash(ngettext("Your picture is shown.", "Your %(num)s pictures are shown.", len(files)), "good")
    return _back(side, product_id)


def arrange(side: Side, product_id: UUID) -> Any:
    """Keep what is to be seen on each picture, and move the one whose button was pressed."""
    held = [it["id"] for it in side.one(product_id)["images"]]
    alts = {it: request.form.get(f"alt-{it}", "").strip()[:LONGEST_ALT] for it in held}
    which, _, way = request.form.get("move", "").partition(":")
    order = _moved(held, which, -1 if way == "up" else 1) if which in held else held
    side.ask("PUT", f"/{product_id}/images", json={"images": [_placed(it, alts[it]) for it in order]})
    flash(gettext("The pictures are kept so."), "good")
    return _back(side, product_id)


def remove(side: Side, product_id: UUID, image_id: UUID) -> Any:
    """Take a picture away."""
    side.ask("DELETE", f"/{product_id}/images/{image_id}")
    flash(gettext("The picture is removed."), "good")
    return _back(side, product_id)


def _placed(image_id: str, alt: str) -> dict[str, str]:
    return {"id": image_id, **({"alt": alt} if alt else {})}


def _moved(held: list[str], which: str, by: int) -> list[str]:
    order = [it for it in held if it != which]
    order.insert(max(0, held.index(which) + by), which)
    return order


def _back(side: Side, product_id: UUID) -> Any:
    return redirect(f"{side.path}/{product_id}/edit#pictures", 303)


def _kept(side: Side, product_id: UUID, file: Sent, alt: str) -> str | None:
    """Send one picture on; the reason if it was not taken."""
    if file.size > LARGEST_FILE:
        return gettext("It is larger than 10 MB.")
    asked = file.request()
    try:
        side.ask("POST", f"/{product_id}/images", params={"alt": alt} if alt else {}, **asked)
    except Refused as refused:
        if refused.status in {401, 403}:
            raise
        return refused.detail
    except ServiceDown:
        return gettext("It could not be kept right now. Please send it again in a few seconds.")
    return None


ROWS = (
    ("/<uuid:product_id>/images", "POST", send),
    ("/<uuid:product_id>/images/order", "POST", arrange),
    ("/<uuid:product_id>/images/<uuid:image_id>/remove", "POST", remove),
)
BLUEPRINTS = tuple(side.blueprint("pictures", ROWS) for side in SIDES)
