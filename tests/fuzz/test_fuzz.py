"""Drawn requests to every operation: never a 5xx, an undeclared status or shape, or input that its schema forbids."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings

from tests.apps import Marketplace, Person, bearer
from tests.authorisation.statements import Scene
from tests.fuzz.surface import ENTRANCES, surface

pytestmark = pytest.mark.fuzz
enough = settings(deadline=None, suppress_health_check=list(HealthCheck))
IDENTITY, VENDOR = (surface(name, thorough=True) for name in ("identity", "vendor"))
IDENTITY_LIGHTLY, VENDOR_LIGHTLY = (surface(name, thorough=False) for name in ("identity", "vendor"))


class Stage:
    """The marketplace with somebody of each role, and things of theirs that drawn ids may turn out to be."""

    def __init__(self, marketplace: Marketplace) -> None:
        self.market = marketplace
        self.people = {
            "customer": marketplace.person(),
            "vendor": marketplace.seller(),
            "admin": marketplace.person("admin"),
        }
        for name, entrance in ENTRANCES.items():
            entrance.open(marketplace.apps[name])
            entrance.real = self._real()

    def _real(self) -> dict[str, str]:
        scene = Scene(self.market, self.people["customer"], self.people["vendor"])
        link = scene.invite.link
        ids = {"invite_id": link.id, "token": link.token, "customer_id": scene.listed, "address_id": scene.own_address}
        return {name: str(value) for name, value in ids.items()}

    def send(self, case: Any, caller: str) -> None:
        """Send the request and check its answer; somebody new sends what ends their account."""
        person = self.people.get(caller)
        if person and case.method == "DELETE" and case.path == "/me":
            person = self.market.person(person.role)
        case.call_and_validate(headers=bearer(self.token(person)) | {"X-Request-Id": uuid4().hex})

    def token(self, person: Person | None) -> str:
        """Their token, or nobody's."""
        return self.market.token(person) if person else ""


@pytest.fixture(scope="module")
def stage(marketplace: Marketplace) -> Stage:
    """The services, opened to the fuzzer."""
    return Stage(marketplace)


@IDENTITY.parametrize()
@enough
def test_identity_along_every_bound(case: Any, stage: Stage) -> None:
    stage.send(case, "customer")


@VENDOR.parametrize()
@enough
def test_vendor_along_every_bound(case: Any, stage: Stage) -> None:
    stage.send(case, "vendor")


@pytest.mark.parametrize("caller", ["anonymous", "vendor", "admin"])
@IDENTITY_LIGHTLY.parametrize()
@enough
def test_identity_as_anybody(case: Any, caller: str, stage: Stage) -> None:
    stage.send(case, caller)


@pytest.mark.parametrize("caller", ["anonymous", "customer", "admin"])
@VENDOR_LIGHTLY.parametrize()
@enough
def test_vendor_as_anybody(case: Any, caller: str, stage: Stage) -> None:
    stage.send(case, caller)
