"""The tree of categories, as everybody sees it."""

from typing import Any

from services.catalog.category_schemas import CategoryTree
from services.catalog.domain import categories
from services.catalog.models import Category
from shared.kit.auth import anyone
from shared.kit.operations import Blueprint
from shared.kit.stated import answers
from shared.kit.web import Answer, transaction

blueprint = Blueprint("categories", __name__, description="Categories")


@blueprint.get("/categories")
@anyone
@answers(CategoryTree)
def show() -> Answer:
    """Show all categories, each after the one that it is in."""
    with transaction() as session:
        return CategoryTree().dump({"items": [told(each) for each in categories.tree(session)]})


def told(category: Category) -> dict[str, Any]:
    """A category as it is shown."""
    fields = ("id", "parent_id", "name", "slug", "position", "path")
    return {**{field: getattr(category, field) for field in fields}, "depth": len(category.path)}
