"""Files behind five methods: the same in a folder and in a bucket, in pieces, and no key leads elsewhere."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime, timedelta
from io import BytesIO, RawIOBase
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from obstore.store import MemoryStore

from shared.kit.settings import Secret
from shared.kit.storage import Bucket, Folder, Missing, Storage, StorageDown, StoringSettings
from shared.kit.tests.conftest import settings_for

MINUTE = timedelta(minutes=1)


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return Folder(tmp_path / "files")
    return Bucket(MemoryStore())


class Endless(RawIOBase):
    """So many bytes that are made while they are read."""

    def __init__(self, size: int) -> None:
        self.left = size

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        taken = min(self.left, size if size >= 0 else self.left)
        self.left -= taken
        return b"x" * taken


def settings(**changes: Any) -> StoringSettings:
    return StoringSettings(**{**vars(settings_for()), **changes})


def test_what_is_put_is_got_until_it_is_deleted(storage: Storage) -> None:
    storage.put("documents/a1", BytesIO(b"one"), "text/plain")
    assert b"".join(storage.get("documents/a1")) == b"one"
    for _ in "12":
        storage.delete("documents/a1")
    with pytest.raises(Missing):
        storage.get("documents/a1")


def test_what_is_kept_is_listed_by_folder_with_its_age(storage: Storage) -> None:
    assert list(storage.kept("documents")) == []
    for key in ("documents/a1", "documents/b2", "media/c3"):
        storage.put(key, BytesIO(b"one"), "text/plain")
    found = {kept.key: kept.since for kept in storage.kept("documents")}
    assert set(found) == {"documents/a1", "documents/b2"}
    assert all(abs(datetime.now(UTC) - since) < MINUTE for since in found.values())


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../up", "a/../b", "a//b", "a/", "A", "a b", ".hidden", "a\0", "é"])
def test_a_key_leads_nowhere_else(storage: Storage, key: str) -> None:
    for act in (storage.get, storage.delete):
        with pytest.raises(ValueError, match="is no key"):
            act(key)
    with pytest.raises(ValueError, match="is no key"):
        storage.put(key, BytesIO(b"x"), "text/plain")


def test_a_large_file_is_moved_in_pieces(tmp_path: Path) -> None:
    storage, size = Folder(tmp_path), 64 * 1024 * 1024
    tracemalloc.start()
    storage.put("large", Endless(size), "text/plain")  # type: ignore[arg-type]  # all that is asked of it is to be read
    assert sum(len(piece) for piece in storage.get("large")) == size
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * 1024 * 1024


def test_a_file_that_could_not_be_read_to_its_end_is_not_there(tmp_path: Path) -> None:
    class Broken(Endless):
        def read(self, size: int = -1) -> bytes:  # noqa: ARG002 - however much is asked for
            raise OSError("the sender left")

    with pytest.raises(StorageDown):
        Folder(tmp_path).put("half", Broken(1), "text/plain")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_a_bucket_is_turned_on_by_its_name_and_gives_signed_links_only_when_told_to() -> None:
    s3 = {
        "storage_bucket": "files",
        "storage_endpoint": "http://127.0.0.1:1",
        "storage_access_key_id": Secret("id"),
        "storage_secret_access_key": Secret("key"),
    }
    assert isinstance(settings().storage, Folder)
    assert settings(**s3).storage.link("a", MINUTE) is None
    link = settings(**s3, storage_direct_links=True).storage.link("documents/a1", MINUTE)
    assert link is not None
    assert urlsplit(link).path == "/files/documents/a1"
    assert parse_qs(urlsplit(link).query)["X-Amz-Expires"] == ["60"]
    with pytest.raises(StorageDown):
        settings(**s3).storage.get("documents/a1")


def test_a_bucket_without_a_key_is_a_bad_setting() -> None:
    named = {name for name, _ in settings(storage_bucket="files").faults()}
    assert named == {"storage_access_key_id", "storage_secret_access_key"}
    assert list(settings().faults()) == []
