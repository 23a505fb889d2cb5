"""Figures for vendors and admins."""

from typing import Any

from services.ordering.api.acting import now
from services.ordering.domain import statistics, vendors
from services.ordering.domain.statistics import Figures
from services.ordering.domain.vendors import NoVendor
from services.ordering.vendor_schemas import AdminStatisticsView, StatisticsQuery, StatisticsView
from shared.kit.auth import Actor, Role, requires
from shared.kit.operations import Blueprint
from shared.kit.stated import answers, asks, refuses
from shared.kit.web import Answer, transaction

blueprint = Blueprint("statistics", __name__, description="What was sold")


@blueprint.get("/vendor/statistics")
@requires(Role.VENDOR)
@asks(StatisticsQuery)
@answers(StatisticsView)
@refuses(NoVendor)
def of_vendor(query: dict[str, Any], actor: Actor) -> Answer:
    """Tell how the acting vendor fares: revenue, orders, products, pending, customers, and the series over time."""
    period = statistics.period(query["from_"], query["to"], now())
    with transaction() as session:
        vendor = vendors.of_user(session, actor.user_id)
        return StatisticsView().dump(_told(statistics.of_vendor(session, vendor.id, period, query["by"])))


@blueprint.get("/admin/statistics")
@requires(Role.ADMIN)
@asks(StatisticsQuery)
@answers(AdminStatisticsView)
def of_all(query: dict[str, Any], actor: Actor) -> Answer:  # noqa: ARG001 - every admin sees the same
    """Tell how the marketplace fares, with the commission it took."""
    period = statistics.period(query["from_"], query["to"], now())
    with transaction() as session:
        return AdminStatisticsView().dump(_told(statistics.of_all(session, period, query["by"])))


def _told(figures: Figures) -> dict[str, Any]:
    revenue = [{"amount": row.revenue, "currency": row.currency} for row in figures.takings]
    return {**figures.counts, "revenue": revenue, "takings": figures.takings, "series": figures.series}
