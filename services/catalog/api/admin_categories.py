"""The tree of categories, for the admins who shape it."""

from typing import Any
from uuid import UUID

from services.catalog.api.acting import by, now
from services.catalog.api.categories import told
from services.catalog.category_schemas import CategoryChange, CategoryView, Merge, NewCategory
from services.catalog.domain import categories
from services.catalog.domain.audit import Action, note
from services.catalog.domain.categories import CategoryInUse, CategoryLoop, UnknownCategory
from shared.kit.auth import Actor, Role, requires
from shared.kit.operations import Blueprint
from shared.kit.stated import accepts, answers, refuses
from shared.kit.web import Answer, transaction

blueprint = Blueprint("admin categories", __name__, description="Shaping the tree of categories")


@blueprint.post("/admin/categories")
@requires(Role.ADMIN)
@accepts(NewCategory)
@answers(CategoryView, 201)
def create(body: dict[str, Any], actor: Actor) -> Answer:
    """Make a category, at the top or in another."""
    with transaction() as session:
        made = told(categories.create(session, body, now()))
        note(session, by(actor), Action.CATEGORY_CREATED, made["id"], after=body)
    return CategoryView().dump(made)


@blueprint.patch("/admin/categories/<uuid:category_id>")
@requires(Role.ADMIN)
@accepts(CategoryChange)
@answers(CategoryView)
@refuses(UnknownCategory, CategoryLoop)
def change(category_id: UUID, body: dict[str, Any], actor: Actor) -> Answer:
    """Rename or place a category; with `parent_id` it moves with all that is below it."""
    with transaction() as session:
        changed = told(categories.change(session, category_id, body))
        note(session, by(actor), Action.CATEGORY_CHANGED, category_id, after=body)
    return CategoryView().dump(changed)


@blueprint.post("/admin/categories/<uuid:category_id>/merge")
@requires(Role.ADMIN)
@accepts(Merge)
@answers(CategoryView)
@refuses(UnknownCategory, CategoryLoop)
def merge(category_id: UUID, body: dict[str, Any], actor: Actor) -> Answer:
    """Bring all products and categories in this one into another, and be rid of this one; answers the other."""
    with transaction() as session:
        into = told(categories.merge(session, category_id, body["into"], now()))
        note(session, by(actor), Action.CATEGORY_MERGED, category_id, after=body)
    return CategoryView().dump(into)


@blueprint.delete("/admin/categories/<uuid:category_id>")
@requires(Role.ADMIN)
@answers(None, 204)
@refuses(UnknownCategory, CategoryInUse)
def delete(category_id: UUID, actor: Actor) -> Answer:
    """Remove a category that nothing is in."""
    with transaction() as session:
        gone = told(categories.delete(session, category_id))
        note(session, by(actor), Action.CATEGORY_DELETED, category_id, before={"name": gone["name"]})
