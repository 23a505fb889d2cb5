"""Reads templates for words that nobody could translate: text, attributes and strings outside of gettext."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment

ROOT = Path(__file__).parents[1] / "templates"
TOLD = frozenset({"aria-label", "placeholder", "title", "alt", "data-of", "content", "label"})
"""Attributes that people read or hear."""
MARKERS = frozenset({"_", "gettext", "ngettext", "pgettext"})
NAMES = frozenset(
    {
        *("Market", "Luca’s Bakery", "Ada Byron", "Ben Okafor", "Chiara Rossi", "/register?token=…", "GET", "POST"),
        *("DHL", "DPD", "FedEx", "GLS", "Hermes", "UPS", "HX-Request", "PasswordField", "EUR", "2026-11", "csrf_token"),
        *("IBAN", "light dark", "width=device-width, initial-scale=1"),
    }
)
"""What is the same in every language."""
CODE = "␀"
WORDS = re.compile(r"[^\W\d_]{2,}")


def bare_words(source: str) -> list[str]:
    """What a template says outside of gettext."""
    reader = _Reader()
    markup, strings = _parted(source)
    reader.feed(markup)
    return [*(it for it in reader.found if _says(it)), *(it for it in strings if _says(it) and _is_text(it))]


def all_templates() -> dict[str, str]:
    """Every template by its path."""
    return {path.relative_to(ROOT).as_posix(): path.read_text() for path in sorted(ROOT.rglob("*.html"))}


def _says(text: str) -> bool:
    said = text.replace(CODE, " ").strip(" ·,:.!?;/()“”’→←×—−–\n")
    return bool(WORDS.search(said)) and said not in NAMES


def _is_text(string: str) -> bool:
    """Whether a string in code looks like words for people rather than like a name."""
    return bool(re.search(r"[A-Z][a-z]|[a-z]{2,} [a-z“]", string)) and not re.search(
        r"^[.#(]|[{<>=]|^[a-z]+_[a-z_ ]+$", string
    )


def _parted(source: str) -> tuple[str, list[str]]:
    """The markup with a sign for each piece of code, and the strings in code that no marker is around."""
    markup, strings, calls = list[str](), list[str](), list[str]()
    translated, last = False, ""
    for _, kind, value in Environment(autoescape=True).lex(source):
        if kind == "data":
            markup.append("" if translated else value)
        elif kind in {"block_end", "variable_end"}:
            markup.append(CODE)
        elif kind == "name" and value in {"trans", "endtrans"} and last in {"{%", "{%-"}:
            translated = value == "trans"
        elif kind == "operator" and value in {"(", "[", "{"}:
            calls.append(last if value == "(" else "")
        elif kind == "operator" and value in {")", "]", "}"}:
            calls.pop()
        elif kind == "string" and not MARKERS & set(calls):
            strings.append(value[1:-1])
        if kind != "whitespace":
            last = value
    return "".join(markup), strings


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found = list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "meta" or ("name", "description") in attrs:
            self.found += [value for name, value in attrs if name in TOLD and value]

    def handle_data(self, data: str) -> None:
        self.found.append(data.strip())


def everywhere() -> Iterator[str]:
    """The bare words of every template, each with where they are."""
    for name, source in all_templates().items():
        yield from (f"{name}: {text.replace(CODE, '…')}" for text in bare_words(source))
