"""Private documents that prove who an applicant or a vendor is. They are the user's own; admins may read them."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import BinaryIO, NamedTuple, Protocol
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from services.vendor.domain import files
from services.vendor.domain.applications import Status
from services.vendor.domain.audit import Action, note
from services.vendor.domain.vendors import alone_with, find_of_user
from services.vendor.models import VendorApplication, VendorDocument
from shared.kit import pictures
from shared.kit.audit import By
from shared.kit.errors import Forbidden, NotFound, Refusal

TAKEN = (files.PDF, pictures.JPEG, pictures.PNG)
LARGEST = 10 * 1024 * 1024
MOST = 20
NAME_LENGTH = 120
_ENDINGS = {files.PDF: ".pdf", pictures.JPEG: ".jpg", pictures.PNG: ".png"}


class NothingToProve(Refusal):
    """Documents belong to an open application or to a vendor: apply first."""


class TooManyDocuments(Refusal):
    """You have as many documents as can be kept; remove one first."""


class UnknownDocument(NotFound):
    """There is no such document."""


class NotYourDocument(Forbidden):
    """This document is somebody else's."""


class OnRecord(Refusal):
    """An application was decided with this document in view, so it is kept."""


class Judged(Protocol):
    """What matters of an application, as a row of any query has it."""

    @property
    def user_id(self) -> UUID:
        """The applicant."""

    @property
    def decided_at(self) -> datetime | None:
        """When it was decided."""


class File(NamedTuple):
    """A received file, the id it shall have, and what was measured of it."""

    id: UUID
    content: BinaryIO
    size: int
    sha256: str
    media_type: str


def check_may_add(session: Session, user_id: UUID) -> None:
    """Raise `NothingToProve` or `TooManyDocuments`."""
    if not _has_open_application(session, user_id) and not find_of_user(session, user_id):
        raise NothingToProve
    if len(of_user(session, user_id)) >= MOST:
        raise TooManyDocuments


def add(session: Session, user_id: UUID, name: str | None, file: File, now: datetime, by: By) -> VendorDocument:
    """Keep a document's facts; its content lies in the storage already. Raises as `check_may_add` does."""
    alone_with(session, user_id)
    check_may_add(session, user_id)
    document = VendorDocument(
        id=file.id,
        user_id=user_id,
        name=clean_name(name, file.media_type),
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        uploaded_at=now,
    )
    session.add(document)
    _note(session, by, Action.DOCUMENT_ADDED, document)
    return document


def readable(session: Session, document_id: UUID, user_id: UUID, *, admin: bool, by: By) -> VendorDocument:
    """A document for its owner or an admin, whose reading is noted. Raises `UnknownDocument` or `NotYourDocument`."""
    document = present(session, document_id)
    if admin:
        _note(session, by, Action.DOCUMENT_OPENED, document)
    elif document.user_id != user_id:
        raise NotYourDocument
    return document


def present(session: Session, document_id: UUID) -> VendorDocument:
    """A document that was not removed. Raises `UnknownDocument`."""
    document = session.get(VendorDocument, document_id)
    if document is None or document.removed_at:
        raise UnknownDocument
    return document


def remove(session: Session, document_id: UUID, user_id: UUID, now: datetime, by: By) -> VendorDocument:
    """Take one's document away. Raises `UnknownDocument`, `NotYourDocument`, or `OnRecord` if it was decided upon."""
    alone_with(session, user_id)
    document = readable(session, document_id, user_id, admin=False, by=by)
    decided = select(VendorApplication.id).where(
        VendorApplication.user_id == user_id,
        VendorApplication.status.in_([Status.APPROVED, Status.REJECTED]),
        VendorApplication.decided_at >= document.uploaded_at,
    )
    if session.scalar(decided.limit(1)):
        raise OnRecord
    document.removed_at = now
    _note(session, by, Action.DOCUMENT_REMOVED, document)
    return document


def of_user(session: Session, user_id: UUID) -> Sequence[VendorDocument]:
    """The documents of a user, oldest first."""
    mine = select(VendorDocument).where(VendorDocument.user_id == user_id, VendorDocument.removed_at.is_(None))
    return session.scalars(mine.order_by(VendorDocument.id)).all()


def of_application(session: Session, application: Judged) -> Sequence[VendorDocument]:
    """What an application is judged by, or was: its applicant's documents at the moment of the decision, or now."""
    at = application.decided_at or func.now()
    there = select(VendorDocument).where(
        VendorDocument.user_id == application.user_id,
        VendorDocument.uploaded_at <= at,
        or_(VendorDocument.removed_at.is_(None), VendorDocument.removed_at > at),
    )
    return session.scalars(there.order_by(VendorDocument.id)).all()


def key(document: VendorDocument | File) -> str:
    """Where the content lies."""
    return f"documents/{document.id.hex}"


def clean_name(given: str | None, media_type: str) -> str:
    """A name that is safe in any header and file system, ending as the content says."""
    plain = unicodedata.normalize("NFC", given or "").replace("\\", "/").rpartition("/")[2]
    plain = re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\"<>:|?*;%]+", " ", plain)
    stem = " ".join(plain.rpartition(".")[0].split() or plain.split()).strip(". ") or "document"
    return stem[:NAME_LENGTH] + _ENDINGS[media_type]


def _has_open_application(session: Session, user_id: UUID) -> bool:
    is_open = (VendorApplication.user_id == user_id, VendorApplication.status == Status.PENDING)
    return session.scalar(select(VendorApplication.id).where(*is_open)) is not None


def _note(session: Session, by: By, action: Action, document: VendorDocument) -> None:
    facts = {"name": document.name, "media_type": document.media_type, "sha256": document.sha256}
    before, after = (facts, None) if action is Action.DOCUMENT_REMOVED else (None, facts)
    note(session, by, action, document.id, user_id=document.user_id, before=before, after=after)
