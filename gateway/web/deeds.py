"""The audit trail in words: what somebody did, and what was before and after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.web.formats import day, moment, percent
from gateway.web.words import place, standing

DEEDS = {
    "application.submitted": "applied",
    "application.withdrawn": "withdrew the application",
    "application.approved": "approved the application",
    "application.rejected": "rejected the application",
    "document.added": "added a document",
    "document.opened": "opened a document",
    "document.removed": "removed a document",
    "vendor.created": "opened the shop",
    "vendor.suspended": "suspended the shop",
    "vendor.reactivated": "reactivated the shop",
    "vendor.deleted": "deleted the shop",
    "vendor.restored": "restored the shop",
    "commission.changed": "changed the commission",
    "profile.changed": "changed the shop’s page",
    "profile.logo_changed": "changed the logo",
    "profile.banner_changed": "changed the banner",
    "customer.removed": "removed a customer",
    "invite.created": "made an invitation link",
    "invite.relabelled": "renamed an invitation link",
    "invite.revoked": "withdrew an invitation link",
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
NAMES = {"commission_bps": "commission", "bank": "bank details", "business_name": "business name"}
NOBODY = {"operator": "An operator", "system": "The system"}


def told(acts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The acts with `who`, `did`, an `icon` and their `changes` in words."""
    return [
        {
            **act,
            "who": act.get("actor_name") or NOBODY.get(act["actor_role"], "Somebody who left"),
            "did": DEEDS.get(act["action"]) or act["action"].replace(".", " ").replace("_", " "),
            "icon": ICONS.get(act["action"].rpartition(".")[2], "pencil"),
            "changes": list(changes(act.get("before"), act.get("after"))),
        }
        for act in acts
    ]


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[tuple[str, str, str]]:
    """What each field was and is, of those that differ and that people can read."""
    was, now = before or {}, after or {}
    fields = [field for field in {**was, **now} if field not in SILENT and was.get(field) != now.get(field)]
    return [(_name(field), _said(field, was.get(field)), _said(field, now.get(field))) for field in fields]


def _name(field: str) -> str:
    return NAMES.get(field) or field.replace("_", " ")


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
