"""The languages that people are told things in, and how money and moments are written in each."""

from datetime import datetime

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_datetime_format
from babel.numbers import format_currency, get_currency_precision

LANGUAGES = ("en", "de")
ZONE = "UTC"


def language_of(wanted: str | None) -> str:
    """The language that is written for somebody whose locale this is: theirs, or else English."""
    spoken = (wanted or "").replace("_", "-").partition("-")[0].lower()
    return spoken if spoken in LANGUAGES else LANGUAGES[0]


def locale_of(wanted: str | None, language: str) -> Locale:
    """The locale to write numbers in: the wanted one if it is of this language, else the language's own."""
    try:
        locale = Locale.parse((wanted or language).replace("_", "-"), sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale.parse(language)
    return locale if locale.language == language else Locale.parse(language)


def money(amount: int, currency: str, locale: Locale) -> str:
    """An amount in minor units, as it is written there."""
    return format_currency(amount / 10 ** get_currency_precision(currency), currency, locale=locale)


def moment(written: str, locale: Locale) -> str:
    """A moment (RFC 3339) as it is written there, to the minute, in UTC and saying so."""
    at = datetime.fromisoformat(written)
    day, time = format_date(at, "medium", locale=locale), format_time(at, "short", tzinfo=None, locale=locale)
    joined = str(get_datetime_format("medium", locale=locale)).replace("'", "")
    return f"{joined.replace('{0}', time).replace('{1}', day)} {ZONE}"
