"""Slugs of products and categories: made of the title, and of something more where another has it already."""

from collections.abc import Iterator
from uuid import UUID

from slugify import slugify

LONGEST = 80


def base_slug(title: str, otherwise: str = "product") -> str:
    """The slug of a title that nobody shares; a title without any letter or digit is called `otherwise`.

    One that reads as an id gets a letter before it: an address names a product by either.
    """
    slug = slugify(title, max_length=LONGEST, word_boundary=True) or otherwise
    return f"{otherwise[0]}-{slug}" if as_id(slug) else slug


def candidates(title: str, key: UUID, otherwise: str = "product") -> Iterator[str]:
    """Slugs to try in order: the plain one, a few numbered ones, and one that nobody else can have."""
    base = base_slug(title, otherwise)
    yield base
    yield from (f"{base}-{number}" for number in range(2, 6))
    yield f"{base}-{key.hex[-12:]}"


def as_id(reference: str) -> UUID | None:
    """The id that a reference is, or None if it is a slug."""
    try:
        return UUID(reference)
    except ValueError:
        return None
