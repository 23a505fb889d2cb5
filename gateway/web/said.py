"""What services say, in the reader's language: their API speaks English, and the catalogs know their sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache

from gateway.web import languages
from gateway.web.catalogs import SOURCE, catalog
from gateway.web.formats import dated

CONTEXT = "service"
PROPER = frozenset({"service", "publisher", "consumer", "process"})
"""Parts that are the names of programs: `vendor` is no vendor there."""
A_PART = re.compile(r"%\((\w+)\)s")
A_DAY = re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4}")
AN_ASIDE = re.compile(r"(.+[.?]) \((.+)\)", re.DOTALL)
A_SENTENCE, A_CLAUSE, AN_ITEM = re.compile(r"(?<=[.?]) (?=[A-Z])"), re.compile("; "), re.compile(", ")
A_NAMED_RULE = re.compile(r"\A[a-z]+(?:-[a-z]+)*: (?=[a-z])")
"""How identity begins a sentence about a password: with the name of the rule."""


def said(text: str | None) -> str:
    """A service's sentence in the language of this request; one that no catalog knows stays as it is."""
    language = languages.current()
    if not text or language == SOURCE:
        return text or ""
    return sentence_in(language, text) or text


def knows(text: str) -> bool:
    """Whether `said` has this sentence in the language of this request."""
    language = languages.current()
    return language == SOURCE or sentence_in(language, text) is not None


def sentence_in(language: str, text: str) -> str | None:
    """A service's sentence in a language, or nothing if no catalog knows it."""
    whole = _exact(language).get(text)
    if whole is not None:
        return whole
    if composed := _composed(language, text, (A_SENTENCE, A_CLAUSE)):
        return composed
    if found := _recognised(text, language):
        pattern, parts = found
        return pattern % {name: part if name in PROPER else _inside(part, language) for name, part in parts}
    bare = A_NAMED_RULE.sub("", text, count=1)
    return sentence_in(language, bare) if bare != text else _composed(language, text, (AN_ITEM,))


def _composed(language: str, text: str, seams: tuple[re.Pattern[str], ...]) -> str | None:
    """What was put together of several things that are said: sentences, an aside, a list; nothing unless all are known.

    What is no word of a sentence, as an event's type or a number, stands for itself.
    """
    if aside := AN_ASIDE.fullmatch(text):
        told = [sentence_in(language, part) for part in aside.groups()]
        return f"{told[0]} ({told[1]})" if all(told) else None
    for seam in seams:
        if len(parts := seam.split(text)) > 1:
            known = [sentence_in(language, part) for part in parts]
            if any(known) and all(found or " " not in part for found, part in zip(known, parts, strict=True)):
                return _between(seam).join(found or part for found, part in zip(known, parts, strict=True))
    return None


def _inside(part: str, language: str) -> str:
    """A part of a sentence: a word that the catalog knows, a day, or what somebody wrote."""
    if A_DAY.fullmatch(part):
        return _day(part)
    return _exact(language).get(part) or sentence_in(language, part) or part


def _day(text: str) -> str:
    try:
        return dated(_read_day(text))
    except ValueError:
        return text


def _read_day(text: str) -> date:
    return datetime.strptime(text, "%d %B %Y").date()  # noqa: DTZ007 - a date has no zone


def _between(seam: re.Pattern[str]) -> str:
    return " " if seam is A_SENTENCE else seam.pattern


@cache
def _exact(language: str) -> Mapping[str, str]:
    """The sentences without parts, as the services say them."""
    return {
        text.replace("%%", "%"): told.replace("%%", "%") for text, told in _known(language) if not A_PART.search(text)
    }


@cache
def _patterns(language: str) -> list[tuple[re.Pattern[str], list[str], str]]:
    """The sentences with parts, those with most words of their own first."""
    made = [(text, told) for text, told in _known(language) if A_PART.search(text)]
    made.sort(key=lambda it: -len(A_PART.sub("", it[0])))
    return [(_pattern(text), A_PART.findall(text), told) for text, told in made]


@lru_cache(2048)
def _recognised(text: str, language: str) -> tuple[str, list[tuple[str, str]]] | None:
    for pattern, names, told in _patterns(language):
        if found := pattern.fullmatch(text):
            return told, list(zip(names, found.groups(), strict=True))
    return None


def _pattern(text: str) -> re.Pattern[str]:
    literal = [re.escape(part.replace("%%", "%")) for part in A_PART.split(text)[::2]]
    return re.compile("(.+?)".join(literal), re.DOTALL)


def _known(language: str) -> list[tuple[str, str]]:
    messages = (message for message in catalog(language) if message.context == CONTEXT)
    return [(str(message.id), str(message.string)) for message in messages if message.string]
