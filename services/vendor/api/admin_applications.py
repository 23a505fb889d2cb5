"""Applications, for the admins who decide them."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.vendor.api.acting import by, now, own_settings
from services.vendor.application_schemas import (
    ApplicationDetail,
    ApplicationItem,
    ApplicationQuery,
    Approval,
    Reason,
)
from services.vendor.domain import audit, decisions, directory, documents
from services.vendor.domain.applications import UnknownApplication, WrongApplicationStatus
from services.vendor.domain.decisions import AlreadyDecided
from services.vendor.domain.replica import AccountErased
from services.vendor.domain.vendors import AlreadyVendor
from shared.kit.auth import Actor, Role, requires
from shared.kit.operations import Blueprint
from shared.kit.paging import page_of
from shared.kit.stated import accepts, answers, asks, refuses
from shared.kit.web import Answer, respond_page, transaction

blueprint = Blueprint("admin applications", __name__, description="Deciding applications")


@blueprint.get("/admin/vendors/applications")
@requires(Role.ADMIN)
@asks(ApplicationQuery)
@answers(page_of(ApplicationItem))
def show(query: dict[str, Any], actor: Actor) -> Answer:  # noqa: ARG001 - every admin sees the same
    """List applications, newest first; `q` finds a part of the business's name or e-mail, or of the applicant's."""
    with transaction() as session:
        page = directory.applications(session, **query)
    return respond_page(page, ApplicationItem())


@blueprint.get("/admin/vendors/applications/<uuid:application_id>")
@requires(Role.ADMIN)
@answers(ApplicationDetail)
@refuses(UnknownApplication)
def detail(application_id: UUID, actor: Actor) -> Answer:  # noqa: ARG001 - every admin sees the same
    """Show an application with its documents, what was done to it, and what else its applicant asked for."""
    with transaction() as session:
        return _dump(session, application_id)


@blueprint.post("/admin/vendors/applications/<uuid:application_id>/approve")
@requires(Role.ADMIN)
@accepts(Approval, required=False)
@answers(ApplicationDetail)
@refuses(UnknownApplication, WrongApplicationStatus, AlreadyDecided, AlreadyVendor, AccountErased)
def approve(application_id: UUID, body: dict[str, Any], actor: Actor) -> Answer:
    """Approve an application: its applicant is a vendor from now on."""
    default = own_settings().default_commission_bps
    with transaction() as session:
        decisions.approve(session, application_id, now(), by(actor), default_bps=default, **body)
        return _dump(session, application_id)


@blueprint.post("/admin/vendors/applications/<uuid:application_id>/reject")
@requires(Role.ADMIN)
@accepts(Reason)
@answers(ApplicationDetail)
@refuses(UnknownApplication, WrongApplicationStatus, AlreadyDecided)
def reject(application_id: UUID, body: dict[str, Any], actor: Actor) -> Answer:
    """Reject an application for a reason that its applicant reads; they may apply again."""
    with transaction() as session:
        decisions.reject(session, application_id, body["reason"], now(), by(actor))
        return _dump(session, application_id)


def _dump(session: Session, application_id: UUID) -> Answer:
    session.flush()
    row = directory.application(session, application_id)
    whole = {
        **row._mapping,
        "documents": documents.of_application(session, row),
        "history": audit.page(session, subject_id=application_id, limit=100).items,
        "others": directory.other_applications(session, row),
    }
    return ApplicationDetail().dump(whole)
