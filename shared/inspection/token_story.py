"""One token's story: whose link it is, how it stands, who came through it, and whose registration never arrived."""

from __future__ import annotations

from typing import Any

from shared.inspection import remedies
from shared.inspection.asking import Asked
from shared.inspection.hops import Explanation, Hop, moment, timed

PUBLISHER, OWNER = "identity", "vendor"


def tell(asked: Asked, token: str) -> Explanation:
    """Explain a token; a token that nobody made is an answer too."""
    facts = asked.get(OWNER, "/internal/mappings", token=token) or {}
    people = (asked.get(PUBLISHER, "/internal/customers", token=token, limit=1000) or {}).get("items", [])
    link, outcomes = facts.get("link"), facts.get("outcomes", [])
    hops = timed([*_link_hops(asked, facts), *_use_hops(asked, people, outcomes)])
    sentence, remedy = _conclusion(asked, token, link, people, outcomes)
    return Explanation(
        customer_id=None,
        token=token,
        vendor=_vendor(link),
        outcome=_standing(link, facts.get("statuses", [])),
        hops=hops,
        sentence=sentence,
        remedy=remedy,
    )


def _link_hops(asked: Asked, facts: dict[str, Any]) -> list[Hop]:
    if silent := asked.could_not(OWNER):
        return [Hop("made", None, silent)]
    link = facts.get("link")
    if link is None:
        return [Hop("made", False, "no link of any vendor has this token")]
    hops = [
        Hop("made", True, f"a link of {link['vendor_name']}: {link['label'] or 'no label'}", moment(link["created_at"]))
    ]
    if link["expires_at"]:
        hops.append(Hop("expires", None, "registrations from then on are refused", moment(link["expires_at"])))
    if link["revoked_at"]:
        hops.append(Hop("revoked", False, "registrations from then on are refused", moment(link["revoked_at"])))
    changes = facts.get("statuses", [])[1:]
    return [*hops, *(Hop(f"vendor {it['status']}", None, it["reason"] or "", moment(it["since"])) for it in changes)]


def _use_hops(asked: Asked, people: list[dict[str, Any]], outcomes: list[dict[str, Any]]) -> list[Hop]:
    given = len(people)
    registered = Hop("registered with it", None, asked.could_not(PUBLISHER) or f"{given} people")
    if asked.could_not(OWNER):
        return [registered]
    counts: dict[str, int] = {}
    for each in outcomes:
        counts[each["outcome"]] = counts.get(each["outcome"], 0) + 1
    told = ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "none"
    missing = _missing(people, outcomes)
    return [registered, Hop("outcomes", not missing, told + (f"; {len(missing)} without one" if missing else ""))]


def _missing(people: list[dict[str, Any]], outcomes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    decided = {each["customer_id"] for each in outcomes}
    return [person for person in people if person["id"] not in decided]


def _conclusion(
    asked: Asked, token: str, link: dict[str, Any] | None, people: list[dict[str, Any]], outcomes: list[dict[str, Any]]
) -> tuple[str, str | None]:
    if silent := asked.could_not(OWNER):
        return f"Whose token {token} is cannot be told: {silent}.", remedies.STATUS
    missing = _missing(people, outcomes)
    whose = f"a link of {link['vendor_name']}" if link else "a token that no link has"
    came = sum(each["outcome"] == "linked" for each in outcomes)
    if missing:
        said = f"{len(missing)} who registered with {whose} have no outcome, {missing[0]['name']} first."
        return said, remedies.RECONCILE
    return f"This is {whose}; {came} of the {len(outcomes)} who used it are on a list by it.", None


def _vendor(link: dict[str, Any] | None) -> dict[str, Any] | None:
    return {"id": link["vendor_id"], "name": link["vendor_name"], "slug": link["vendor_slug"]} if link else None


def _standing(link: dict[str, Any] | None, statuses: list[dict[str, Any]]) -> str:
    if link is None:
        return "unknown_token"
    if link["revoked_at"]:
        return "revoked"
    if statuses and statuses[-1]["status"] != "approved":
        return "vendor_not_approved"
    if link["max_uses"] and link["uses"] >= link["max_uses"]:
        return "exhausted"
    return "valid"
