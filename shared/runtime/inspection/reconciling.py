"""The door of the reconciliation: what a service has missed, asked for or made up for over its internal port."""

from dataclasses import asdict
from typing import Any

from shared.inspection.client import services
from shared.kit.auth import services_only
from shared.kit.operations import Blueprint
from shared.kit.settings import Settings
from shared.kit.stated import accepts, answers, asks
from shared.kit.web import Answer, current_kit
from shared.runtime.inspection.schemas import Facts, HealBody, ReconcileQuery
from shared.runtime.reconcile import Reconciler
from shared.runtime.service import Service


def blueprint(service: Service, settings: Settings) -> Blueprint:
    """Return the operations."""
    door = Blueprint("reconcile", __name__, description="What was missed")

    def reconciler() -> Reconciler:
        return Reconciler(service, current_kit().database.transaction, services(settings))

    @door.get("/internal/reconcile")
    @services_only
    @asks(ReconcileQuery)
    @answers(Facts)
    def compare(query: dict[str, Any]) -> Answer:
        """Compare the publishers' logs with this service's inbox and with what came of it; change nothing."""
        return asdict(reconciler().compare(**query))

    @door.post("/internal/reconcile")
    @services_only
    @asks(ReconcileQuery)
    @accepts(HealBody)
    @answers(Facts)
    def heal(query: dict[str, Any], body: dict[str, Any]) -> Answer:
        """Put what is missing where the consumer will handle it, exactly once, and write down who did."""
        return asdict(reconciler().heal(**query, **body))

    return door
