"""The hops of a registration's event on its way: written by identity, published, delivered to vendor, handled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.inspection import legs
from shared.inspection.legs import Leg

if TYPE_CHECKING:
    from shared.inspection.case import Case

PUBLISHER, CONSUMER, TYPE = "identity", "vendor", "customer.created"


def add_hops(case: Case) -> dict[str, Any]:
    """Follow the registration's event from identity's outbox to vendor's inbox; return what both know of it."""
    written = legs.written(case.asked, PUBLISHER, TYPE, case.customer_id)
    arrived = legs.arrived(case.asked, CONSUMER, TYPE, case.customer_id, written)
    leg = Leg(case.asked, PUBLISHER, CONSUMER, TYPE, "this customer", written, arrived)
    case.hops.extend(leg.hops())
    return {**(written or {}), **(arrived or {}), "written": written, "arrived": arrived, "event_id": leg.event_id}
