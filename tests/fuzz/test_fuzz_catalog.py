"""Drawn requests to every operation of the catalog: never a 5xx, an undeclared status or shape, wrong input taken."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.apps import Marketplace
from tests.authorisation import catalog as sold
from tests.authorisation import stock as stocked
from tests.authorisation.statements import Scene
from tests.fuzz.surface import ENTRANCES, surface
from tests.fuzz.test_fuzz import Stage

pytestmark = pytest.mark.fuzz
enough = settings(deadline=None, suppress_health_check=list(HealthCheck))
CATALOG, LIGHTLY = (surface("catalog", thorough=thorough) for thorough in (True, False))


@pytest.fixture(scope="module")
def stage(marketplace: Marketplace) -> Stage:
    """The services, with a product of the vendor's that has a picture, a category, and a file that was sent."""
    made = Stage(marketplace)
    scene = Scene(marketplace, made.people["customer"], made.people["vendor"])
    ids = {
        **sold.of_an_image()(scene),
        **sold.of_a_category(scene),
        **stocked.of_a_file(scene),
        "reference": sold.product(scene).slug,
    }
    ENTRANCES["catalog"].real = {name: str(value) for name, value in ids.items()}
    return made


@CATALOG.parametrize()
@enough
def test_catalog_along_every_bound(case: Any, stage: Stage) -> None:
    stage.send(case, "vendor")


@pytest.mark.parametrize("caller", ["anonymous", "customer", "admin"])
@LIGHTLY.parametrize()
@enough
def test_catalog_as_anybody(case: Any, caller: str, stage: Stage) -> None:
    stage.send(case, caller)
