"""The audit trail in words: what somebody did, and what was before and after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from gateway.web.formats import day, moment, percent
from gateway.web.languages import gettext
from gateway.web.languages import lazy_gettext as _
from gateway.web.words import place, standing

DEEDS = {
    "application.submitted": _("<b>%(who)s</b> applied"),
    "application.withdrawn": _("<b>%(who)s</b> withdrew the application"),
    "application.approved": _("<b>%(who)s</b> approved the application"),
    "application.rejected": _("<b>%(who)s</b> rejected the application"),
    "document.added": _("<b>%(who)s</b> added a document"),
    "document.opened": _("<b>%(who)s</b> opened a document"),
    "document.removed": _("<b>%(who)s</b> removed a document"),
    "vendor.created": _("<b>%(who)s</b> opened the shop"),
    "vendor.suspended": _("<b>%(who)s</b> suspended the shop"),
    "vendor.reactivated": _("<b>%(who)s</b> reactivated the shop"),
    "vendor.deleted": _("<b>%(who)s</b> deleted the shop"),
    "vendor.restored": _("<b>%(who)s</b> restored the shop"),
    "commission.changed": _("<b>%(who)s</b> changed the commission"),
    "profile.changed": _("<b>%(who)s</b> changed the shop’s page"),
    "profile.logo_changed": _("<b>%(who)s</b> changed the logo"),
    "profile.banner_changed": _("<b>%(who)s</b> changed the banner"),
    "customer.removed": _("<b>%(who)s</b> removed a customer"),
    "invite.created": _("<b>%(who)s</b> made an invitation link"),
    "invite.relabelled": _("<b>%(who)s</b> renamed an invitation link"),
    "invite.revoked": _("<b>%(who)s</b> withdrew an invitation link"),
}
ICONS = {
    "approved": "check",
    "reactivated": "check",
    "restored": "check",
    "created": "check",
    "rejected": "cross",
    "suspended": "lock",
    "deleted": "cross",
    "removed": "cross",
    "withdrawn": "cross",
    "revoked": "cross",
    "submitted": "shop",
    "opened": "search",
    "added": "file",
}
SILENT = frozenset({"sha256", "media_type", "logo", "banner", "version"})
NAMES = {
    "address": _("address"),
    "bank": _("bank details"),
    "business_email": _("business e-mail"),
    "business_name": _("business name"),
    "category_id": _("category"),
    "commission_bps": _("commission"),
    "currency": _("currency"),
    "description": _("description"),
    "effective_from": _("in force from"),
    "email": _("e-mail"),
    "expires_at": _("expires"),
    "label": _("label"),
    "language": _("language"),
    "max_uses": _("most people"),
    "name": _("name"),
    "phone": _("phone"),
    "price": _("price"),
    "reason": _("reason"),
    "revoked_at": _("withdrawn"),
    "seen_by": _("seen by"),
    "shown": _("shown to everybody"),
    "size": _("size"),
    "sku": _("number (SKU)"),
    "slug": _("address of the page"),
    "status": _("status"),
    "stock": _("stock"),
    "tax_id": _("tax number"),
    "threshold": _("threshold"),
    "title": _("title"),
    "visibility": _("seen by"),
    "website": _("website"),
}
NOBODY = {"operator": _("An operator"), "system": _("The system")}


def told(acts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The acts with a `sentence`, an `icon` and their `changes` in words."""
    return [
        {
            **act,
            "sentence": _sentence(act),
            "icon": ICONS.get(act["action"].rpartition(".")[2], "pencil"),
            "changes": list(changes(act.get("before"), act.get("after"))),
        }
        for act in acts
    ]


def _sentence(act: Mapping[str, Any]) -> Markup:
    who = act.get("actor_name") or NOBODY.get(act["actor_role"]) or gettext("Somebody who left")
    known = DEEDS.get(act["action"])
    if known:
        return Markup(str(known)) % {"who": str(who)}  # noqa: S704 - the sentences are ours, and the name is escaped
    return Markup("<b>{}</b> {}").format(who, act["action"].replace(".", " ").replace("_", " "))


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[tuple[str, str, str]]:
    """What each field was and is, of those that differ and that people can read."""
    was, now = before or {}, after or {}
    fields = [field for field in {**was, **now} if field not in SILENT and was.get(field) != now.get(field)]
    return [(_name(field), _said(field, was.get(field)), _said(field, now.get(field))) for field in fields]


def _name(field: str) -> str:
    return str(NAMES.get(field) or field.replace("_", " "))


def _said(field: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if field == "status":
        return standing(str(value)).name
    if field == "commission_bps":
        return percent(int(value))
    if field == "address" and isinstance(value, dict):
        return ", ".join(place(value))
    if isinstance(value, dict):
        return " · ".join(str(part) for part in value.values() if part)
    return _time(value) or str(value)


def _time(value: Any) -> str:
    try:
        found = moment(value) if isinstance(value, str) and len(value) > 15 and value[10:11] in {"T", " "} else None
    except ValueError:
        return ""
    return str(day(value).striptags()) if found else ""
