"""What an explanation ends in: the outcome and the row as hops, one sentence, and the command that mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.inspection import remedies
from shared.inspection.hops import Hop, moment
from shared.inspection.legs import is_working, last_line

if TYPE_CHECKING:
    from shared.inspection.case import Case

Verdict = tuple[str, str | None]
OWNER = "vendor"


def hops(case: Case, decided: dict[str, Any] | None) -> list[Hop]:
    """The outcome that was recorded, and the row on the list that follows from it."""
    return [_outcome(case, decided), _row(decided)]


def on_list(decided: dict[str, Any] | None) -> bool | None:
    """Whether the customer is on the list at present, as far as the decided outcome tells."""
    if decided is None:
        return None
    return bool(decided["place_id"]) and decided["removed_at"] is None


def vendor_of(decided: dict[str, Any] | None) -> dict[str, Any] | None:
    """Whose list it is."""
    if not decided or not decided["vendor_id"]:
        return None
    return {"id": decided["vendor_id"], "name": decided["vendor_name"], "slug": decided["vendor_slug"]}


def conclude(case: Case, decided: dict[str, Any] | None, told: list[Hop]) -> Verdict:
    """Give the sentence and the remedy: of the first hop that went wrong, else of what was decided."""
    if decided and decided["outcome"] not in {"linked", "already_linked"}:
        return str(decided["sentence"]), None
    wrong = next((hop for hop in told if hop.ok is False), None)
    if wrong:
        return _BY_HOP[wrong.name](case, decided, wrong)
    if case.asked.could_not(OWNER):
        return f"Whether {case.name} is on a list cannot be told: {case.asked.could_not(OWNER)}.", remedies.STATUS
    if decided is None and case.elsewhere:
        other = case.elsewhere[0]["vendor_name"]
        return f"{case.name} used an invitation of {other}, and none of that vendor.", None
    if decided is None:
        return f"{case.name} used no invitation of that vendor.", None
    missing = "".join(f" ({why})" for why in case.asked.silent.values())
    return f"{decided['sentence']}{missing}", None


def _outcome(case: Case, decided: dict[str, Any] | None) -> Hop:
    if case.asked.could_not(OWNER):
        return Hop("outcome", None, "vendor could not be asked")
    if decided is None:
        if case.elsewhere:
            return Hop("outcome", None, f"another vendor's: {case.elsewhere[0]['vendor_name']}")
        handled = bool(case.event and (case.event.get("arrived") or {}).get("state") == "handled")
        return Hop("outcome", False if handled else None, "none is recorded")
    good = decided["outcome"] in {"linked", "already_linked"}
    detail = [str(decided["outcome"])]
    if decided["outcome"] == "linked" and not decided["link_known"]:
        detail.append("the link's own row is gone since")
    elif good and decided["revoked_at"]:
        detail.append(f"the link was revoked later, at {str(decided['revoked_at'])[:19].replace('T', ' ')}")
    return Hop("outcome", good, "; ".join(detail), moment(decided["decided_at"]), id=decided["event_id"])


def _row(decided: dict[str, Any] | None) -> Hop:
    if decided is None or decided["outcome"] not in {"linked", "already_linked"}:
        return Hop("row", None, "there is none to expect")
    whose = decided["vendor_name"] or decided["vendor_id"]
    if not decided["place_id"]:
        return Hop("row", False, f"missing on {whose}'s list")
    if decided["removed_at"]:
        return Hop("row", False, f"taken off {whose}'s list", moment(decided["removed_at"]), id=decided["place_id"])
    detail = f"on {whose}'s list, version {decided['version']}"
    return Hop("row", True, detail, id=decided["place_id"])


def _no_token(case: Case, _decided: Any, _hop: Hop) -> Verdict:
    return f"{case.name} registered without an invitation, and has accepted none since.", None


def _not_written(case: Case, _decided: Any, _hop: Hop) -> Verdict:
    return f"{case.name} is registered, but identity's log has no customer.created of them.", remedies.RECONCILE


def _not_published(case: Case, _decided: Any, hop: Hop) -> Verdict:
    if hop.at:
        said = f"{case.name}'s registration was published when no queue was bound for it, so nobody was told."
        return said, remedies.RECONCILE
    if is_working(case.asked, "identity", "relay"):
        said = f"{case.name}'s registration is written and the broker has not confirmed it yet."
        return said, remedies.LOGS.format(service="identity-relay")
    said = f"{case.name}'s registration is written but not published: identity's relay is not at work."
    return said, remedies.START_RELAY.format(service="identity")


def _not_delivered(case: Case, decided: Any, _hop: Hop) -> Verdict:
    if decided is None and is_working(case.asked, OWNER, "consumer") is False:
        said = f"{case.name}'s registration waits in the queue: vendor's consumer is not at work."
        return said, remedies.START_CONSUMER.format(service=OWNER)
    if decided:
        return f"{decided['sentence']} All the same its event is missing from vendor's inbox.", remedies.RECONCILE
    return f"{case.name}'s registration was published and never reached vendor's inbox.", remedies.RECONCILE


def _not_handled(case: Case, _decided: Any, hop: Hop) -> Verdict:
    arrived = (case.event or {}).get("arrived") or {}
    where = {"service": OWNER, "event_id": arrived.get("event_id")}
    if arrived.get("state") == "dismissed":
        return f"{case.name}'s registration was dismissed by somebody.", remedies.REPLAY.format(**where)
    if arrived.get("state") == "parked":
        said = f"{case.name}'s registration is parked: {last_line(arrived['error'])}."
        return said, remedies.REDRIVE.format(**where)
    if not is_working(case.asked, OWNER, "consumer"):
        said = f"{case.name}'s registration has arrived, and vendor's consumer is not at work."
        return said, remedies.START_CONSUMER.format(service=OWNER)
    said = f"{case.name}'s registration has arrived, and handling it {hop.detail}."
    return said, remedies.SHOW_PARKED.format(service=OWNER)


def _not_decided(case: Case, _decided: Any, _hop: Hop) -> Verdict:
    event_id = (case.event or {}).get("event_id")
    said = f"{case.name}'s registration was handled, and no outcome of their token is recorded."
    return said, remedies.REPLAY.format(service=OWNER, event_id=event_id)


def _no_row(case: Case, decided: Any, hop: Hop) -> Verdict:
    if hop.at:
        when = f"{hop.at:%Y-%m-%d %H:%M:%S} UTC"
        return f"{case.name} came onto {decided['vendor_name']}'s list and was taken off it at {when}.", None
    said = f"{case.name} was linked to {decided['vendor_name']}, and the row on the list is gone."
    return said, remedies.RECONCILE


def _not_known_elsewhere(_case: Case, decided: Any, hop: Hop) -> Verdict:
    return f"{decided['sentence']} But {hop.name} does not know of it: {hop.detail}.", remedies.RECONCILE


_BY_HOP = {
    "token given": _no_token,
    "outbox": _not_written,
    "published": _not_published,
    "delivered": _not_delivered,
    "handled": _not_handled,
    "outcome": _not_decided,
    "row": _no_row,
    "announced": _not_known_elsewhere,
    "catalog": _not_known_elsewhere,
    "ordering": _not_known_elsewhere,
    "notifications": _not_known_elsewhere,
}
