"""What one wishes to hear, and how."""

from typing import Any

from services.notifications.api.acting import now
from services.notifications.domain import preferences
from services.notifications.domain.kinds import Channel, Kind
from services.notifications.domain.preferences import CannotBeSwitchedOff
from services.notifications.schemas import Preferences, Wishes
from shared.kit.auth import Actor, Role, requires
from shared.kit.operations import Blueprint
from shared.kit.stated import accepts, answers, refuses
from shared.kit.web import Answer, transaction

blueprint = Blueprint("preferences", __name__, description="What one wishes to be told, and how")


@blueprint.get("/notifications/preferences")
@requires(Role.CUSTOMER, Role.ADMIN)
@answers(Preferences)
def show(actor: Actor) -> Answer:
    """List every kind that one may be told, by each channel, and what holds."""
    with transaction() as session:
        return Preferences().dump({"items": preferences.shown(session, actor.user_id, actor.role)})


@blueprint.put("/notifications/preferences")
@requires(Role.CUSTOMER, Role.ADMIN)
@accepts(Wishes)
@answers(Preferences)
@refuses(CannotBeSwitchedOff)
def change(body: dict[str, Any], actor: Actor) -> Answer:
    """Switch kinds on or off; what is not named stays. All of it is done, or nothing."""
    wishes = [(Kind(wish["kind"]), Channel(wish["channel"]), wish["enabled"]) for wish in body["items"]]
    with transaction() as session:
        preferences.wish(session, actor.user_id, actor.role, wishes, now())
        return Preferences().dump({"items": preferences.shown(session, actor.user_id, actor.role)})
