"""Every sentence of every page and service is translated, wholly, and nothing else is."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message
from flask import Flask

from gateway.web.catalogs import SOURCE, catalog
from gateway.web.languages import LANGUAGES
from gateway.web.said import knows, said
from gateway.web.tests.conftest import Breakable
from gateway.web.tests.full_market import fill
from gateway.web.tests.stand_in import SENTENCES, World
from gateway.web.tests.templates import all_templates, bare_words, everywhere
from gateway.web.translations.__main__ import written
from gateway.web.translations.sources import template
from gateway.web.words import curly

OTHERS = sorted(LANGUAGES.keys() - {SOURCE})
NAMES_OF_PLACES = {
    "base.html: …… ……Market… · Market",
    "admin/categories.html: /categories/…",
    "home.html: … /register?token=…",
}
every_other_language = pytest.mark.parametrize("language", OTHERS)


def forms(message: Message) -> list[tuple[str, str]]:
    """Each form of a message with its translation; the last form of the source stands for any more."""
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    strings = [message.string] if isinstance(message.string, str) else list(message.string or [""])
    return [(ids[min(place, len(ids) - 1)], text) for place, text in enumerate(strings)]


def messages(language: str) -> Iterator[Message]:
    return (message for message in catalog(language) if message.id)


@every_other_language
def test_the_catalog_is_what_the_sources_say(language: str) -> None:
    wanted = {(message.context, message.id) for message in template() if message.id}
    kept = {(message.context, message.id) for message in messages(language)}
    assert (wanted - kept, kept - wanted) == (set(), set()), "run python -m gateway.web.translations"


@every_other_language
def test_everything_is_translated_and_nothing_is_guessed(language: str) -> None:
    lacking = [message.id for message in messages(language) if not all(text for _, text in forms(message))]
    fuzzy = [message.id for message in messages(language) if message.fuzzy]
    assert (lacking, fuzzy, dict(catalog(language).obsolete)) == ([], [], {})


@every_other_language
def test_a_translation_has_the_parts_and_the_marks_of_its_sentence(language: str) -> None:
    def parts(text: str) -> list[str]:
        return sorted(re.findall(r"%\(\w+\)s|%%|</?\w+[^>]*>", text))

    wrong = [
        (text, told) for message in messages(language) for text, told in forms(message) if parts(text) != parts(told)
    ]
    assert wrong == []


@every_other_language
def test_a_catalog_is_kept_as_the_program_writes_it(language: str) -> None:
    head = written(catalog(language))
    assert b"POT-Creation-Date" not in head
    assert b"Glossary" in head


def test_no_template_says_a_word_that_cannot_be_translated() -> None:
    assert set(everywhere()) - NAMES_OF_PLACES == set()


@pytest.mark.parametrize(
    "source",
    [
        "<p>Hello</p>",
        '<p aria-label="A list">{{ x }}</p>',
        '<p>{{ "Two words" if x }}</p>',
        '{{ ui.note("Two words") }}',
        "<b>{{ n }} left</b>",
    ],
)
def test_a_bare_word_is_found(source: str) -> None:
    assert bare_words(source)


def test_there_are_templates_to_look_at() -> None:
    assert len(all_templates()) > 60


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("There is no such product.", "Dieses Produkt gibt es nicht."),
        ("Luca's Bakery invites you.", "Luca's Bakery lädt Sie ein."),
        ("You are on Luca's Bakery's customer list, as of 1 March 2026.",
         "Sie stehen seit dem 01.03.2026 auf der Kundenliste von Luca's Bakery."),
        ("What is delivered cannot become packed.", "Was „zugestellt“ ist, kann nicht „gepackt“ werden."),
        ("too-short: use at least 10 characters.", "Nehmen Sie mindestens 10 Zeichen."),
        ("told: handled", "gehört: bearbeitet"),
        ("The glass is broken", "The glass is broken"),
        ("Ada's registration is parked: no error is on record.",
         "Die Registrierung von Ada ist geparkt: kein Fehler ist aufgezeichnet."),
        ("Must be greater than or equal to 1.", "Muss mindestens 1 sein."),
        ("Commission of 12 % is not known to anybody", "Commission of 12 % is not known to anybody"),
    ],
)  # fmt: skip
def test_what_a_service_says_is_said_in_the_readers_language(app: Flask, text: str, told: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "de"}):
        assert said(text) == told
        assert knows(text) == (told != text)
    with app.test_request_context():
        assert said(text) == text


def test_what_somebody_wrote_inside_of_a_sentence_is_no_markup(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "de"}):
        assert curly("%(vendor)s <b> invites you.") == "%(vendor)s <b> lädt Sie ein."


def test_no_page_in_german_has_a_sentence_in_english(app: Flask, world: World, ways: dict[str, Breakable]) -> None:
    market = fill(app, world, ways, "de")
    english = sorted(_whole_sentences(), key=len, reverse=True)
    left = {}
    for role, paths in market.pages.items():
        for path in paths:
            text = _words(market.visitors[role].open(path, Accept_Language="de"))
            found = [it for it in english if it in text and re.search(rf"(?<!\w){re.escape(it)}(?!\w)", text)]
            assert market.visitors[role].status in {200, 403, 404}, (path, market.visitors[role].status)
            if found and set(found) - {*SENTENCES.values()}:
                left[path] = found[:5]
    assert left == {}


def _whole_sentences() -> set[str]:
    """English sentences and names of at least two words that German says otherwise."""
    said_so = {text for message in messages("de") for text, told in forms(message) if text != told}
    return {text for text in said_so if " " in text.strip() and not re.search(r"[%<]", text)}


def _words(page: str) -> str:
    text = re.sub(r"<(script|style|code)\b.*?</\1>", " ", page, flags=re.DOTALL)
    heard = " ".join(re.findall(r'(?:aria-label|placeholder|title|alt|data-of|content)="([^"]*)"', text))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text) + heard).replace("’", "’")
