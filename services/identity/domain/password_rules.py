"""Which passwords are refused, each rule by its name (after NIST SP 800-63B, 5.1.1.2)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from services.identity.domain.common_passwords import COMMON, WORDS
from shared.kit.errors import Invalid

MIN_LENGTH = 10
MAX_LENGTH = 200
SHORTEST_RUN = 4
SHORTEST_NAME = 5
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "zxcvbnm")
_LINES = (*_ROWS, *(row[::-1] for row in _ROWS))
_BEGINNINGS = {line[at : at + SHORTEST_RUN] for line in _LINES for at in range(len(line) - SHORTEST_RUN + 1)}
_LEET = str.maketrans("013457@$!", "oieastasi")


class WeakPassword(Invalid):
    """Every rule that the password breaks, named under the field it came in."""

    type = "weak-password"
    title = "This password is too easy to guess"


@dataclass(frozen=True)
class Candidate:
    """A password together with what a guesser would try first about its owner."""

    password: str
    email: str = ""
    name: str = ""

    @property
    def plain(self) -> str:
        """The password without regard to case."""
        return self.password.casefold()


def _short(it: Candidate) -> bool:
    return len(it.password) < MIN_LENGTH


def _long(it: Candidate) -> bool:
    return len(it.password) > MAX_LENGTH


def _common(it: Candidate) -> bool:
    unleeted = it.plain.translate(_LEET)
    return it.plain in COMMON or {_core(it.plain), _core(unleeted), _core(it.plain).translate(_LEET)} & WORDS != set()


def _core(text: str) -> str:
    return text.strip("0123456789 !\"#$%&'()*+,-./:;<=>?@[]^_`{|}~")


def _repeated(it: Candidate) -> bool:
    text = it.plain
    return len(set(text)) < SHORTEST_RUN or text in (text + text)[1:-1]


def _sequence(it: Candidate) -> bool:
    return len(_without_runs(it.plain)) < SHORTEST_RUN


def _without_runs(text: str) -> str:
    """What is left of a text without its runs; found in one pass, because a stranger chooses the text."""
    left, at = "", 0
    while at < len(text):
        run = _run_at(text, at)
        left += "" if run else text[at]
        at += run or 1
    return left


def _run_at(text: str, start: int) -> int:
    """The length of the run that begins here; 0 if none does."""
    end = start + SHORTEST_RUN
    if text[start:end] not in _BEGINNINGS:
        return 0
    while end < len(text) and any(text[start : end + 1] in line for line in _LINES):
        end += 1
    return end - start


def _email(it: Candidate) -> bool:
    local = it.email.casefold().partition("@")[0]
    return len(local) >= SHORTEST_RUN and local in it.plain


def _name(it: Candidate) -> bool:
    parts = it.name.casefold().split()
    return any(len(part) >= SHORTEST_NAME and part in it.plain for part in (*parts, "".join(parts)))


@dataclass(frozen=True)
class Rule:
    """A way to be weak: its name, its sentence, and how it is told."""

    name: str
    sentence: str
    broken: Callable[[Candidate], bool]


RULES = (
    Rule("too-short", f"use at least {MIN_LENGTH} characters.", _short),
    Rule("too-long", f"use at most {MAX_LENGTH} characters.", _long),
    Rule("common", "this is among the first that a guesser tries.", _common),
    Rule("repeated", "this repeats a few characters.", _repeated),
    Rule("sequence", "this follows the keyboard or the alphabet.", _sequence),
    Rule("contains-email", "this contains your e-mail address.", _email),
    Rule("contains-name", "this contains your name.", _name),
)


def broken(candidate: Candidate, forbidden: Collection[str] = ()) -> Iterator[str]:
    """Name each rule that the password breaks, with what to do; `forbidden` ones are published."""
    if candidate.password in forbidden:
        yield "forbidden: this password is published in the documentation."
    if _long(candidate):
        yield "too-long: " + RULES[1].sentence
        return
    yield from (f"{rule.name}: {rule.sentence}" for rule in RULES if rule.broken(candidate))


def check(candidate: Candidate, forbidden: Collection[str] = (), field: str = "password") -> None:
    """Refuse a weak password with every broken rule named; `WeakPassword`."""
    if reasons := list(broken(candidate, forbidden)):
        raise WeakPassword("Choose another password.", fields={field: reasons})
