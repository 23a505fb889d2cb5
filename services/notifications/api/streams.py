"""The stream of what somebody is told while a page is open: server-sent events, from a process of their own."""

from services.notifications import streaming
from shared.kit.auth import Actor, Role, requires
from shared.kit.errors import Unavailable
from shared.kit.operations import Blueprint
from shared.kit.stated import Bytes, answers, refuses
from shared.kit.web import Answer

blueprint = Blueprint("streams", __name__, description="News as they come")


class NoStreamHere(Unavailable):
    """No more pages are kept informed here at present; ask now and then instead, and try again later."""

    type = "no-stream-here"
    title = "No stream at present"


@blueprint.get("/notifications/stream")
@requires(Role.CUSTOMER, Role.ADMIN)
@answers(Bytes("text/event-stream"))
@refuses(NoStreamHere)
def listen(actor: Actor) -> Answer:
    """Hear of each notification as it comes: `event: notification`, its `id`, and `{id, kind, about, unread}`.

    A page that connects again names the last id that it had in `Last-Event-ID` and hears what it missed. The stream
    ends with the access token, which may also be the cookie of the pages.
    """
    answer = streaming.open_stream(actor.user_id)
    if answer is None:
        raise NoStreamHere(retry_after=streaming.RETRY_SECONDS)
    return answer
