"""Products as their owners keep them: listed, made, changed, deleted and brought back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request

from gateway.web import sessions, shelf
from gateway.web.client import Refused, ServiceDown
from gateway.web.deeds import changes
from gateway.web.formats import price
from gateway.web.forms import submit
from gateway.web.guards import safe_next
from gateway.web.keeping import Kept
from gateway.web.languages import gettext, ngettext
from gateway.web.product_forms import BLAMED, OF_STATUS, STATUSES, VISIBILITIES, Product
from gateway.web.sides import SIDES, Side
from gateway.web.uploads import LARGEST_FILE, takes
from gateway.web.words import standing

LONGEST_FORM = 256 * 1024


def show(side: Side) -> Any:
    """All of them in every status; only the table when htmx asks while somebody types."""
    kept = Kept.of(side.path)
    template = "products/_list.html" if request.headers.get("HX-Request") else "products/list.html"
    tree = shelf.tree()
    return render_template(
        template, side=side, found=side.listed(kept.params), browsed=kept, tree=tree, statuses=STATUSES
    )


def new(side: Side) -> Any:
    """A form for one more product."""
    return _form(side, Product())


@takes(LONGEST_FORM)
def create(side: Side) -> Any:
    """Make a product, with what there is of it, and go on to its pictures."""
    form, made = Product(), list[dict[str, Any]]()
    headers = {"Idempotency-Key": (form.key.data or "")[:64]}
    if not submit(form, lambda: made.append(side.ask("POST", json=form.body(), headers=headers)), also=BLAMED):
        return _form(side, form), g.status
    _begin_stock(side, made[0]["id"], form)
    flash(gettext("The product is kept. A picture says more than its description."), "good")
    return redirect(f"{side.path}/{made[0]['id']}/edit#pictures", 303)


def edit(side: Side, product_id: UUID) -> Any:
    """A form with what is kept, and the pictures."""
    return page(side, side.one(product_id))


@takes(LONGEST_FORM)
def change(side: Side, product_id: UUID) -> Any:
    """Keep what was changed, unless somebody else did so meanwhile: then both are shown."""
    form = Product()
    try:
        if submit(form, lambda: _send(side, product_id, form), also=BLAMED):
            flash(gettext("The product is changed."), "good")
            return redirect(f"{side.path}/{product_id}/edit", 303)
    except Overtaken as overtaken:
        form.version.data = str(overtaken.current["version"])
        return page(side, overtaken.current, form, differs=overtaken.differs), 412
    return page(side, side.one(product_id), form), g.status


def delete(side: Side, product_id: UUID) -> Any:
    """Take a product off the market; it can be brought back."""
    side.ask("DELETE", f"/{product_id}")
    flash(gettext("The product is deleted. You find it among the deleted ones, and can bring it back."), "good")
    return redirect(side.path, 303)


def restore(side: Side, product_id: UUID) -> Any:
    """Bring a deleted product back as it was."""
    try:
        side.ask("POST", f"/{product_id}/restore")
    except Refused as refused:
        if refused.status != 409:
            raise
        flash(refused.detail, "bad")
    else:
        flash(gettext("The product is back as it was."), "good")
    return redirect(f"{side.path}/{product_id}/edit", 303)


def set_status(side: Side) -> Any:
    """Give all that were ticked one status."""
    ids, status = request.form.getlist("ids"), request.form.get("status", "")
    if not ids or status not in STATUSES:
        flash(gettext("Tick the products first, and choose what they shall be."), "warn")
    else:
        _set_status(side, ids, status)
    return redirect(safe_next(request.form.get("next"), side.path), 303)


def page(side: Side, it: dict[str, Any], form: Product | None = None, **more: Any) -> str:
    """Render one product, with the form or the files that were refused if any were."""
    return _form(side, form or Product.of(it), it=it, largest=LARGEST_FILE, **more)


class Overtaken(Exception):
    """Somebody changed the product meanwhile; `current` is what it is now, `differs` how the form is not so."""

    def __init__(self, refused: Refused, sent: dict[str, Any]) -> None:
        self.current: dict[str, Any] = refused.facts["current"]
        self.differs = changes(_told(self.current), _told({**self.current, **sent}))
        super().__init__(refused.detail)


def _send(side: Side, product_id: UUID, form: Product) -> None:
    body, headers = form.body(), {"If-Match": f'"{form.version.data}"'}
    try:
        side.ask("PATCH", f"/{product_id}", json=body, headers=headers)
    except Refused as refused:
        if refused.status == 412 and refused.facts.get("current"):
            raise Overtaken(refused, body) from None
        raise


def _told(it: dict[str, Any]) -> dict[str, str]:
    names = ("title", "description", "sku", "language", "category_id")
    said = {"price": price(it["price"]), "status": it["status"], "seen_by": str(VISIBILITIES[it["visibility"]][0])}
    return {**{name: it.get(name) or "" for name in names}, **said}


def _begin_stock(side: Side, product_id: str, form: Product) -> None:
    if not form.stock.data:
        return
    body = {"kind": "receipt", "quantity": form.stock.data, "reason": None}
    try:
        headers = {"Idempotency-Key": f"stock-{form.key.data or ''}"[:64]}
        side.ask("POST", f"/{product_id}/stock", json=body, headers=headers)
    except (Refused, ServiceDown):
        flash(gettext("What there is in stock could not be noted yet: enter it on the stock page."), "warn")


def _set_status(side: Side, ids: list[str], status: str) -> None:
    try:
        answer = sessions.ask("catalog", "POST", f"{side.path}/status", json={"ids": ids, "status": status})
    except Refused as refused:
        if refused.status in {401, 403}:
            raise
        flash(refused.detail, "bad")
        return
    changed, same = len(answer["changed"]), len(answer["unchanged"])
    done = ngettext(
        "%(num)s product is now: %(status)s.",
        "%(num)s products are now: %(status)s.",
        changed,
        status=standing(status).name,
    )
    before = [ngettext("%(num)s had been so before.", "%(num)s had been so before.", same)] if same else []
    flash(" ".join([done, *before]), "good")


def _form(side: Side, form: Product, **more: Any) -> str:
    tree = shelf.tree()
    names = {it["id"]: it["name"] for it in tree}
    return render_template(
        "products/edit.html" if more.get("it") else "products/create.html",
        **{"side": side, "form": form.among(shelf.indented(tree)), "names": names, "notes": OF_STATUS, **more},
        seen={name: said[1] for name, said in VISIBILITIES.items()},
    )


ROWS = (
    *(("", "GET", show), ("/create", "GET", new), ("/create", "POST", create)),
    *(("/<uuid:product_id>/edit", "GET", edit), ("/<uuid:product_id>/edit", "POST", change)),
    *(("/<uuid:product_id>/delete", "POST", delete), ("/<uuid:product_id>/restore", "POST", restore)),
)
BLUEPRINTS = (
    *(side.blueprint("products", ROWS) for side in SIDES),
    SIDES[0].blueprint("statuses", [("/status", "POST", set_status)]),
)
