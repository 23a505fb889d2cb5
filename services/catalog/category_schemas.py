"""The shapes of categories."""

import marshmallow as ma
from marshmallow import validate

from services.catalog.schemas import Line
from shared.kit.examples import AN_ID, a_number, a_text, an_id, shown
from shared.kit.shapes import WholeNumber


class CategoryView(ma.Schema):
    """A category in its place in the tree."""

    id = an_id()
    parent_id = an_id("Null at the top.", allow_none=True)
    name = a_text("Kitchen")
    slug = a_text("kitchen")
    position = a_number(1, "Its place beside the others.")
    depth = a_number(1, "1 at the top.")
    path = ma.fields.List(
        ma.fields.UUID(), required=True, metadata=shown([AN_ID], "The ids from the top down to its own.")
    )


class CategoryTree(ma.Schema):
    """All categories, each after the one that it is in."""

    items = ma.fields.List(ma.fields.Nested(CategoryView), required=True)


class CategoryChange(ma.Schema):
    """What is to be different; what is not named stays."""

    name = Line(validate=validate.Length(1, 80), metadata=shown("Kitchen"))
    parent_id = an_id("Moves it with all that is below; null to the top.", required=False, allow_none=True)
    position = WholeNumber(validate=validate.Range(1, 1_000_000), metadata=shown(1))


class NewCategory(CategoryChange):
    """A category to be made."""

    name = Line(required=True, validate=validate.Length(1, 80), metadata=shown("Kitchen"))


class Merge(ma.Schema):
    """Into which category."""

    into = an_id()
