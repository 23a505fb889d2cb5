"""The files of pictures: stored before a row names them, removed once none does."""

from collections.abc import Iterable
from typing import BinaryIO
from uuid import UUID

from services.catalog.domain.images import BOXES, File, file_name, key
from shared.kit import pictures
from shared.kit.storage import Storage

TAKEN = (pictures.JPEG, pictures.PNG, pictures.WEBP)
LARGEST = 10 * 1024 * 1024


def stored(storage: Storage, product_id: UUID, file: BinaryIO, digest: str) -> list[File]:
    """Make a picture anew and store it in each size.

    Raises `WrongFileType`, `UnreadableFile` or `ImageTooLarge` before the first is stored, and `StorageDown`.
    """
    files = []
    for made in pictures.made(file, BOXES):
        name = file_name(product_id, digest, made.box)
        storage.put(key(name), made.content, pictures.MEDIA_TYPE)
        files.append(File(name, made.size))
    return files


def forget(storage: Storage, names: Iterable[str]) -> None:
    """Remove files that no row names. Raises `StorageDown`."""
    for name in names:
        storage.delete(key(name))
