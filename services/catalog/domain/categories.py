"""The tree of categories, as admins shape it: everything that moves keeps what is below it, and nothing goes in a
circle."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.catalog.domain import recording, slugs
from services.catalog.models import Category, Product
from shared.events.ids import new_id
from shared.kit.errors import Invalid, NotFound, Refusal

DEEPEST = 8
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('catalog.category'))")
_MOVE = text("""
    UPDATE category SET
        path = CAST(:above AS uuid[]) || path[array_position(path, CAST(:id AS uuid)):],
        parent_id = CASE WHEN id = :id THEN CAST(:parent AS uuid) ELSE parent_id END
    WHERE path @> ARRAY[CAST(:id AS uuid)]
""")


class UnknownCategory(NotFound):
    """There is no such category."""


class CategoryLoop(Refusal):
    """A category cannot be below itself."""

    status = 422

    def __init__(self, field: str = "parent_id") -> None:
        super().__init__(fields={field: "This is the category itself, or one below it."})


class CategoryInUse(Refusal):
    """Products or other categories are in it: move them first, or merge it into another."""


def tree(session: Session) -> Sequence[Category]:
    """All categories, each after the one that it is in and before the next beside that."""
    rows = session.scalars(select(Category).order_by(Category.position, Category.name, Category.id)).all()
    below: dict[UUID | None, list[Category]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)
    ordered: list[Category] = []
    waiting = list(reversed(below.get(None, [])))
    while waiting:
        ordered.append(waiting.pop())
        waiting.extend(reversed(below.get(ordered[-1].id, [])))
    return ordered


def create(session: Session, wanted: Mapping[str, Any], now: datetime) -> Category:
    """Make a category, last beside the others unless `position` says where. Raises `Invalid` naming the field."""
    session.execute(_ONE_AT_A_TIME)
    category_id, above = new_id(), _path(session, wanted.get("parent_id"))
    _check_depth(len(above) + 1)
    values = {
        "id": category_id,
        "parent_id": wanted.get("parent_id"),
        "path": [*above, category_id],
        "name": wanted["name"],
        "position": wanted.get("position") or _last(session, wanted.get("parent_id")) + 1,
        "created_at": now,
    }
    for slug in slugs.candidates(wanted["name"], category_id, "category"):
        row = insert(Category).values(**values, slug=slug).on_conflict_do_nothing(index_elements=["slug"])
        if session.scalar(row.returning(Category.id)) is not None:
            break
    return session.get_one(Category, category_id)


def change(session: Session, category_id: UUID, wanted: Mapping[str, Any]) -> Category:
    """Rename or place it; a `parent_id` moves it with all that is below, null to the top.

    Raises `UnknownCategory`, `CategoryLoop`, or `Invalid` naming the field.
    """
    session.execute(_ONE_AT_A_TIME)
    category = _known(session, category_id)
    for field in ("name", "position"):
        if field in wanted:
            setattr(category, field, wanted[field])
    if "parent_id" in wanted and wanted["parent_id"] != category.parent_id:
        _move(session, category, wanted["parent_id"])
    session.flush()
    return category


def merge(session: Session, category_id: UUID, into_id: UUID, now: datetime) -> Category:
    """Bring everything in one category into another, and be rid of the first; its products are announced.

    Raises `UnknownCategory`, `Invalid` naming `into`, or `CategoryLoop` if the other is below it.
    """
    session.execute(_ONE_AT_A_TIME)
    category, into = _known(session, category_id), session.get(Category, into_id)
    if into is None:
        raise Invalid(fields={"into": "There is no such category."})
    if category.id in into.path:
        raise CategoryLoop("into")
    for below in session.scalars(select(Category).where(Category.parent_id == category.id)).all():
        _move(session, below, into.id)
    _bring_products(session, category, into, now)
    session.delete(category)
    session.flush()
    return into


def delete(session: Session, category_id: UUID) -> Category:
    """Remove an empty category. Raises `UnknownCategory` or `CategoryInUse`."""
    session.execute(_ONE_AT_A_TIME)
    category = _known(session, category_id)
    inside = [
        select(Category.id).where(Category.parent_id == category_id).limit(1),
        select(Product.id).where(Product.category_id == category_id).limit(1),
    ]
    if any(session.scalar(each) for each in inside):
        raise CategoryInUse
    session.delete(category)
    session.flush()
    return category


def _move(session: Session, category: Category, parent_id: UUID | None) -> None:
    """One statement moves all that is below; its rows are read again afterwards."""
    above = _path(session, parent_id)
    if category.id in above:
        raise CategoryLoop
    _check_depth(len(above) + _height(session, category))
    session.flush()
    session.execute(_MOVE, {"id": category.id, "parent": parent_id, "above": [str(each) for each in above]})
    session.expire_all()


def _bring_products(session: Session, category: Category, into: Category, now: datetime) -> None:
    deleted = (Product.category_id == category.id, Product.deleted_at.is_not(None))
    session.execute(update(Product).where(*deleted).values(category_id=into.id))
    rows = select(Product).where(Product.category_id == category.id).order_by(Product.id).with_for_update()
    moved = session.scalars(rows).all()
    for product in moved:
        product.category_id = into.id
        recording.changed(product, now)
    recording.record(session, moved, recording.updated)


def _known(session: Session, category_id: UUID) -> Category:
    category = session.get(Category, category_id, populate_existing=True)
    if category is None:
        raise UnknownCategory
    return category


def _path(session: Session, parent_id: UUID | None) -> list[UUID]:
    if parent_id is None:
        return []
    parent = session.get(Category, parent_id, populate_existing=True)
    if parent is None:
        raise Invalid(fields={"parent_id": "There is no such category."})
    return list(parent.path)


def _last(session: Session, parent_id: UUID | None) -> int:
    beside = select(func.max(Category.position)).where(Category.parent_id.is_not_distinct_from(parent_id))
    return session.scalar(beside) or 0


def _height(session: Session, category: Category) -> int:
    """How many levels it and what is below it take."""
    deepest = select(func.max(func.cardinality(Category.path))).where(Category.path.contains([category.id]))
    return (session.scalar(deepest) or 0) - len(category.path) + 1


def _check_depth(levels: int) -> None:
    if levels > DEEPEST:
        raise Invalid(fields={"parent_id": f"Categories are at most {DEEPEST} levels deep."})
