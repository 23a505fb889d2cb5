"""Keeps mails as they came, the last few thousand of them, in one file that survives every restart."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

KEPT = 5_000
"""How many mails stay; the oldest make room."""
PAGE = 50
_SCHEMA = """
    CREATE TABLE IF NOT EXISTS mail (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL, sender TEXT NOT NULL, recipients TEXT NOT NULL, subject TEXT NOT NULL, source BLOB NOT NULL
    )
"""
_COLUMNS = "id, at, sender, recipients, subject, length(source)"
_ABOUT = "(:to = '' OR instr(lower(recipients), lower(:to)) > 0)"
_PATIENCE_SECONDS = 5


@dataclass(frozen=True)
class Mail:
    """What a list tells of a mail; sender and recipients are those of the envelope, not of the letter."""

    id: int
    at: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    size: int


@dataclass(frozen=True)
class Page:
    """A page of mails, newest first; `before` leads to the next one, `total` counts all that are kept and match."""

    items: list[Mail]
    before: int | None
    total: int


class Store:
    """The mails in one folder. Several processes may read while one writes."""

    def __init__(self, folder: Path, *, kept: int = KEPT) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._kept, self._lock = kept, threading.Lock()
        self._file = sqlite3.connect(
            folder / "mail.sqlite", timeout=_PATIENCE_SECONDS, isolation_level=None, check_same_thread=False
        )
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.execute("PRAGMA synchronous = NORMAL")
        self._file.execute(_SCHEMA)

    def keep(self, sender: str, recipients: Sequence[str], source: bytes) -> int:
        """Keep a mail and return its number; it is in the file when this returns."""
        row = (_now(), sender, "\n".join(recipients), _subject(source), source)
        with self._lock, closing(self._file.cursor()) as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute("INSERT INTO mail (at, sender, recipients, subject, source) VALUES (?, ?, ?, ?, ?)", row)
            number = int(cursor.lastrowid or 0)
            cursor.execute("DELETE FROM mail WHERE id <= ?", (number - self._kept,))
            cursor.execute("COMMIT")
        return number

    def page(self, to: str = "", *, before: int | None = None, limit: int = PAGE) -> Page:
        """The newest mails, of those whose recipients have `to` in their addresses, older than the one numbered so."""
        asked = {"to": to.strip(), "before": before or 2**62, "limit": limit + 1}
        with self._lock:
            found = self._file.execute(
                f"SELECT {_COLUMNS} FROM mail WHERE {_ABOUT} AND id < :before ORDER BY id DESC LIMIT :limit",  # noqa: S608
                asked,
            ).fetchall()
            total = self._file.execute(f"SELECT count(*) FROM mail WHERE {_ABOUT}", asked).fetchone()[0]  # noqa: S608
        items = [_mail(row) for row in found[:limit]]
        return Page(items, items[-1].id if len(found) > limit else None, total)

    def one(self, number: int) -> tuple[Mail, bytes] | None:
        """A mail and its source; None if it never came or had to make room."""
        with self._lock:
            row = self._file.execute(f"SELECT {_COLUMNS}, source FROM mail WHERE id = ?", (number,)).fetchone()  # noqa: S608
        return (_mail(row[:-1]), bytes(row[-1])) if row else None

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._file.close()


def _mail(row: tuple[int, str, str, str, str, int]) -> Mail:
    number, at, sender, recipients, subject, size = row
    return Mail(number, at, sender, tuple(recipients.split("\n")), subject, size)


def _subject(source: bytes) -> str:
    head, _, _ = source.replace(b"\r\n", b"\n").partition(b"\n\n")
    return str(message_from_bytes(head + b"\n\n", policy=default).get("Subject", ""))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
