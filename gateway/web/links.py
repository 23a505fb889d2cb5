"""What a page says of an invitation link beyond what vendor says: whether it still works, and how much it refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from gateway.web.formats import moment
from gateway.web.languages import lazy_gettext
from gateway.web.words import Verdict

WORKS = Verdict(lazy_gettext("Working"), "good")
WITHDRAWN = Verdict(lazy_gettext("Withdrawn"), "")
EXPIRED = Verdict(lazy_gettext("Expired"), "warn")
USED_UP = Verdict(lazy_gettext("Used up"), "warn")


def standing(link: Mapping[str, Any], now: datetime) -> Verdict:
    """Judge a link as it is at this moment."""
    expires_at = moment(link.get("expires_at"))
    if link.get("revoked_at"):
        return WITHDRAWN
    if expires_at and expires_at <= now:
        return EXPIRED
    if link.get("max_uses") and link["uses"] >= link["max_uses"]:
        return USED_UP
    return WORKS


def dressed(links: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The links with `standing`, `works` and the number of `refusals` added."""
    now = datetime.now(UTC)
    judged = ((link, standing(link, now)) for link in links)
    return [
        {**link, "standing": said, "works": said is WORKS, "refusals": sum((link.get("refused") or {}).values())}
        for link, said in judged
    ]
