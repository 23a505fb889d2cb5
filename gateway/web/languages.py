"""In which language a page is, and where its reader is at home: chosen, known of them, asked by their browser, English.

The first of these that names a language of ours decides: what somebody chose on this device (a cookie), the locale of
whoever is signed in (a claim of their token), the browser's Accept-Language, English. The region, which decides how
dates and amounts are written, is the first one that comes with that language in the same order.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import flask_babel
from babel import Locale
from babel.localedata import locale_identifiers
from flask import Flask, Response, current_app, g, request
from jinja2 import pass_context
from jinja2.runtime import Context

from gateway.web.catalogs import SOURCE, Catalogs

LANGUAGES = {"en": "English", "de": "Deutsch"}
"""What can be chosen, each in its own words."""
REGIONS = {"en": "en", "de": "de_DE"}
"""Where somebody is taken to be of whom only the language is known; English of no region has the day first."""
COOKIE, A_YEAR = "language", 365 * 86_400
LONGEST_TAG = 35


def register(app: Flask) -> None:
    """Let the app speak every language that there is a catalog of."""
    babel = flask_babel.Babel(app, default_locale=REGIONS[SOURCE], locale_selector=_chosen)
    babel.domain_instance = Catalogs(LANGUAGES)
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.globals["ngettext"] = _counting(app.jinja_env.globals["ngettext"])
    app.context_processor(lambda: {"language": current(), "languages": LANGUAGES})
    app.after_request(_mark)


def gettext(text: str, **named: Any) -> str:
    """The sentence in the language of this request."""
    return str(flask_babel.gettext(text, **named))


def ngettext(one: str, many: str, num: int, **named: Any) -> str:
    """The sentence about `num` things in the language of this request; the number is `%(num)s` in it."""
    shown = {"num": flask_babel.format_decimal(num), **named}
    return str(flask_babel.get_translations().ungettext(one, many, num)) % shown


def lazy_gettext(text: str) -> str:
    """A sentence that is put into the reader's language when it is read, for what is made before any request."""
    return flask_babel.lazy_gettext(text)  # type: ignore[no-any-return]


def current() -> str:
    """The language of this request."""
    return locale().language


def locale() -> Locale:
    """The language and the region of this request; outside of one, those of the source."""
    return flask_babel.get_locale() or Locale.parse(REGIONS[SOURCE])


def known(tag: str | None) -> str | None:
    """The locale that a language tag (RFC 5646) names, if it is of a language of ours: `de-AT` is `de_AT`."""
    if not tag or len(tag) > LONGEST_TAG:
        return None
    parts = tag.replace("-", "_").lower().split("_")
    return _regions().get("_".join(parts)) or (parts[0] if parts[0] in LANGUAGES else None)


def keep(response: Response, language: str) -> Response:
    """Remember a choice on this device."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(COOKIE, language, max_age=A_YEAR, httponly=True, samesite="Lax", secure=secure, path="/")
    return response


def _counting(ngettext_of_jinja: Any) -> Any:
    """Templates' `ngettext`, which writes the number as the reader's country does."""

    @pass_context
    def counting(context: Context, one: str, many: str, num: int, **named: Any) -> Any:
        return ngettext_of_jinja(context, one, many, num, **{"num": flask_babel.format_decimal(num), **named})

    return counting


def _chosen() -> str:
    found = [it for tag in _asked() if (it := known(tag))] or [SOURCE]
    language = found[0].partition("_")[0]
    return next((it for it in found if it.startswith(f"{language}_")), REGIONS[language])


def _asked() -> Iterator[str | None]:
    yield request.cookies.get(COOKIE)
    visit = g.get("visit")
    said = visit.claims.get("locale") if visit else None
    yield said if isinstance(said, str) else None
    yield from (tag for tag, quality in request.accept_languages if quality > 0)


@cache
def _regions() -> dict[str, str]:
    """What Babel knows of our languages by region; other scripts of theirs are nobody's."""
    found = (name for name in locale_identifiers() if name.partition("_")[0] in LANGUAGES)
    return {name.lower(): name for name in found if name.count("_") == 1 and len(name.partition("_")[2]) < 4}


def _mark(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers["Content-Language"] = current()
        response.vary.add("Accept-Language")
    return response
