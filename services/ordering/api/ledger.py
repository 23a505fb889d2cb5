"""The acting vendor's statement, as JSON and as CSV."""

from typing import Any

from flask import Response

from services.ordering.api import showing
from services.ordering.domain import statements, vendors
from services.ordering.domain.statements import Period
from services.ordering.domain.vendors import NoVendor
from services.ordering.vendor_schemas import LedgerExport, LedgerQuery, LedgerView
from shared.kit.auth import Actor, Role, requires
from shared.kit.operations import Blueprint
from shared.kit.stated import Bytes, answers, asks, refuses
from shared.kit.web import Answer, transaction

blueprint = Blueprint("ledger", __name__, description="What a vendor has earned and was paid")


@blueprint.get("/vendor/ledger")
@requires(Role.VENDOR)
@asks(LedgerQuery)
@answers(LedgerView)
@refuses(NoVendor)
def show(query: dict[str, Any], actor: Actor) -> Answer:
    """Show the balances of a period, and what they are made of, newest first."""
    period, currency = Period(query.pop("from_"), query.pop("to")), query["currency"]
    with transaction() as session:
        vendor = vendors.of_user(session, actor.user_id)
        sums = statements.balances(session, vendor.id, period, currency)
        page = statements.page(session, vendor.id, period, **query)
    items = [showing.booked(row) for row in page.items]
    return LedgerView().dump({"balances": sums, "items": items, "next_cursor": page.next_cursor})


@blueprint.get("/vendor/ledger.csv")
@requires(Role.VENDOR)
@asks(LedgerExport)
@answers(Bytes("text/csv"))
@refuses(NoVendor)
def export(query: dict[str, Any], actor: Actor) -> Answer:
    """Give the statement of a period as CSV, oldest first, amounts in minor units."""
    with transaction() as session:
        vendor = vendors.of_user(session, actor.user_id)
        written = statements.as_csv(session, vendor.id, Period(query["from_"], query["to"]), query["currency"])
    named = {"Content-Disposition": 'attachment; filename="ledger.csv"'}
    return Response(written, 200, named, content_type="text/csv; charset=utf-8")
