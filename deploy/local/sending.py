"""A file of products on its way through the public API: sent, checked, applied, and the failed rows fetched back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, urlencode

from deploy.local.api import Person

IMPORT, EXPORT = "/vendor/products/import", "/vendor/products/export"
LOOK_EVERY_SECONDS = 0.2
STALLED_SECONDS = 300.0
"""After which an import of which nothing is heard is no longer waited for."""
WORKED_ON = ("checking", "applying")
SHOWN = 5
"""Of how many rows of each kind a preview tells."""


class Stalled(RuntimeError):
    """Nobody works on the file."""


@dataclass
class Sent:
    """An import, as it was when it was last looked at."""

    owner: Person
    job: dict[str, Any]

    @property
    def where(self) -> str:
        return f"{IMPORT}/{self.job['id']}"

    @property
    def waiting(self) -> int:
        """How many rows would change something, and have not."""
        return int(self.job["rows"]["create"] + self.job["rows"]["update"])

    @property
    def failed(self) -> int:
        """Of how many rows nothing comes."""
        return int(self.job["rows"]["faulty"] + self.job["rows"]["refused"])

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong with the file, with any of its rows, or with how it was applied."""
        return not (self.failed or self.job["problem"] or (self.job["state"] == "done" and self.waiting))

    def followed(self, patience: float = STALLED_SECONDS) -> Iterator[dict[str, Any]]:
        """The job, again and again while it is worked on, and once more when it no longer is.

        Raises `Stalled` when nothing was heard of it for `patience` seconds.
        """
        state, heard = self.job["state"], time.monotonic()
        yield self.job
        while self.job["state"] == state and state in WORKED_ON:
            time.sleep(LOOK_EVERY_SECONDS)
            before, self.job = self.job, self.owner.get(self.where)
            heard = heard if self.job["rows"] == before["rows"] else time.monotonic()
            if time.monotonic() - heard > patience:
                raise Stalled(f"nothing was heard of it for {patience:.0f} s; ./market logs catalog may say why")
            yield self.job

    def apply(self) -> None:
        """Have it applied in the background. Raises `Refused`."""
        self.job = self.owner.post(f"{self.where}/apply", {})

    def rows(self, state: str) -> list[dict[str, Any]]:
        """The first rows in a state."""
        found: list[dict[str, Any]] = self.owner.get(f"{self.where}/rows?state={state}&limit={SHOWN}")["items"]
        return found

    def write_errors(self, path: Path) -> None:
        """Write the rows of which nothing comes, with what is wrong, to be mended and sent again."""
        with written(path) as file:
            self.owner.fetch(f"{self.where}/errors", file)


def send(owner: Person, name: str, content: bytes) -> Sent:
    """Send a file to be checked. Raises `Refused`."""
    return Sent(owner, owner.send("POST", f"{IMPORT}?name={quote(name)}", content))


def sent_before(owner: Person, job_id: str) -> Sent:
    """A file that was sent before. Raises `Refused`."""
    return Sent(owner, owner.get(f"{IMPORT}/{job_id}"))


def export(owner: Person, kind: str, file: BinaryIO) -> int:
    """Write a vendor's products as a file of this kind; how many bytes these are. Raises `Refused`."""
    return owner.fetch(f"{EXPORT}?{urlencode({'format': kind})}", file)


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """A file that is there once it is whole."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with unfinished.open("wb") as file:
            yield file
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
