"""The tree of categories, for the admins who shape it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request

from gateway.web import sessions, shelf
from gateway.web.client import Refused
from gateway.web.forms import submit
from gateway.web.guards import admins_only
from gateway.web.languages import gettext
from gateway.web.product_forms import CategoryForm

pages = Blueprint("admin_categories", __name__)
PATH = "/admin/categories"


@pages.get(PATH)
@admins_only
def show() -> Any:
    """The whole tree, and a form for one more."""
    return _tree(CategoryForm(formdata=None))


@pages.post(PATH)
@admins_only
def create() -> Any:
    """Make a category."""
    form = CategoryForm()
    if submit(form, lambda: sessions.ask("catalog", "POST", PATH, json=form.body())):
        flash(gettext("%(name)s is made.", name=form.name.data), "good")
        return redirect(PATH, 303)
    return _tree(form), g.status


@pages.get(f"{PATH}/<uuid:category_id>")
@admins_only
def detail(category_id: UUID) -> Any:
    """One of them: its name and place, what it can be merged into."""
    return _one(category_id)


@pages.post(f"{PATH}/<uuid:category_id>")
@admins_only
def change(category_id: UUID) -> Any:
    """Rename it, or move it with all that is below."""
    form = CategoryForm()
    if submit(form, lambda: sessions.ask("catalog", "PATCH", f"{PATH}/{category_id}", json=form.body())):
        flash(gettext("The category is changed."), "good")
        return redirect(PATH, 303)
    return _one(category_id, form), g.status


@pages.post(f"{PATH}/<uuid:category_id>/merge")
@admins_only
def merge(category_id: UUID) -> Any:
    """Bring all that is in it into another, and be rid of it."""
    return _done(
        category_id, "POST", "/merge", gettext("They are one category now."), json={"into": request.form.get("into")}
    )


@pages.post(f"{PATH}/<uuid:category_id>/delete")
@admins_only
def delete(category_id: UUID) -> Any:
    """Remove it, if nothing is in it."""
    return _done(category_id, "DELETE", "", gettext("The category is removed."))


def _done(category_id: UUID, method: str, path: str, said: str, **more: Any) -> Any:
    try:
        sessions.ask("catalog", method, f"{PATH}/{category_id}{path}", **more)
    except Refused as refused:
        if refused.status not in {409, 422}:
            raise
        flash(" ".join(refused.fields.values()) or refused.detail, "bad")
        return redirect(f"{PATH}/{category_id}", 303)
    flash(said, "good")
    return redirect(PATH, 303)


def _tree(form: CategoryForm) -> str:
    tree = shelf.categories()
    return render_template("admin/categories.html", tree=tree, form=form.among(shelf.indented(tree)))


def _one(category_id: UUID, form: CategoryForm | None = None) -> str:
    tree = shelf.categories()
    it = next((each for each in tree if each["id"] == str(category_id)), None) or abort(404)
    others = shelf.indented([each for each in tree if it["id"] not in each["path"]])
    filled = form or CategoryForm(data={**it, "parent_id": it["parent_id"] or ""}, formdata=None)
    empty = not shelf.below(tree, it)
    return render_template("admin/category.html", it=it, form=filled.among(others), others=others, empty=empty)
