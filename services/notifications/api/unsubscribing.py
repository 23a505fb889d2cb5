"""The link in a mail that switches its kind off, without signing in."""

from typing import Any

from sqlalchemy.orm import Session

from services.notifications.api.acting import now, own_settings
from services.notifications.domain import preferences, unsubscribing
from services.notifications.domain.unsubscribing import LinkInvalid
from services.notifications.schemas import Subscription, TokenQuery
from shared.kit.auth import anyone
from shared.kit.operations import Blueprint
from shared.kit.rate import limited
from shared.kit.stated import answers, asks, refuses
from shared.kit.web import Answer, transaction

blueprint = Blueprint("unsubscribing", __name__, description="Mails that are switched off from within")


@blueprint.get("/notifications/unsubscribe")
@anyone
@limited("120/m", "address")
@asks(TokenQuery)
@answers(Subscription)
@refuses(LinkInvalid)
def show(query: dict[str, Any]) -> Answer:
    """Show what the link would switch off; looking changes nothing, since mail programs look at links too."""
    what = own_settings().unsubscribe_links.read(query["token"])
    with transaction() as session:
        return _shown(session, what)


@blueprint.post("/notifications/unsubscribe")
@anyone
@limited("120/m", "address")
@asks(TokenQuery)
@answers(Subscription)
@refuses(LinkInvalid)
def switch_off(query: dict[str, Any]) -> Answer:
    """Switch it off, with one click in a mail program (RFC 8058) or on the page. Twice is once."""
    what = own_settings().unsubscribe_links.read(query["token"])
    with transaction() as session:
        preferences.switch_off(session, what.person, what.kind, what.channel, now())
        return _shown(session, what)


def _shown(session: Session, what: unsubscribing.Subscription) -> Answer:
    enabled = preferences.wanted(session, what.person, what.kind, what.channel)
    return {"kind": what.kind, "channel": what.channel, "enabled": enabled}
