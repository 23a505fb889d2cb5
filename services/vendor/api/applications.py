"""The acting person's application to sell."""

from typing import Any

from sqlalchemy.orm import Session

from services.vendor.api.acting import by, now
from services.vendor.application_schemas import ApplicationView, NewApplication
from services.vendor.domain import applications, documents
from services.vendor.domain.applications import AlreadyApplied, NoApplication, Wanted, WrongApplicationStatus
from services.vendor.domain.replica import AccountErased
from services.vendor.domain.vendors import AlreadyVendor
from services.vendor.models import VendorApplication
from shared.kit.auth import Actor, Role, requires
from shared.kit.operations import Blueprint
from shared.kit.rate import limited
from shared.kit.stated import accepts, answers, refuses
from shared.kit.web import Answer, transaction

blueprint = Blueprint("applications", __name__, description="Applying to sell")


@blueprint.post("/vendor/apply")
@requires(Role.CUSTOMER)
@limited("30/h", "actor")
@accepts(NewApplication)
@answers(ApplicationView, 201)
@refuses(AlreadyApplied, AlreadyVendor, AccountErased)
def apply(body: dict[str, Any], actor: Actor) -> Answer:
    """Apply to become a vendor; again after a rejection or a withdrawal."""
    with transaction() as session:
        made = applications.submit(session, actor.user_id, Wanted(**body), now(), by(actor))
        return _dump(session, made)


@blueprint.get("/vendor/application")
@requires(Role.CUSTOMER)
@answers(ApplicationView)
@refuses(NoApplication)
def show(actor: Actor) -> Answer:
    """Show one's newest application with its documents."""
    with transaction() as session:
        return _dump(session, applications.own(session, actor.user_id))


@blueprint.post("/vendor/application/withdraw")
@requires(Role.CUSTOMER)
@answers(ApplicationView)
@refuses(NoApplication, WrongApplicationStatus)
def withdraw(actor: Actor) -> Answer:
    """Take one's open application back."""
    with transaction() as session:
        return _dump(session, applications.withdraw(session, actor.user_id, now(), by(actor)))


def _dump(session: Session, application: VendorApplication) -> Answer:
    told = {column.name: getattr(application, column.name) for column in VendorApplication.__table__.columns}
    told["business_email"] = applications.e_mail(session, application)
    return ApplicationView().dump({**told, "documents": documents.of_application(session, application)})
