"""The verification of the original fault report, and of an order of its customers from four vendors, to the cent."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from deploy.local import databases
from deploy.local.api import Person, Refused
from deploy.local.buying import Buying
from deploy.local.mailed import Expected, Mailed, now
from deploy.local.plan import Plan
from deploy.local.seeds import PASSWORD, PEOPLE, apply_vendor, make_vendor

ROWS = "SELECT vendor_id, customer_id, invite_token_id, source FROM vendor_customer WHERE vendor_id = %s ORDER BY id"
OUTCOMES = "SELECT outcome FROM invite_outcome WHERE customer_id = %s"
ADMIN = next(person.email for person in PEOPLE if person.role == "admin")
CUSTOMERS, OTHERS = "ABC", "BCD"
"""The customers of Vendor A, and the vendors beside them."""
HEAD_START = 0.6
"""How many seconds the link that shall expire is good for: an expiry in the past is refused when a link is made."""


@dataclass(frozen=True)
class Step:
    """One line of the verification: what was claimed, whether it is so, and what was seen."""

    claim: str
    ok: bool
    seen: str


@dataclass
class Verification:
    """Everything that was done and seen."""

    vendor: dict[str, Any] = field(default_factory=dict)
    rows: list[dict[str, str]] = field(default_factory=list)
    listed: list[dict[str, Any]] = field(default_factory=list)
    refusals: list[dict[str, str]] = field(default_factory=list)
    split: list[dict[str, str]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return bool(self.steps) and all(step.ok for step in self.steps)

    def check(self, claim: str, ok: bool, seen: str) -> None:
        self.steps.append(Step(claim, ok, seen))


class Demo:
    """One run against a running system. Each makes a vendor and customers of its own, so it can be repeated."""

    def __init__(self, address: str, plan: Plan) -> None:
        self._address, self._plan = address, plan
        self._run = uuid4().hex[:8]
        self._database = databases.url(plan.postgres_url, "vendor")
        self._found = Verification()
        self._admin: Person | None = None
        self._mailed = Mailed(plan.mailbox, self._found.check)

    def run(self) -> Verification:
        """Do every step; a failing one is recorded with what was seen instead."""
        began = time.monotonic()
        try:
            self._verify()
        except Exception as problem:  # noqa: BLE001 - whatever went wrong is the verification's finding
            self._found.check("every step can be done", False, f"{type(problem).__name__}: {problem}")
        self._mailed.close()
        self._found.seconds = time.monotonic() - began
        return self._found

    def _verify(self) -> None:
        with Person(self._address) as admin, ThreadPoolExecutor(len(OTHERS)) as pool:
            self._admin = self._signed_in(admin)
            others = [pool.submit(self._vendor, name) for name in OTHERS]
            vendor = self._mapped()
            vendors = [vendor, *(each.result() for each in others)]
        buying = Buying(self._address, self._plan.postgres_url, self._found.check)
        self._found.split = buying.split
        buying.verify(vendors, [self._email(name) for name in CUSTOMERS])
        self._mails_of_orders(vendors)

    def _vendor(self, name: str) -> dict[str, Any]:
        """A vendor who applied and was approved; made by the operator where no admin is seeded."""
        called = self._email(f"vendor-{name}"), f"Vendor {name} {self._run}"
        if self._admin:
            return apply_vendor(self._address, self._admin, *called)
        return make_vendor(self._address, self._plan, *called)

    def _signed_in(self, admin: Person) -> Person | None:
        try:
            admin.sign_in(ADMIN, PASSWORD)
        except Refused as refusal:
            if refusal.status != 401:
                raise
            return None
        return admin

    def _mapped(self) -> dict[str, Any]:
        """Vendor A, whose link has brought the customers, and whose other links have been refused."""
        vendor = self._vendor("A")
        self._found.vendor = vendor
        self._found.check("Vendor A exists and may sell", bool(vendor["id"]), f"{vendor['name']}, id {vendor['id']}")
        with Person(self._address) as owner:
            owner.sign_in(vendor["email"], PASSWORD)
            invite = owner.invite(label="Demo")
            expiring = owner.invite(label="Expires", expires_at=datetime.now(UTC) + timedelta(seconds=HEAD_START))
            made = time.monotonic()
            self._found.check("POST /vendors/me/invite gives a link", "token=" in invite["url"], invite["url"])
            customers = self._register_all(dict.fromkeys(CUSTOMERS, invite["token"]))
            registered = now()
            self._mapping(owner, vendor, invite, customers)
            joined = [Expected(vendor["email"], f"Customer {name} ") for name in CUSTOMERS]
            self._mailed.verify("Vendor A has a mail about each of them, once", joined, registered)
            self._refusals(owner, expiring, made)
        return vendor

    def _mapping(
        self, owner: Person, vendor: dict[str, Any], invite: dict[str, Any], customers: dict[str, str]
    ) -> None:
        rows = _wait(lambda: self._rows(vendor["id"]), lambda found: len(found) >= len(customers))
        self._found.rows = rows
        names = {customer_id: name for name, customer_id in customers.items()}
        for row in rows:
            row["customer"] = f"Customer {names.get(row['customer_id'], '?')}"
        self._found.check(
            "three vendor_customer rows, all pointing to Vendor A",
            {row["customer_id"] for row in rows} == set(customers.values())
            and len(rows) == len(customers)
            and all(row["vendor_id"] == vendor["id"] and row["invite_token_id"] == invite["id"] for row in rows),
            f"{len(rows)} rows in the vendor database",
        )
        self._found.listed = owner.customers()
        listed = sorted(each["customer_id"] for each in self._found.listed)
        self._found.check(
            "A, B and C are on Vendor A's list",
            listed == sorted(customers.values()),
            ", ".join(sorted(str(each["name"]) for each in self._found.listed)) or "nobody",
        )

    def _refusals(self, owner: Person, expiring: dict[str, Any], made: float) -> None:
        revoked = owner.invite(label="Revoked")
        owner.revoke(revoked["id"])
        last = owner.invite(label="For one", max_uses=1)
        first = self._register("First", last["token"])
        self._outcome_of(first, "linked")
        cases = {"unknown_token": f"no-such-{self._run}-token-{uuid4().hex}", "revoked": revoked["token"]}
        cases["exhausted"] = last["token"]
        time.sleep(max(0.0, HEAD_START + 0.05 - (time.monotonic() - made)))
        cases["expired"] = expiring["token"]
        refused = self._register_all(cases)
        registered_at = now()
        for reason, customer_id in refused.items():
            self._refusal(reason, customer_id, self._email(reason))
        told = [Expected(self._email(reason), "invitation did not work") for reason in refused]
        self._mailed.verify("each of them has a mail that says so, once", told, registered_at)

    def _mails_of_orders(self, vendors: list[dict[str, Any]]) -> None:
        emails = {vendor["name"]: str(vendor["email"]) for vendor in vendors}
        customers = [self._email(name) for name in CUSTOMERS]
        told = [Expected(email, "is confirmed") for email in customers]
        told += [Expected(customers[0], f"{vendors[1]['name']} has sent"), Expected(customers[0], "cannot fulfil")]
        parts = [row for row in self._found.split if row["of"] in emails]
        told += [Expected(emails[row["of"]], f"New order {row['number']}") for row in parts]
        self._mailed.verify("customers and vendors have a mail for each step of an order, once", told, now())

    def _refusal(self, reason: str, customer_id: str, email: str) -> None:
        recorded = self._outcome_of(customer_id, reason)
        with Person(self._address) as customer:
            customer.sign_in(email, PASSWORD)
            told = customer.invitations()
        sentence = str(told[0].get("sentence", "")) if told else ""
        self._found.refusals.append({"registration": reason, "recorded": recorded, "sentence": sentence})
        self._found.check(
            f"registered with a token that is {reason.replace('_', ' ')}: said so, and not linked",
            recorded == reason and bool(sentence) and not self._links_of(customer_id),
            f"{recorded}: {sentence or 'no sentence'}",
        )

    def _register_all(self, tokens: dict[str, str]) -> dict[str, str]:
        """Register a customer for each name, all at once as a crowd would; their ids."""
        with ThreadPoolExecutor(len(tokens)) as crowd:
            return dict(zip(tokens, crowd.map(self._register, tokens, tokens.values()), strict=True))

    def _register(self, name: str, token: str) -> str:
        label = f"Customer {name.replace('_', ' ').capitalize()}"
        with Person(self._address) as person:
            return str(person.register(self._email(name), PASSWORD, label, token)["id"])

    def _rows(self, vendor_id: str) -> list[dict[str, str]]:
        names = ("vendor_id", "customer_id", "invite_token_id", "source")
        found = databases.rows(self._database, ROWS, vendor_id)
        return [dict(zip(names, map(str, row), strict=True)) for row in found]

    def _links_of(self, customer_id: str) -> int:
        query = "SELECT 1 FROM vendor_customer WHERE customer_id = %s"
        return len(databases.rows(self._database, query, customer_id))

    def _outcome_of(self, customer_id: str, expected: str) -> str:
        """The recorded outcome of the customer's one registration; `nothing` when none was recorded in time."""
        found = _wait(lambda: databases.rows(self._database, OUTCOMES, customer_id), lambda rows: len(rows) > 0)
        outcome = ", ".join(str(row[0]) for row in found) or "nothing recorded"
        if expected == "linked" and outcome != expected:
            self._found.check("the first use of a link for one is linked", False, outcome)
        return outcome

    def _email(self, name: str) -> str:
        return f"demo-{self._run}-{name.lower().replace('_', '-')}@market.example"


def _wait(read: Callable[[], Any], enough: Callable[[Any], bool], timeout: float = 4) -> Any:
    """Read until it is enough, or the time is over; the last reading either way."""
    deadline = time.monotonic() + timeout
    while not enough(found := read()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return found
