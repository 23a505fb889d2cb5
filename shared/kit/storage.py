"""Files behind five methods, in a folder or in an S3-compatible store, read and written in pieces.

Keys are made by the code, never from what somebody sent: lower-case segments joined by slashes.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Protocol

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore, S3Store

from shared.kit import settings as kit
from shared.kit.errors import Unavailable
from shared.kit.settings import Secret

if TYPE_CHECKING:
    from obstore.store import ClientConfig

PIECE = 64 * 1024
_KEY = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*")


class Missing(LookupError):
    """Nothing is stored under this key."""


class StorageDown(Unavailable):
    """The store of files does not answer."""


class Kept(NamedTuple):
    """A file that is stored, and since when."""

    key: str
    since: datetime


class Storage(Protocol):
    """Where files lie. A key is written once and never changed; whoever wants another content takes another key."""

    def put(self, key: str, content: BinaryIO, media_type: str) -> None:
        """Store all of `content`, wholly or not at all. Raises `StorageDown`."""

    def get(self, key: str) -> Iterator[bytes]:
        """Read in pieces. Raises `Missing` or `StorageDown`, before the first piece."""

    def delete(self, key: str) -> None:
        """Remove; what is not there is removed already. Raises `StorageDown`."""

    def kept(self, folder: str) -> Iterator[Kept]:
        """Everything whose key begins with this folder, in any order. Raises `StorageDown`."""

    def link(self, key: str, lifetime: timedelta) -> str | None:
        """An address that gives the file to whoever has it, or None: then only `get` does."""


@dataclass(frozen=True, kw_only=True)
class StoringSettings(kit.Settings):
    """What a service that keeps files needs besides: a folder, or a bucket of an S3-compatible store."""

    storage_folder: Path = Path(".local/files")
    """Where files lie when no bucket is named; all processes of the service need the same one."""
    storage_bucket: str = ""
    """The bucket of an S3-compatible store; its name alone turns the store on."""
    storage_endpoint: str = ""
    """The store's address; empty means Amazon's own for the region."""
    storage_region: str = "eu-central-1"
    """The bucket's region."""
    storage_access_key_id: Secret | None = None
    """Whose key signs requests to the store."""
    storage_secret_access_key: Secret | None = None
    """The secret of that key."""
    storage_direct_links: bool = False
    """Send downloads straight to the store by signed links; needs a store that clients can reach."""

    @cached_property
    def storage(self) -> Storage:
        """Open the store that these settings name."""
        if self.storage_bucket:
            return Bucket(_s3(self), links=self.storage_direct_links)
        return Folder(self.storage_folder)

    def faults(self) -> Iterator[tuple[str, str]]:
        """Add what is missing for the bucket that is named."""
        yield from super().faults()
        for name in ("storage_access_key_id", "storage_secret_access_key"):
            if self.storage_bucket and not getattr(self, name):
                yield name, "must be given with STORAGE_BUCKET"


class Folder:
    """Files in a local folder; a file appears under its key at once and whole."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, key: str, content: BinaryIO, media_type: str) -> None:  # noqa: ARG002 - a folder keeps no types
        """Write beside the place and move there; the type is the caller's to remember."""
        place = self._place(key)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as file:
                try:
                    shutil.copyfileobj(content, file, PIECE)
                    file.flush()
                    os.fsync(file.fileno())
                    Path(file.name).replace(place)
                except BaseException:
                    Path(file.name).unlink(missing_ok=True)
                    raise
        except OSError as problem:
            raise StorageDown from problem

    def get(self, key: str) -> Iterator[bytes]:
        """Open now, read later."""
        try:
            file = self._place(key).open("rb")
        except FileNotFoundError:
            raise Missing(key) from None
        except OSError as problem:
            raise StorageDown from problem
        return _pieces(file)

    def delete(self, key: str) -> None:
        """Unlink."""
        try:
            self._place(key).unlink(missing_ok=True)
        except OSError as problem:
            raise StorageDown from problem

    def kept(self, folder: str) -> Iterator[Kept]:
        """Walk through the folder; a file that goes meanwhile is not there."""
        try:
            for place in self._place(folder).rglob("*"):
                with suppress(FileNotFoundError):
                    if place.is_file():
                        since = datetime.fromtimestamp(place.stat().st_mtime, UTC)
                        yield Kept(place.relative_to(self._root).as_posix(), since)
        except OSError as problem:
            raise StorageDown from problem

    def link(self, key: str, lifetime: timedelta) -> str | None:  # noqa: ARG002 - whatever is asked for
        """A folder has no address."""
        return None

    def _place(self, key: str) -> Path:
        return self._root / _checked(key)


class Bucket:
    """Files in an object store, sent and fetched in pieces."""

    def __init__(self, store: ObjectStore, *, links: bool = False) -> None:
        self._store, self._links = store, links

    def put(self, key: str, content: BinaryIO, media_type: str) -> None:
        """Send; a link to it will answer with `media_type`, and as a download."""
        attributes = {"Content-Type": media_type, "Content-Disposition": "attachment"}
        try:
            obstore.put(self._store, _checked(key), content, attributes=attributes)
        except (BaseError, OSError) as problem:
            raise StorageDown from problem

    def get(self, key: str) -> Iterator[bytes]:
        """Ask now, read later."""
        try:
            found = obstore.get(self._store, _checked(key))
        except FileNotFoundError:
            raise Missing(key) from None
        except (BaseError, OSError) as problem:
            raise StorageDown from problem
        return (bytes(piece) for piece in found.stream(min_chunk_size=PIECE))

    def delete(self, key: str) -> None:
        """Remove from the bucket."""
        try:
            with suppress(FileNotFoundError):
                obstore.delete(self._store, _checked(key))
        except (BaseError, OSError) as problem:
            raise StorageDown from problem

    def kept(self, folder: str) -> Iterator[Kept]:
        """List the bucket, page by page."""
        try:
            for page in obstore.list(self._store, f"{_checked(folder)}/"):
                yield from (Kept(found["path"], found["last_modified"]) for found in page)
        except (BaseError, OSError) as problem:
            raise StorageDown from problem

    def link(self, key: str, lifetime: timedelta) -> str | None:
        """A signed address of the store itself, where clients may go there."""
        if not self._links or not isinstance(self._store, S3Store):
            return None
        return str(obstore.sign(self._store, "GET", _checked(key), lifetime))


def _s3(settings: StoringSettings) -> S3Store:
    options: ClientConfig = {"allow_http": settings.environment == "local", "timeout": "20s", "connect_timeout": "2s"}
    return S3Store(
        settings.storage_bucket,
        endpoint=settings.storage_endpoint or None,
        region=settings.storage_region,
        access_key_id=str(settings.storage_access_key_id),
        secret_access_key=str(settings.storage_secret_access_key),
        virtual_hosted_style_request=not settings.storage_endpoint,
        client_options=options,
        retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=10)},
    )


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} is no key")
    return key


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece
