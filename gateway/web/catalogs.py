"""The catalogs of sentences: .po files, read once when a process begins and compiled in its memory."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask_babel import Domain, get_locale

FOLDER = Path(__file__).parent / "translations"
SOURCE = "en"
"""The language that the pages are written in; it needs no catalog."""


def path_of(language: str) -> Path:
    """Where the catalog of a language is."""
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


@cache
def catalog(language: str) -> Catalog:
    """The catalog of a language."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


@cache
def compiled(language: str) -> NullTranslations:
    """The catalog of a language, ready to be asked; sentences that it lacks stay as they are written."""
    if language == SOURCE:
        return NullTranslations()
    machine = io.BytesIO()
    write_mo(machine, catalog(language))
    machine.seek(0)
    return Translations(machine)


class Catalogs(Domain):  # type: ignore[misc]  # flask_babel is untyped
    """The catalogs as Flask-Babel asks for them: by language, whatever the region is."""

    def __init__(self, languages: Mapping[str, str]) -> None:
        super().__init__()
        self._compiled = {language: compiled(language) for language in languages}

    def get_translations(self) -> NullTranslations:
        """The sentences in the language of this request."""
        locale: Locale | None = get_locale()
        return self._compiled.get(locale.language if locale else SOURCE) or compiled(SOURCE)
