"""Explains one mapping: asks identity and vendor hop by hop, and ends in one sentence and the command that mends it.

    registered → token given → outbox → published → delivered → handled → outcome → row → announced → replicas

The first hop that is not as it should be is the answer; a service that is down is named and the rest is still told.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from shared.inspection import downstream, token_story, transit, verdicts
from shared.inspection.asking import Asked
from shared.inspection.case import Case
from shared.inspection.client import NotThere, Services
from shared.inspection.hops import Explanation, Hop, moment, timed

PUBLISHER, OWNER = "identity", "vendor"
REGISTERED = "customer.created"


class NobodyKnown(LookupError):
    """No such customer; the sentence says who was asked for."""


def explain(services: Services, *, customer: str, vendor: str | None = None, token: str | None = None) -> Explanation:
    """Explain why a customer (an e-mail or an id) is, or is not, on a list: of one vendor, or of whose link they used.

    With a `token` as well, only its outcome counts. Raises `NobodyKnown`, and `NotThere` for an unknown vendor.
    """
    asked = Asked(services)
    case = _gathered(asked, customer, vendor)
    case.hops.append(_registered(case))
    case.hops.append(_token_given(case, token))
    if _used_a_token(case, token):
        case.event = transit.add_hops(case)
    decided = _decided(case, token)
    case.hops.extend(verdicts.hops(case, decided))
    case.hops.extend(downstream.hops(case, decided))
    hops = timed(case.hops)
    sentence, remedy = verdicts.conclude(case, decided, hops)
    return Explanation(
        customer_id=case.customer_id,
        customer=_shown(case),
        token=(decided or {}).get("token") or token or (case.person or {}).get("invite_token"),
        vendor=verdicts.vendor_of(decided),
        outcome=(decided or {}).get("outcome"),
        on_list=verdicts.on_list(decided),
        hops=hops,
        sentence=sentence,
        remedy=remedy,
    )


def explain_token(services: Services, token: str) -> Explanation:
    """Explain one token: whose link it is, how it stands, who came through it, and who is missing."""
    return token_story.tell(Asked(services), token)


def _gathered(asked: Asked, customer: str, vendor: str | None) -> Case:
    """Find the person at identity; while identity is down an id is enough to go on with."""
    identifier = _uuid(customer)
    found = asked.get(PUBLISHER, "/internal/customers", **({"id": customer} if identifier else {"email": customer}))
    person = found["items"][0] if found and found["items"] else None
    if person is None and (asked.could_not(PUBLISHER) is None or identifier is None):
        raise NobodyKnown(asked.could_not(PUBLISHER) or f"Nobody registered as {customer}.")
    customer_id = str(person["id"]) if person else str(identifier)
    return Case(asked, customer_id, person, _facts(asked, customer_id, vendor))


def _facts(asked: Asked, customer_id: str, vendor: str | None) -> dict[str, Any] | None:
    if vendor is None:
        return asked.get(OWNER, "/internal/mappings", customer=customer_id)  # type: ignore[no-any-return]
    found = asked.get(OWNER, "/internal/mappings", customer=customer_id, vendor=vendor)
    if found is None and asked.could_not(OWNER) is None:
        raise NotThere(f"No vendor is called {vendor}.")
    return found  # type: ignore[no-any-return]


def _registered(case: Case) -> Hop:
    person, silent = case.person, case.asked.could_not(PUBLISHER)
    if person is None:
        return Hop("registered", None, silent or "not known")
    at, left = moment(person["registered_at"]), person.get("erased_at")
    who = f"{person['name']} <{person['email']}>" if not left else f"erased at {left}"
    return Hop("registered", True, who, at, id=case.customer_id)


def _token_given(case: Case, token: str | None) -> Hop:
    if case.person is None:
        return Hop("token given", None, "identity could not be asked")
    given, at = case.person.get("invite_token"), moment(case.person["registered_at"])
    if not given:
        return Hop("token given", None if case.outcomes or case.elsewhere else False, "registered without a token", at)
    other = f" (asked for: {token})" if token and token != given else ""
    return Hop("token given", True, f"{given}{other}", at)


def _used_a_token(case: Case, token: str | None) -> bool:
    """Whether the registration is what brought them, or should have; an acceptance has no event of identity."""
    if case.person is None:
        return not any(each["source"] == "acceptance" for each in case.outcomes)
    given = case.person.get("invite_token")
    return bool(given) and (token is None or token == given)


def _decided(case: Case, token: str | None) -> dict[str, Any] | None:
    """The outcome that counts: the token's if one is asked for, else one that put them on the list, else the newest."""
    wanted = [each for each in case.outcomes if token is None or each["token"] == token]
    return next((each for each in wanted if each["outcome"] == "linked"), wanted[0] if wanted else None)


def _shown(case: Case) -> dict[str, Any]:
    person = case.person or {}
    return {"id": case.customer_id, "name": case.name, "email": person.get("email")}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
