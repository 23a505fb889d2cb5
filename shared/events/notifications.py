"""What notifications say: that somebody could not be told."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event, fact


@fact
@dataclass(frozen=True, kw_only=True)
class NotificationFailed(Event):
    """A message cannot be delivered and is not tried again; an admin may look at why.

    `reason` is `address` (the mail server knows no such mailbox), `content` (it refuses what was written) or `time` (it
    was tried for as long as is sensible). `answer` is what the server said, without addresses.
    """

    type: ClassVar[str] = "notification.failed"
    publisher: ClassVar[str] = "notifications"
    aggregate: ClassVar[str] = "delivery_id"

    delivery_id: UUID
    message_id: UUID
    recipient_id: UUID
    kind: str
    channel: str
    reason: str
    answer: str
    attempts: int
    failed_at: datetime
