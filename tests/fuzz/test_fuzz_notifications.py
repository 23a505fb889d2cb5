"""Drawn requests to every operation of notifications: never a 5xx it does not declare, or wrong input taken."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.apps import Marketplace
from tests.authorisation import notifications as told
from tests.authorisation.statements import Scene
from tests.fuzz.surface import ENTRANCES, surface
from tests.fuzz.test_fuzz import Stage

pytestmark = pytest.mark.fuzz
enough = settings(deadline=None, suppress_health_check=list(HealthCheck))
LASTING = "/notifications/stream"
"""Answered by a process of its own, and by the others with 503; tested with that process."""
NOTIFICATIONS, LIGHTLY = (
    surface("notifications", thorough=thorough).exclude(path=LASTING) for thorough in (True, False)
)


@pytest.fixture(scope="module")
def stage(marketplace: Marketplace) -> Stage:
    """The services, with something that the customer was told, and a mail that failed."""
    made = Stage(marketplace)
    scene = Scene(marketplace, made.people["customer"], made.people["vendor"])
    ids = {"notification_id": told.notification(scene), "delivery_id": told.delivery(scene)}
    ENTRANCES["notifications"].real = {name: str(value) for name, value in ids.items()}
    return made


@NOTIFICATIONS.parametrize()
@enough
def test_notifications_along_every_bound(case: Any, stage: Stage) -> None:
    stage.send(case, "customer")


@pytest.mark.parametrize("caller", ["anonymous", "vendor", "admin"])
@LIGHTLY.parametrize()
@enough
def test_notifications_as_anybody(case: Any, caller: str, stage: Stage) -> None:
    stage.send(case, caller)
