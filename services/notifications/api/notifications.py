"""What somebody was told: their list, what of it is unread, and marking it as read."""

from typing import Any
from uuid import UUID

from services.notifications.api.acting import now
from services.notifications.api.showing import worded
from services.notifications.domain import messages
from services.notifications.domain.messages import UnknownNotification
from services.notifications.schemas import (
    LanguageQuery,
    NotificationPage,
    NotificationQuery,
    NotificationView,
    ReadAll,
    ReadThrough,
    Unread,
)
from shared.kit.auth import Actor, Role, requires
from shared.kit.operations import Blueprint
from shared.kit.stated import accepts, answers, asks, refuses
from shared.kit.web import Answer, link_to, transaction

blueprint = Blueprint("notifications", __name__, description="What one was told")


@blueprint.get("/notifications")
@requires(Role.CUSTOMER, Role.ADMIN)
@asks(NotificationQuery)
@answers(NotificationPage)
def show(query: dict[str, Any], actor: Actor) -> Answer:
    """List one's notifications, newest first, in one's own language unless another is asked for."""
    language = query.pop("language")
    with transaction() as session:
        page = messages.page(session, actor.user_id, **query)
        items = worded(session, actor.user_id, page.items, language)
        unread = messages.unread(session, actor.user_id)
    body = NotificationPage().dump({"items": items, "next_cursor": page.next_cursor, "unread": unread})
    return (body, 200, link_to(page.next_cursor)) if page.next_cursor else body


@blueprint.get("/notifications/unread")
@requires(Role.CUSTOMER, Role.ADMIN)
@answers(Unread)
def unread(actor: Actor) -> Answer:
    """Count what one has not read yet; cheap enough to be asked by every page."""
    with transaction() as session:
        return {"unread": messages.unread(session, actor.user_id)}


@blueprint.post("/notifications/<uuid:notification_id>/read")
@requires(Role.CUSTOMER, Role.ADMIN)
@asks(LanguageQuery)
@answers(NotificationView)
@refuses(UnknownNotification)
def read(notification_id: UUID, query: dict[str, Any], actor: Actor) -> Answer:
    """Mark one as read; what is read stays so."""
    with transaction() as session:
        message = messages.read(session, actor.user_id, notification_id, now())
        return NotificationView().dump(worded(session, actor.user_id, [message], query["language"])[0])


@blueprint.post("/notifications/read")
@requires(Role.CUSTOMER, Role.ADMIN)
@accepts(ReadThrough, required=False)
@answers(ReadAll)
@refuses(UnknownNotification)
def read_all(body: dict[str, Any], actor: Actor) -> Answer:
    """Mark everything as read, or what is not newer than the one that was seen last."""
    with transaction() as session:
        marked = messages.read_all(session, actor.user_id, body["through"], now())
        return {"read": marked, "unread": messages.unread(session, actor.user_id)}
