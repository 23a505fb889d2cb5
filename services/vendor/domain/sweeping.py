"""Files that nobody may need any more: documents of people who have left, and whatever no row speaks of."""

import re
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from services.vendor.domain.audit import Action, note
from services.vendor.domain.standing import OWNER_LEFT
from services.vendor.models import VendorDocument, VendorProfile
from shared.kit.audit import SYSTEM

NAMELESS = "erased"
"""What a document of somebody who has left is called: its name may have told theirs."""
FOLDERS = ("documents", "media")
_DOCUMENT = re.compile(r"documents/(?P<id>[0-9a-f]{32})")
_PICTURE = re.compile(r"media/(?P<vendor>[0-9a-f]{32})-(?P<kind>logo|banner)-(?P<digest>[0-9a-f]{32})-\d+\.webp")
_FORGET = text("""
    UPDATE vendor_document d
    SET removed_at = coalesce(d.removed_at, greatest(c.erased_at, d.uploaded_at)), name = :nameless
    FROM customer c WHERE c.id = d.user_id AND c.erased_at IS NOT NULL AND d.name <> :nameless
    RETURNING d.id, d.user_id
""")


def forget_documents(session: Session) -> int:
    """Let go of the documents of people who have left, those too that a decision was made upon; return how many."""
    rows = session.execute(_FORGET, {"nameless": NAMELESS}).all()
    for row in rows:
        note(session, SYSTEM, Action.DOCUMENT_REMOVED, row.id, user_id=row.user_id, reason=OWNER_LEFT)
    return len(rows)


def orphans(session: Session, keys: Sequence[str]) -> list[str]:
    """Those of the keys that no document and no profile speaks of."""
    kept = _documents(session, keys) | _pictures(session, keys)
    return [key for key in keys if key not in kept]


def _documents(session: Session, keys: Sequence[str]) -> set[str]:
    asked = {UUID(found["id"]): key for key in keys if (found := _DOCUMENT.fullmatch(key))}
    there = select(VendorDocument.id).where(VendorDocument.id.in_(asked), VendorDocument.removed_at.is_(None))
    return {asked[document] for document in session.scalars(there)}


def _pictures(session: Session, keys: Sequence[str]) -> set[str]:
    found = {key: match for key in keys if (match := _PICTURE.fullmatch(key))}
    digests = select(
        VendorProfile.vendor_id,
        func.left(VendorProfile.logo, 32).label("logo"),
        func.left(VendorProfile.banner, 32).label("banner"),
    )
    of = digests.where(VendorProfile.vendor_id.in_({UUID(match["vendor"]) for match in found.values()}))
    shown = {row.vendor_id.hex: row for row in session.execute(of)}
    return {
        key
        for key, match in found.items()
        if match["vendor"] in shown and getattr(shown[match["vendor"]], match["kind"]) == match["digest"]
    }
