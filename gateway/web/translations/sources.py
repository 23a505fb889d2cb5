"""All that a catalog must have: what the pages say in templates and modules, and what the services say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

from gateway.web.translations import services

PAGES = Path(__file__).parents[1]
METHODS = [("tests/**", "ignore"), ("translations/**", "ignore"), ("**.py", "python"), ("**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
OPTIONS = {"**.html": {"trimmed": "true", "newstyle_gettext": "true", "trim_blocks": "true", "lstrip_blocks": "true"}}


def template() -> Catalog:
    """Everything that there is to translate, without any translation."""
    found = Catalog(domain="messages", fuzzy=False)
    for text, context, places in sorted(_of_pages(), key=lambda it: it[2]):
        found.add(text, context=context, locations=[(place, 0) for place in places])
    for sentence, place in services.sentences():
        found.add(sentence, context=services.CONTEXT, locations=[(place, 0)])
    return found


def _of_pages() -> Iterator[tuple[str | tuple[str, ...], str | None, list[str]]]:
    found = extract_from_dir(PAGES, METHODS, options_map=OPTIONS, keywords=KEYWORDS)
    for name, _line, message, _comments, context in found:
        yield message, context, [f"gateway/web/{name}"]
