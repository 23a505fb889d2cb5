"""The shapes that all of the catalog's requests and answers are made of."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import validate

from shared.kit.examples import a_number, a_text, an_id, shown

MOST_IDS = 100


def a_reference(example: str, description: str) -> ma.fields.String:
    """The id or the slug of something that is looked for."""
    return ma.fields.String(load_default=None, validate=validate.Length(1, 120), metadata=shown(example, description))


class Line(ma.fields.String):
    """A text of one line, its spaces tidied, never empty."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        tidy = " ".join(super()._deserialize(value, attr, data, **kwargs).split())
        if not tidy:
            raise ma.ValidationError("Must not be empty.")
        return tidy


class Ids(ma.fields.String):
    """Ids in one parameter, joined by commas; a repeated one counts once."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        parts = super()._deserialize(value, attr, data, **kwargs).split(",")
        try:
            ids = list(dict.fromkeys(UUID(part.strip()) for part in parts if part.strip()))
        except ValueError:
            raise ma.ValidationError("Must be ids joined by commas.") from None
        if len(ids) > MOST_IDS:
            raise ma.ValidationError(f"At most {MOST_IDS} ids at once.")
        return ids


class Picture(ma.Schema):
    """One size of a picture."""

    url = a_text(
        "/api/products/media/019a9d3c2f007c1e8a553c7b1e0f9d21-9f86d081884c7d659a2feaa0c55ad015-600.webp",
        "A path at the gateway; it can be kept for ever.",
    )
    width = a_number(600, "In pixels, as it is.")
    height = a_number(450)


class ImageView(ma.Schema):
    """A picture of a product, in its sizes, largest first."""

    id = an_id()
    alt = a_text("A bowl of cedar wood", "What is to be seen, for those who cannot.")
    sizes = ma.fields.List(ma.fields.Nested(Picture), required=True)


class Name(ma.Schema):
    """Something that has a name and an address."""

    id = an_id()
    name = a_text("Vendor A")
    slug = a_text("vendor-a")
