"""Bank details: checked, sealed so that the database and its backups hold nothing readable, and shown masked."""

import re
from collections.abc import Mapping

import orjson

from services.vendor.models import VendorProfile
from shared.kit.errors import Invalid
from shared.kit.sealing import Seal

_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_BIC = re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")


def put(profile: VendorProfile, details: Mapping[str, str | None] | None, seal: Seal) -> None:
    """Keep bank details for a vendor, or forget them. Raises `Invalid` naming `bank.iban` or `bank.bic`."""
    if details is None:
        profile.bank_sealed = profile.bank_masked = None
        return
    clean = _checked(details)
    profile.bank_sealed = seal.close(orjson.dumps(clean), _name(profile))
    profile.bank_masked = masked(clean)


def opened(profile: VendorProfile, seal: Seal) -> dict[str, str] | None:
    """The details themselves, for a payout. Raises `Unreadable` under another SECRET_KEY."""
    if profile.bank_sealed is None:
        return None
    details: dict[str, str] = orjson.loads(seal.open(profile.bank_sealed, _name(profile)))
    return details


def masked(details: Mapping[str, str | None]) -> dict[str, str]:
    """As much as lets their owner recognise them: initials, the country and the last four signs."""
    iban, holder = str(details["iban"]), str(details["holder"])
    return {
        "holder": " ".join(f"{word[0]}•••" for word in holder.split()),
        "iban": f"{iban[:2]}•• •••• {iban[-4:]}",
    }


def _checked(details: Mapping[str, str | None]) -> dict[str, str]:
    holder = " ".join((details.get("holder") or "").split())
    iban, bic = (re.sub(r"\s", "", details.get(field) or "").upper() for field in ("iban", "bic"))
    faults: dict[str, str] = {}
    if not holder:
        faults["bank.holder"] = "Say whose account it is."
    if not _IBAN.fullmatch(iban) or not _remainder_is_one(iban):
        faults["bank.iban"] = "This is not an IBAN: look at its digits again."
    if bic and not _BIC.fullmatch(bic):
        faults["bank.bic"] = "This is not a BIC."
    if faults:
        raise Invalid(fields=dict(faults))
    return {"holder": holder, "iban": iban, "bic": bic}


def _remainder_is_one(iban: str) -> bool:
    """ISO 13616: moved, with letters as numbers, it leaves 1 when divided by 97."""
    return int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 == 1


def _name(profile: VendorProfile) -> str:
    return f"bank details of {profile.vendor_id}"
