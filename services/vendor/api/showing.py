"""What a vendor looks like, put together from the rows: for themselves, for admins, for everybody."""

from typing import Any

from sqlalchemy.orm import Session

from services.vendor.api.acting import now
from services.vendor.domain import commissions, directory, profiles
from services.vendor.domain.images import Kind
from services.vendor.domain.profiles import Shown
from services.vendor.models import Vendor, VendorProfile

_PATH = "/api/vendor/media/"


def told(session: Session, vendor: Vendor) -> dict[str, Any]:
    """A vendor as they see themselves."""
    last = directory.statuses(session, vendor.id)[0]
    return {
        **_facts(vendor),
        **_profile(vendor, profiles.of_vendor(session, vendor)),
        "commission_bps": commissions.in_force(session, vendor, now()).bps,
        "status_since": last.since,
        "status_reason": last.reason,
    }


def detailed(session: Session, vendor: Vendor) -> dict[str, Any]:
    """A vendor as admins see them."""
    return {
        **directory.vendor(session, vendor.id, now())._mapping,
        **_profile(vendor, profiles.of_vendor(session, vendor)),
        "customers": directory.customers(session, vendor.id),
        "statuses": directory.statuses(session, vendor.id),
        "commissions": commissions.history(session, vendor.id),
    }


def store(shown: Shown) -> dict[str, Any]:
    """A vendor as everybody sees them."""
    vendor, profile = shown
    place = (profile.address or {}) if "city" in profile.shown else {}
    contact: dict[str, Any] = dict.fromkeys(("email", "phone", "website"))
    contact |= {field: getattr(profile, field) for field in contact if field in profile.shown}
    return {
        **_facts(vendor),
        **_profile(vendor, profile),
        **contact,
        "city": place.get("city"),
        "country": place.get("country"),
        "since": vendor.created_at,
    }


def _facts(vendor: Vendor) -> dict[str, Any]:
    return {field: getattr(vendor, field) for field in ("id", "name", "slug", "code", "status")}


def _profile(vendor: Vendor, profile: VendorProfile) -> dict[str, Any]:
    texts = {field: getattr(profile, field) for field in profiles.TEXTS}
    pictures = {str(kind): _pictures(vendor, kind, getattr(profile, kind)) for kind in Kind}
    rates = [{"amount": amount, "currency": name} for name, amount in sorted((profile.shipping or {}).items())]
    return {**texts, **pictures, "bank": profile.bank_masked, "shipping": rates, "shown": profile.shown}


def _pictures(vendor: Vendor, kind: Kind, digest: str | None) -> list[dict[str, Any]]:
    names = profiles.file_names(vendor, kind, digest) if digest else {}
    return [{"url": _PATH + name, "width": size.width, "height": size.height} for size, name in names.items()]
