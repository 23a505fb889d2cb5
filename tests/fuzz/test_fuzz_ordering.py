"""Drawn requests to every operation of ordering: never a 5xx, an undeclared status or shape, or wrong input taken."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.apps import Marketplace
from tests.authorisation import ordering as bought
from tests.authorisation.statements import Scene
from tests.fuzz.surface import ENTRANCES, surface
from tests.fuzz.test_fuzz import Stage

pytestmark = pytest.mark.fuzz
enough = settings(deadline=None, suppress_health_check=list(HealthCheck))
ORDERING, LIGHTLY = (surface("ordering", thorough=thorough) for thorough in (True, False))


@pytest.fixture(scope="module")
def stage(marketplace: Marketplace) -> Stage:
    """The services, with an order of the customer's, the vendor's part of another, and a code."""
    made = Stage(marketplace)
    scene = Scene(marketplace, made.people["customer"], made.people["vendor"])
    ids = {
        "order_id": bought.order(scene),
        "vendor_order_id": bought.part(scene),
        "product_id": bought.product(scene),
        "discount_id": bought.code(scene),
    }
    ENTRANCES["ordering"].real = {name: str(value) for name, value in ids.items()}
    return made


@ORDERING.parametrize()
@enough
def test_ordering_along_every_bound(case: Any, stage: Stage) -> None:
    stage.send(case, "customer")


@pytest.mark.parametrize("caller", ["anonymous", "vendor", "admin"])
@LIGHTLY.parametrize()
@enough
def test_ordering_as_anybody(case: Any, caller: str, stage: Stage) -> None:
    stage.send(case, caller)
