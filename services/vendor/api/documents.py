"""Private documents: added by their owner, read through links that are good for some minutes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Response, redirect

from services.vendor.api.acting import by, now, own_settings
from services.vendor.application_schemas import DocumentLinkView, DocumentName, DocumentView, LinkQuery
from services.vendor.domain import documents, files
from services.vendor.domain.documents import (
    LARGEST,
    TAKEN,
    File,
    NothingToProve,
    NotYourDocument,
    OnRecord,
    TooManyDocuments,
    UnknownDocument,
)
from services.vendor.models import VendorDocument
from shared.events.ids import new_id
from shared.kit.auth import Actor, Role, anyone, requires
from shared.kit.operations import Blueprint
from shared.kit.paging import Page, page_of
from shared.kit.pictures import ImageTooLarge, UnreadableFile, WrongFileType
from shared.kit.rate import limited
from shared.kit.signing import LinkExpired, LinkInvalid
from shared.kit.stated import Bytes, answers, asks, refuses
from shared.kit.storage import Missing, StorageDown
from shared.kit.uploads import Upload, uploads
from shared.kit.web import Answer, respond_page, transaction

blueprint = Blueprint("documents", __name__, description="Private documents of applicants and vendors")


@blueprint.post("/vendor/documents")
@requires(Role.CUSTOMER)
@limited("60/h", "actor")
@asks(DocumentName)
@uploads(*TAKEN, largest=LARGEST)
@answers(DocumentView, 201)
@refuses(NothingToProve, TooManyDocuments, WrongFileType, UnreadableFile, ImageTooLarge, StorageDown)
def add(query: dict[str, Any], upload: Upload, actor: Actor) -> Answer:
    """Attach a document, sent as the body: a PDF, JPEG or PNG by its content, of at most 10 MiB."""
    with transaction() as session:
        documents.check_may_add(session, actor.user_id)
    media_type = files.media_type(upload.file, *TAKEN)
    file = File(new_id(), upload.file, upload.size, upload.sha256, media_type)
    with _stored(file), transaction() as session:
        document = documents.add(session, actor.user_id, query["name"], file, now(), by(actor))
    return DocumentView().dump(document)


@blueprint.get("/vendor/documents")
@requires(Role.CUSTOMER)
@answers(page_of(DocumentView))
def show(actor: Actor) -> Answer:
    """List one's documents, oldest first; they are so few that they are one page."""
    with transaction() as session:
        return respond_page(Page(documents.of_user(session, actor.user_id), None), DocumentView())


@blueprint.get("/vendor/documents/<uuid:document_id>")
@requires(Role.CUSTOMER, Role.ADMIN)
@answers(DocumentLinkView)
@refuses(UnknownDocument, NotYourDocument)
def link(document_id: UUID, actor: Actor) -> Answer:
    """Get a link to one's document; admins get one to anybody's, which the audit trail tells."""
    admin = actor.role is Role.ADMIN
    with transaction() as session:
        document = documents.readable(session, document_id, actor.user_id, admin=admin, by=by(actor))
    expires_at = now().replace(microsecond=0) + timedelta(seconds=own_settings().document_link_seconds)
    return DocumentLinkView().dump({**_facts(document), "url": _url(document, expires_at), "expires_at": expires_at})


@blueprint.delete("/vendor/documents/<uuid:document_id>")
@requires(Role.CUSTOMER)
@answers(None, 204)
@refuses(UnknownDocument, NotYourDocument, OnRecord, StorageDown)
def remove(document_id: UUID, actor: Actor) -> Answer:
    """Remove one's document; one that a decision was based on is kept."""
    with transaction() as session:
        document = documents.remove(session, document_id, actor.user_id, now(), by(actor))
    own_settings().storage.delete(documents.key(document))


@blueprint.get("/vendor/documents/<uuid:document_id>/content")
@anyone
@asks(LinkQuery)
@answers(Bytes("application/octet-stream"))
@refuses(LinkInvalid, LinkExpired, UnknownDocument, StorageDown)
def content(document_id: UUID, query: dict[str, Any]) -> Answer:
    """Give a document's file to whoever has its link, as a download and never to be shown in place."""
    own_settings().document_links.check(str(document_id), query["expires"], query["signature"], now())
    with transaction() as session:
        document = documents.present(session, document_id)
    storage, key = own_settings().storage, documents.key(document)
    if elsewhere := storage.link(key, datetime.fromtimestamp(query["expires"], UTC) - now()):
        return redirect(elsewhere)
    try:
        pieces = storage.get(key)
    except Missing:
        raise UnknownDocument from None
    return Response(pieces, headers=_download(document), content_type=document.media_type)


@contextmanager
def _stored(file: File) -> Iterator[None]:
    """Store a file before its row, without a connection to the database, and take it back if there is to be no row."""
    storage = own_settings().storage
    storage.put(documents.key(file), file.content, file.media_type)
    try:
        yield
    except BaseException:
        storage.delete(documents.key(file))
        raise


def _download(document: VendorDocument) -> dict[str, str]:
    """RFC 6266: the name in UTF-8; the policy leaves a viewer nothing to run if it shows the file after all."""
    return {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(document.name, safe='')}",
        "Content-Length": str(document.size),
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }


def _facts(document: VendorDocument) -> dict[str, Any]:
    return {field: getattr(document, field) for field in DocumentView().fields}


def _url(document: VendorDocument, expires_at: datetime) -> str:
    settings = own_settings()
    query = settings.document_links.query(str(document.id), expires_at)
    return f"{settings.gateway_url.rstrip('/')}/api/vendor/documents/{document.id}/content?{query}"
