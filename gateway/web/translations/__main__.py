"""`python -m gateway.web.translations`: brings every catalog up to the sources and says what is still to translate."""

from __future__ import annotations

import io
import sys

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import write_po

from gateway.web.catalogs import SOURCE, catalog, path_of
from gateway.web.languages import LANGUAGES
from gateway.web.translations.sources import template

PASSING = tuple(
    f'"{name}'.encode()
    for name in ("POT-Creation", "PO-Revision", "Report-Msgid", "Last-Translator", "Language-Team", "Generated-By")
)


def main() -> None:
    """Rewrite the catalogs: what is new is empty, what is gone is dropped, nothing is guessed."""
    wanted = template()
    for language in LANGUAGES.keys() - {SOURCE}:
        kept = catalog(language)
        kept.update(wanted, no_fuzzy_matching=True, keep_user_comments=True)
        kept.obsolete.clear()
        path_of(language).write_bytes(written(kept))
        empty = sum(not told(message) for message in kept if message.id)
        sys.stdout.write(f"{language}: {len(kept)} sentences, {empty} to translate\n")


def written(kept: Catalog) -> bytes:
    """The catalog as its file; its head has nothing that changes while no sentence does."""
    file = io.BytesIO()
    write_po(file, kept, width=120, sort_by_file=True, ignore_obsolete=True)
    lines = file.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(PASSING))


def told(message: Message) -> bool:
    """Whether every form of a message has its translation."""
    forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
    return bool(forms) and all(forms)


if __name__ == "__main__":
    main()
