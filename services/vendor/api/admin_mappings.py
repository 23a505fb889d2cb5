"""Why somebody is, or is not, on a list; what is missing anywhere. For admins and developers."""

from typing import Any

from services.vendor.asking import NothingLikeThat, asked
from services.vendor.inspection_schemas import ExplainQuery, ExplanationView, HealReason, ReconciliationView
from shared.inspection.explain import explain, explain_token
from shared.inspection.stuck import reconcile
from shared.kit.auth import Actor, Role, requires
from shared.kit.errors import Invalid
from shared.kit.operations import Blueprint
from shared.kit.stated import accepts, answers, asks, refuses
from shared.kit.web import Answer

blueprint = Blueprint("admin_mappings", __name__, description="Mappings explained")


@blueprint.get("/admin/mappings/explain")
@requires(Role.ADMIN, Role.SERVICE)
@asks(ExplainQuery)
@answers(ExplanationView)
@refuses(NothingLikeThat)
def explain_one(query: dict[str, Any], actor: Actor) -> Answer:  # noqa: ARG001 - whoever is let in may ask
    """Follow a customer's mapping, or a token, hop by hop, to one sentence and the command that mends it."""
    customer, vendor, token = query["customer"], query["vendor"], query["token"]
    if not customer and not token:
        raise Invalid(fields={"customer": "Say whose mapping, or which token."})
    with asked() as services:
        if customer:
            return ExplanationView().dump(explain(services, customer=customer, vendor=vendor, token=token))
        return ExplanationView().dump(explain_token(services, token))


@blueprint.get("/admin/mappings/reconcile")
@requires(Role.ADMIN, Role.SERVICE)
@answers(ReconciliationView)
def compare(actor: Actor) -> Answer:  # noqa: ARG001 - whoever is let in may ask
    """Have every service compare the publishers' logs with its inbox and what came of it; nothing changes."""
    with asked() as services:
        reports, silent = reconcile(services)
    return {"reports": reports, "silent": silent}


@blueprint.post("/admin/mappings/reconcile")
@requires(Role.ADMIN, Role.SERVICE)
@accepts(HealReason)
@answers(ReconciliationView)
def heal(body: dict[str, Any], actor: Actor) -> Answer:
    """Hand what is missing to the consumers, make lost rows again, and write down who did, and why."""
    with asked() as services:
        reports, silent = reconcile(services, heal=True, actor=f"{actor.role} {actor.user_id}", reason=body["reason"])
    return {"reports": reports, "silent": silent}
