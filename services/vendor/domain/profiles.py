"""How vendors present themselves: texts, address, bank details, logo and banner; and the storefront everybody sees."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.vendor.domain import banking, presence
from services.vendor.domain.audit import Action, changes, note
from services.vendor.domain.images import SIZES, Kind
from services.vendor.domain.links import VendorSuspended
from services.vendor.domain.statuses import APPROVED
from services.vendor.models import Vendor, VendorProfile
from shared.kit.audit import By
from shared.kit.errors import NotFound
from shared.kit.pictures import Size
from shared.kit.sealing import Seal

TEXTS = ("description", "email", "phone", "website", "address")
CONTACTS = ("email", "phone", "website", "city")
"""What of the contact can be on the storefront, if the vendor chooses; the town with its country."""
AT_FIRST = ("website", "city")
ACTIONS = {Kind.LOGO: Action.LOGO_CHANGED, Kind.BANNER: Action.BANNER_CHANGED}


class UnknownStore(NotFound):
    """There is no such store."""


class Shown(NamedTuple):
    """A vendor and their profile."""

    vendor: Vendor
    profile: VendorProfile


def of_vendor(session: Session, vendor: Vendor) -> VendorProfile:
    """The profile of a vendor; who never wrote one has an empty one."""
    found = session.get(VendorProfile, vendor.id)
    return found or VendorProfile(vendor_id=vendor.id, updated_at=vendor.created_at, shown=list(AT_FIRST))


def change(
    session: Session, vendor: Vendor, wanted: Mapping[str, Any], seal: Seal, now: datetime, by: By
) -> VendorProfile:
    """Change what is named in `wanted` and leave the rest; what shipping costs is announced to who takes orders.

    Raises `VendorSuspended`, or `Invalid` for bank details.
    """
    profile = _held(session, vendor, now)
    before = _told(profile)
    for field in TEXTS:
        if field in wanted:
            setattr(profile, field, wanted[field])
    if "shipping" in wanted:
        profile.shipping = {rate["currency"]: rate["amount"] for rate in wanted["shipping"]}
    if "shown" in wanted:
        profile.shown = [field for field in CONTACTS if field in wanted["shown"]]
    if "bank" in wanted:
        banking.put(profile, wanted["bank"], seal)
    if wanted.get("bank") and before["bank"] == profile.bank_masked:
        before["bank"] = {**before["bank"], "another": True}  # two accounts can have one mask; giving one is an act
    _note(session, by, Action.PROFILE_CHANGED, vendor, profile, before, now)
    if before["shipping"] != profile.shipping:
        presence.announce(session, vendor, now)
    return profile


def show_picture(session: Session, vendor: Vendor, kind: Kind, digest: str | None, now: datetime, by: By) -> str | None:
    """Take another logo or banner, or none; the digest of the one before. Raises `VendorSuspended`."""
    profile = _held(session, vendor, now)
    before, last = _told(profile), getattr(profile, kind)
    setattr(profile, kind, digest)
    _note(session, by, ACTIONS[kind], vendor, profile, before, now)
    return last if last != digest else None


def store(session: Session, slug: str) -> Shown:
    """What everybody sees of a vendor who may sell. Raises `UnknownStore`, for suspended and deleted vendors too."""
    vendor = session.scalar(select(Vendor).where(Vendor.slug == slug, Vendor.status == APPROVED))
    if vendor is None:
        raise UnknownStore
    return Shown(vendor, of_vendor(session, vendor))


def file_names(vendor: Vendor, kind: Kind, digest: str) -> dict[Size, str]:
    """The names of a picture's files; a name never has two contents, so it can be kept for ever."""
    return {size: f"{vendor.id.hex}-{kind}-{digest[:32]}-{size.width}.webp" for size in SIZES[kind]}


def key(file_name: str) -> str:
    """Where a picture's file lies."""
    return f"media/{file_name}"


def check_may_change(vendor: Vendor) -> None:
    """Raise `VendorSuspended`."""
    if vendor.status != APPROVED:
        raise VendorSuspended("A suspended vendor can read the profile, not change it.")


def _held(session: Session, vendor: Vendor, now: datetime) -> VendorProfile:
    check_may_change(vendor)
    row = insert(VendorProfile).values(vendor_id=vendor.id, updated_at=now)
    session.execute(row.on_conflict_do_nothing(index_elements=["vendor_id"]))
    return session.get_one(VendorProfile, vendor.id, with_for_update=True, populate_existing=True)


def _told(profile: VendorProfile) -> dict[str, Any]:
    fields = (*TEXTS, "shipping", "shown", "logo", "banner")
    return {**{field: getattr(profile, field) for field in fields}, "bank": profile.bank_masked}


def _note(
    session: Session,
    by: By,
    action: Action,
    vendor: Vendor,
    profile: VendorProfile,
    before: Mapping[str, Any],
    now: datetime,
) -> None:
    """What changed nothing leaves nothing."""
    was, is_now = changes(before, _told(profile))
    if is_now:
        profile.updated_at = now
        note(
            session,
            by,
            action,
            vendor.id,
            user_id=vendor.user_id,
            vendor_id=vendor.id,
            before=was,
            after=is_now,
        )
