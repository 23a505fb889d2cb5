"""Publishing with proof: batches of persistent, mandatory messages, each confirmed by the broker or in doubt.

py-amqp ignores the tag of a confirm and its timeout is reset by heartbeats, so the tags are kept here and the deadline
is absolute. After any doubt the connection must be thrown away: a late confirm on it could be taken for another's.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from amqp.exceptions import AMQPError

from shared.events.envelope import CONTENT_TYPE
from shared.messaging.frames import PublishFrames
from shared.messaging.topology import Broker, declare_publisher

WRITE_AT_ONCE = 64 * 1024
"""Bytes joined into one write: enough to make system calls cheap, little enough to leave the buffers to the kernel."""


class InDoubt(Exception):
    """The broker did not confirm everything in time; what is missing may or may not have been stored."""


@dataclass(frozen=True)
class Message:
    """One event on its way out."""

    event_id: str
    type: str
    body: bytes


class Publisher:
    """One connection, one confirming channel, one exchange. Not shared between threads.

    Lives from `open` to the first error; then a new one is made.
    """

    def __init__(self, broker: Broker, name: str) -> None:
        self._connection = broker.connect()
        try:
            declare_publisher(self._connection, broker, name)
            self._amqp: Any = self._connection.connection
            self._amqp.on_blocked, self._amqp.on_unblocked = self._on_blocked, self._on_unblocked
            channel = self._connection.default_channel
            channel.confirm_select()
            channel.events["basic_ack"].add(self._on_ack)
            channel.events["basic_nack"].add(self._on_nack)
            channel.events["basic_return"].add(self._on_return)
            self._frames = PublishFrames(
                channel=channel.channel_id,
                frame_max=self._amqp.frame_max,
                exchange=broker.exchange(name).name,
                app_id=name,
                content_type=CONTENT_TYPE,
            )
        except BaseException:
            self._connection.collect()
            raise
        self.blocked = False
        self._published = 0
        self._waiting: set[int] = set()
        self._nacked = False
        self._returned: set[str] = set()

    def publish(self, messages: Sequence[Message], deadline_seconds: float) -> set[str]:
        """Send all and wait until each is confirmed; return the ids that no queue was bound for.

        Raises `InDoubt` on a nack, at the deadline or when the connection breaks: throw this publisher away and send
        all of them again (the consumers' inboxes know what they have had).
        """
        deadline = time.monotonic() + deadline_seconds
        first = self._published + 1
        self._published += len(messages)
        self._waiting = set(range(first, self._published + 1))
        self._returned = set()
        with _doubting():
            self._write(messages)
            while self._waiting:
                self._amqp.drain_events(timeout=max(deadline - time.monotonic(), 0.001))
                if self._nacked or time.monotonic() > deadline:
                    raise InDoubt(f"{len(self._waiting)} of {len(messages)} events were not confirmed")
        return self._returned

    def keep_alive(self) -> None:
        """Answer heartbeats and notice what the broker says while there is nothing to publish."""
        with _doubting():
            self._amqp.heartbeat_tick()
            try:
                self._amqp.drain_events(timeout=0.001)
            except TimeoutError:
                return

    def close(self) -> None:
        """Let go of the connection without waiting for anybody."""
        self._connection.collect()

    def _write(self, messages: Sequence[Message]) -> None:
        frames, size = [], 0
        for message in messages:
            frame = self._frames.message(message.type, message.event_id, message.body)
            frames.append(frame)
            size += len(frame)
            if size >= WRITE_AT_ONCE:
                self._amqp.transport.write(b"".join(frames))
                frames, size = [], 0
        if frames:
            self._amqp.transport.write(b"".join(frames))

    def _on_ack(self, tag: int, multiple: bool) -> None:
        if multiple:
            self._waiting = {waiting for waiting in self._waiting if waiting > tag}
        else:
            self._waiting.discard(tag)

    def _on_nack(self, _tag: int, _multiple: bool) -> None:
        self._nacked = True

    def _on_return(self, _why: Exception, _exchange: str, _key: str, message: Any) -> None:
        self._returned.add(message.properties["message_id"])

    def _on_blocked(self, _reason: str) -> None:
        self.blocked = True

    def _on_unblocked(self) -> None:
        self.blocked = False


@contextmanager
def _doubting() -> Iterator[None]:
    try:
        yield
    except (AMQPError, OSError, AttributeError) as broken:  # py-amqp meets a lost connection as None
        raise InDoubt(f"the connection to the broker broke: {broken or type(broken).__name__}") from broken
