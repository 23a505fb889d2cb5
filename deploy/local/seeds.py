"""The people every local system knows, made by the public API and the operator's jobs; never outside a local system."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

from deploy.local import checkout
from deploy.local.api import Person, Refused
from deploy.local.plan import Plan, services

PASSWORD = "demo-password-1"  # noqa: S105 - told to everybody, and refused in production


@dataclass(frozen=True)
class Seed:
    """A person of the local system; a vendor also has the name of a business."""

    title: str
    email: str
    role: str


PEOPLE = (
    Seed("Admin", "admin@market.example", "admin"),
    Seed("Vendor A", "vendor.a@market.example", "vendor"),
    Seed("Vendor B", "vendor.b@market.example", "vendor"),
    Seed("Customer", "customer@market.example", "customer"),
)


def plant(address: str, plan: Plan) -> list[str]:
    """Make the people who are missing; the e-mails of those made."""
    if not {"identity", "vendor"} <= set(services()):
        return []
    marker = checkout.digest(checkout.ROOT / "deploy/local")
    if checkout.remembered("seeded") == marker:
        return []
    made = [person.email for person in PEOPLE if _plant(address, plan, person)]
    checkout.remember("seeded", marker)
    return made


def make_vendor(address: str, plan: Plan, email: str, name: str) -> dict[str, Any]:
    """An approved vendor with an account of its own; returns when the account has the role.

    Idempotent by e-mail. Raises `RuntimeError` when the role does not arrive, which means events do not flow.
    """
    with Person(address) as person:
        register(person, email, name)
        person.sign_in(email, PASSWORD)
        user_id = str(person.me()["id"])
        vendor = job(plan, "vendor", "create-vendor", "--user-id", user_id, "--name", name)
        await_vendor(person, email)
    return {**vendor, "email": email, "password": PASSWORD, "user_id": user_id}


def apply_vendor(address: str, admin: Person, email: str, name: str) -> dict[str, Any]:
    """What `make_vendor` makes, by way of an application that a signed-in admin approves."""
    with Person(address) as owner:
        user_id = str(owner.register(email, PASSWORD, name)["id"])
        owner.sign_in(email, PASSWORD)
        applied = owner.post("/vendor/apply", {"business_name": name})
        admin.post(f"/admin/vendors/applications/{applied['id']}/approve", {})
        await_role(owner, email)
        vendor = owner.get("/vendor/profile")
    return {**vendor, "email": email, "password": PASSWORD, "user_id": user_id}


def register(person: Person, email: str, name: str) -> bool:
    """Register, unless the e-mail has an account already; whether one was made."""
    try:
        person.register(email, PASSWORD, name)
    except Refused as refusal:
        if refusal.status != 409:
            raise
        return False
    return True


def await_vendor(person: Person, email: str, timeout: float = 10) -> None:
    """Wait until the person's account has become a vendor's, and sign in as such."""
    await_role(person, email, timeout)
    person.sign_in(email, PASSWORD)


def await_role(person: Person, email: str, timeout: float = 10) -> None:
    """Wait until the person's account has become a vendor's; whoever signs in from then on is one."""
    deadline = time.monotonic() + timeout
    while person.me()["role"] != "vendor":
        if time.monotonic() > deadline:
            raise RuntimeError(f"the approval of {email} did not reach identity within {timeout:.0f} s")
        time.sleep(0.05)


def job(plan: Plan, service: str, name: str, *arguments: str, given: str | None = None) -> dict[str, Any]:
    """Run an operator's job and read the JSON it prints."""
    command = [sys.executable, "-m", f"services.{service}", "job", name, *arguments]
    done = subprocess.run(
        command,
        cwd=checkout.ROOT,
        env=plan.environment(service),
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"python -m services.{service} job {name} failed: {(done.stderr or done.stdout).strip()}")
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    return dict(json.loads(lines[-1] if lines else done.stdout))


def _plant(address: str, plan: Plan, seed: Seed) -> bool:
    if seed.role == "admin":
        person = ["--email", seed.email, "--name", seed.title, "--role", seed.role, "--password-stdin"]
        job(plan, "identity", "create-user", *person, given=PASSWORD)
    elif seed.role == "vendor":
        make_vendor(address, plan, seed.email, seed.title)
    else:
        with Person(address) as person_:
            register(person_, seed.email, seed.title)
    return True
