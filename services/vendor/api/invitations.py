"""Invitations, for the person who is invited."""

from datetime import UTC, datetime
from typing import Any

from services.vendor.domain import histories, invitations
from services.vendor.domain.histories import Chapter
from services.vendor.domain.invitations import OwnInvitation
from services.vendor.domain.invites import Outcome
from services.vendor.domain.replica import AccountErased
from services.vendor.schemas import AcceptanceView, OwnOutcomeView, PreviewView
from shared.kit.auth import Actor, Role, anyone, requires
from shared.kit.operations import Blueprint
from shared.kit.paging import Page, PageQuery, page_of
from shared.kit.rate import limited
from shared.kit.stated import answers, asks, refuses
from shared.kit.web import Answer, respond_page, transaction

blueprint = Blueprint("invitations", __name__, description="Invitations, as the invited meet them")


@blueprint.get("/invites/<token>")
@anyone
@answers(PreviewView)
def preview(token: str) -> Answer:
    """Say whose invitation this is and whether it would do now; a bad token is an answer, not an error."""
    with transaction() as session:
        answer = invitations.preview(session, token, datetime.now(UTC))
    valid = answer.outcome is Outcome.LINKED
    reason = None if valid else str(answer.outcome)
    return PreviewView().dump({**answer._asdict(), "valid": valid, "reason": reason})


@blueprint.post("/invites/<token>/accept")
@requires(Role.CUSTOMER)
@limited("60/m", "actor")
@answers(AcceptanceView)
@refuses(OwnInvitation, AccountErased)
def accept(token: str, actor: Actor) -> Answer:
    """Accept an invitation with the account one has; judged now, recorded and announced whatever comes of it."""
    with transaction() as session:
        answer = invitations.accept(session, token, actor.user_id, datetime.now(UTC))
    return AcceptanceView().dump(answer._asdict())


@blueprint.get("/vendor/invitations/mine")
@requires(Role.CUSTOMER)
@asks(PageQuery)
@answers(page_of(OwnOutcomeView))
def mine(query: dict[str, Any], actor: Actor) -> Answer:
    """List what became of the invitations one used, newest first."""
    with transaction() as session:
        page = histories.of_customer(session, actor.user_id, **query)
    return respond_page(Page([_flat(chapter) for chapter in page.items], page.next_cursor), OwnOutcomeView())


def _flat(chapter: Chapter) -> dict[str, Any]:
    row = chapter.row
    return {
        "outcome": row.outcome,
        "vendor": {"name": row.vendor_name, "slug": row.vendor_slug} if row.vendor_slug else None,
        "at": row.occurred_at,
        "on_list": row.on_list,
        "sentence": chapter.sentence,
    }
