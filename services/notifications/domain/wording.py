"""The words for a message: one template for each kind and language, for a mail's parts and a line in the app.

A template has the blocks `subject`, `line`, `body` and `action`. The body is written once, in paragraphs: it is the
mail's text, and with every value escaped its HTML.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup
from sqlalchemy.orm import Session

from services.notifications.domain import people, vendors
from services.notifications.domain.kinds import Kind, link_of
from services.notifications.domain.languages import locale_of, moment, money

TEMPLATES = Path(__file__).parents[1] / "templates"
BLOCKS = ("subject", "line", "body", "action")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")

SAID_BY_MACHINES = {
    "It was not confirmed in time.": {"de": "Sie wurde nicht rechtzeitig bestätigt."},
    "There is not enough of it.": {"de": "Davon ist nicht genug da."},
}
"""Reasons that no person wrote, in other languages."""


@dataclass(frozen=True)
class Reader:
    """For whom something is written."""

    language: str
    locale: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class Names:
    """What the people and shops are called that messages speak of."""

    people: Mapping[UUID, str]
    vendors: Mapping[UUID, str]

    def of(self, params: Mapping[str, Any]) -> dict[str, str | None]:
        """The names in one message; None for who is not known, or has left."""
        vendor, customer, user = (params.get(name) for name in ("vendor_id", "customer_id", "user_id"))
        who = customer or user or params.get("recipient_id")
        return {
            "vendor": self.vendors.get(UUID(vendor)) if vendor else None,
            "customer": self.people.get(UUID(who)) if who else None,
        }


@dataclass(frozen=True)
class Worded:
    """A message in words. `subject`, `line` and `action` are single lines, `text` and `html` the body's two forms."""

    subject: str
    line: str
    text: str
    html: Markup
    action: str
    link: str


def names_in(session: Session, all_params: Sequence[Mapping[str, Any]]) -> Names:
    """Look up everybody whom these messages speak of, at once."""
    persons = [UUID(value) for params in all_params for name in _PERSONS if (value := params.get(name))]
    shops = [UUID(value) for params in all_params if (value := params.get("vendor_id"))]
    found = people.of(session, persons) if persons else {}
    return Names(
        {key: person.name for key, person in found.items() if person.name},
        vendors.names(session, shops) if shops else {},
    )


def word(kind: Kind, params: Mapping[str, Any], names: Mapping[str, str | None], reader: Reader) -> Worded:
    """Write a message for a reader."""
    plain, safe = (_template(kind, reader.language, escaping) for escaping in (False, True))
    context = _context(params, names, reader)
    subject, line, action = (_line(_block(plain, name, context)) for name in ("subject", "line", "action"))
    paragraphs = [_line(part) for part in _paragraphs(_block(plain, "body", context))]
    html = Markup("\n").join(
        Markup("<p>{}</p>").format(Markup(_line(part)))  # noqa: S704 - rendered with every value escaped
        for part in _paragraphs(_block(safe, "body", context))
    )
    return Worded(subject, line, "\n\n".join(paragraphs), html, action, link_of(kind, params))


_PERSONS = ("customer_id", "user_id", "recipient_id")


def _context(params: Mapping[str, Any], names: Mapping[str, str | None], reader: Reader) -> dict[str, Any]:
    locale = locale_of(reader.locale, reader.language)
    known = {name: clean(value) for name, value in params.items()}
    return {
        **known,
        **{name: clean(value) for name, value in names.items()},
        "money": lambda amount, currency: money(amount, currency, locale),
        "moment": lambda written: moment(written, locale),
        "said": lambda reason: SAID_BY_MACHINES.get(reason, {}).get(reader.language, reason),
        "params": known,
    }


def clean(value: Any) -> Any:
    """Others' words on one line: a name never begins a header, or a paragraph of its own."""
    if isinstance(value, str):
        return _CONTROL.sub(" ", value).strip()
    if isinstance(value, Mapping):
        return {clean(key): clean(inner) for key, inner in value.items()}
    return value


def frame(name: str, parts: Mapping[str, Any]) -> str:
    """Put a message's parts into the frame that all mails have."""
    return _environment(name.endswith(".html")).get_template(name).render(parts)


def _line(text: str) -> str:
    return " ".join(text.split())


def _paragraphs(body: str) -> list[str]:
    return [part for part in re.split(r"\n\s*\n", body) if part.strip()]


def _block(template: Template, name: str, context: dict[str, Any]) -> str:
    return "".join(template.blocks[name](template.new_context(context)))


def _template(kind: Kind, language: str, escaping: bool) -> Template:
    return _environment(escaping).get_template(f"{kind}/{language}.jinja")


@cache
def _environment(escaping: bool) -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=escaping,  # noqa: S701 - off for texts, which are never shown as HTML
        trim_blocks=True,
        lstrip_blocks=True,
    )
