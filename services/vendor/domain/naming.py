"""Names of vendors that nobody has yet: "Acme", then "Acme 2" at `acme-2` with the code `ACME2`."""

from collections.abc import Collection, Iterator
from itertools import count
from string import digits
from typing import NamedTuple

from slugify import slugify

CODE_LENGTH = 8


class Naming(NamedTuple):
    """What a vendor is called, by people, in addresses and in order numbers."""

    name: str
    slug: str
    code: str


class Taken(NamedTuple):
    """What is taken: names in lower case, slugs and codes as they are."""

    names: Collection[str]
    slugs: Collection[str]
    codes: Collection[str]


def base_slug(name: str) -> str:
    """The slug of a name that nobody shares; a name without any letter or digit is called `vendor`."""
    return slugify(name, max_length=60, word_boundary=True) or "vendor"


def base_code(slug: str) -> str:
    """The code of a slug that nobody shares: its first letters and digits, upper case."""
    return slug.replace("-", "").upper()[:CODE_LENGTH]


def family(name: str) -> str:
    """What all names have in common that could ask for the same name, slug or code; others never meet.

    A number at the end is one that a naming may add, and a code is cut to its length before one is added.
    """
    letters = base_slug(name).replace("-", "").upper().rstrip(digits)
    return letters[:CODE_LENGTH].rstrip(digits)


def free_naming(wanted: str, taken: Taken) -> Naming:
    """The first of "Acme", "Acme 2", "Acme 3" … whose name and slug are both free, and a free code for it."""
    slug = base_slug(wanted)
    name, slug = next(
        (name, slug)
        for name, slug in _numbered(wanted, slug)
        if name.lower() not in taken.names and slug not in taken.slugs
    )
    start = base_code(slug)
    code = next(code for code in (f"{start}{n}" if n > 1 else start for n in count(1)) if code not in taken.codes)
    return Naming(name, slug, code)


def _numbered(name: str, slug: str) -> Iterator[tuple[str, str]]:
    yield name, slug
    yield from ((f"{name} {n}", f"{slug}-{n}") for n in count(2))
