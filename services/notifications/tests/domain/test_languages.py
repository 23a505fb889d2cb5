"""A person's own way to write money and moments, in a language that is written here."""

import pytest

from services.notifications.domain.languages import language_of, locale_of, moment, money


@pytest.mark.parametrize(
    ("locale", "language"),
    [("en", "en"), ("de", "de"), ("de-AT", "de"), ("DE_ch", "de"), ("pt-BR", "en"), ("", "en"), (None, "en")],
)
def test_the_language_is_theirs_or_english(locale: str | None, language: str) -> None:
    assert language_of(locale) == language


@pytest.mark.parametrize(
    ("locale", "written"),
    [("en", "€1,234.50"), ("de", "1.234,50 €"), ("de-AT", "€ 1.234,50"), ("en-GB", "€1,234.50"), ("xx", "€1,234.50")],
)
def test_money_is_written_as_it_is_there(locale: str, written: str) -> None:
    said = money(123450, "EUR", locale_of(locale, language_of(locale)))
    assert said.replace("\xa0", " ").replace("\u202f", " ") == written


def test_minor_units_are_those_of_the_currency() -> None:
    assert money(1999, "JPY", locale_of("en", "en")) == "¥1,999"


def test_a_moment_says_that_it_is_in_utc() -> None:
    assert moment("2026-11-20T08:30:00Z", locale_of("de", "de")) == "20.11.2026, 08:30 UTC"


def test_a_locale_of_another_language_does_not_mix() -> None:
    assert locale_of("fr-FR", "en").language == "en"
