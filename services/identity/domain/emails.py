"""E-mail addresses: which are accepted, and when two of them are the same."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from email_validator import EmailNotValidError, validate_email

from shared.kit.errors import Invalid


class Email(NamedTuple):
    """An address as its owner wrote it, and the key under which it is unique."""

    given: str
    key: str


def parse(given: str) -> Email:
    """Accept an address by its form alone (RFC 5321, 6531; no DNS), or refuse it with the field named."""
    try:
        found = validate_email(given.strip(), check_deliverability=False)
    except EmailNotValidError as wrong:
        raise Invalid("This is not an e-mail address.", fields={"email": str(wrong)}) from wrong
    return Email(given.strip(), f"{fold(found.local_part)}@{found.ascii_domain.lower()}")


def key_of(given: str) -> str | None:
    """The key of an address, or nothing where no account can have it: for looking up, never for refusing."""
    try:
        return parse(given).key
    except Invalid:
        return None


def fold(text: str) -> str:
    """Make texts equal that differ in case or in compatibility forms (NFKC, then case folding, Unicode 3.13)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
