"""Every kind has its words in every language, complete, and nobody else's words can make a header or a tag."""

from typing import Any

import pytest

from services.notifications.domain import previews, wording
from services.notifications.domain.kinds import Kind
from services.notifications.domain.languages import LANGUAGES
from services.notifications.domain.samples import SAMPLES, SECRETS
from services.notifications.domain.telling import params_of
from services.notifications.domain.wording import BLOCKS, TEMPLATES, Reader, word
from services.notifications.settings import Settings

every_kind = pytest.mark.parametrize("kind", list(Kind))
every_language = pytest.mark.parametrize("language", LANGUAGES)
UNKNOWN: dict[str, str | None] = {"vendor": None, "customer": None}


def facts(kind: Kind) -> dict[str, Any]:
    """What a kind is worded from."""
    return {**params_of(SAMPLES[kind]), **SECRETS.get(kind, {})}


def test_every_kind_has_a_template_in_every_language_and_no_other_is_left() -> None:
    wanted = {f"{kind}/{language}.jinja" for kind in Kind for language in LANGUAGES}
    frames = {f"mail/{language}.{form}" for language in LANGUAGES for form in ("txt", "html")}
    found = {str(file.relative_to(TEMPLATES)) for file in TEMPLATES.rglob("*.*")}
    assert found == wanted | frames


@every_language
@every_kind
def test_every_part_of_every_template_says_something_and_is_previewed(
    kind: Kind, language: str, settings: Settings
) -> None:
    template = wording._template(kind, language, False)
    assert template.blocks.keys() == set(BLOCKS)
    shown = previews.of(kind, language, settings.post)
    assert all(shown.values()), shown
    assert shown["text"].startswith({"en": "Hello Ada Lovelace,", "de": "Guten Tag Ada Lovelace,"}[language])
    for part in ("subject", "title", "line", "action"):
        assert "\n" not in shown[part]
        assert len(shown[part]) < 110, shown[part]
    assert shown["link"].startswith("/")
    for form in ("text", "html"):
        assert settings.gateway_url + shown["link"] in shown[form]
        assert "{" not in shown[form]
        assert "None" not in shown[form]


@every_kind
def test_the_languages_differ(kind: Kind, settings: Settings) -> None:
    english, german = (previews.of(kind, language, settings.post) for language in ("en", "de"))
    assert {english[part] != german[part] for part in ("subject", "text", "html", "action")} == {True}


@every_language
@every_kind
def test_who_has_left_or_is_not_known_leaves_no_hole(kind: Kind, language: str) -> None:
    said = word(kind, facts(kind), UNKNOWN, Reader(language))
    assert "None" not in f"{said.subject}{said.line}{said.text}{said.html}"
    assert "  " not in said.subject


def hostile(value: Any) -> Any:
    nasty = '<script>alert(1)</script> & "x"\r\nBcc: everybody@shop.example\r\n\r\nInjected'
    return nasty if isinstance(value, str) and not value[:4].isdigit() and len(value) != 36 else value


@every_kind
def test_others_words_are_escaped_and_stay_on_their_line(kind: Kind) -> None:
    params = {name: hostile(value) for name, value in facts(kind).items() if name != "currency"}
    params |= {"currency": "EUR"} if "currency" in facts(kind) else {}
    names: dict[str, str | None] = {"vendor": hostile("x"), "customer": hostile("x")}
    said = word(kind, params, names, Reader("en"))
    assert "<script>" not in said.html
    assert "\n" not in said.subject + said.line + said.action
    assert "Injected" not in [line.strip() for line in said.text.splitlines()]


def test_a_body_is_escaped_once(settings: Settings) -> None:
    params = facts(Kind.STOCK_LOW) | {"title": "Salt & <Pepper>"}
    said = word(Kind.STOCK_LOW, params, UNKNOWN, Reader("en"))
    assert "Salt & <Pepper>" in said.text
    assert "Salt &amp; &lt;Pepper&gt;" in said.html
    assert said.subject == "Only 5 left of Salt & <Pepper>"


def test_reasons_that_no_person_wrote_are_told_in_the_readers_language() -> None:
    params = facts(Kind.ORDER_CANCELLED)
    assert word(Kind.ORDER_CANCELLED, params, UNKNOWN, Reader("de")).line == "Sie wurde nicht rechtzeitig bestätigt."
    mine = {**params, "reason": "I changed my mind"}
    assert word(Kind.ORDER_CANCELLED, mine, UNKNOWN, Reader("de")).line == "I changed my mind"
