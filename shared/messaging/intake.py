"""The consumer's ear: one thread that owns the connection, takes deliveries in, answers heartbeats, and acks.

Heartbeats must flow however long a handler takes, and frames of two threads must not mix: so this thread alone speaks
AMQP, and the worker asks it for batches and tells it how far it has committed.
"""

import queue
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import structlog
from amqp import spec
from kombu import Connection

from shared.events.envelope import Envelope, decode
from shared.events.event import Event
from shared.messaging.frames import Delivered, DeliveryFrames
from shared.messaging.topology import IO_TIMEOUT_SECONDS, Broker, declare_consumer

log = structlog.get_logger(__name__)

TICK_SECONDS = 0.05
READ_AT_ONCE = 256 * 1024
PREFETCH = 4000
_LIVE, _DEAD = "live", "dead"
RECONNECT_FIRST, RECONNECT_MOST = 0.1, 5.0
CLOSE_SECONDS = 5.0


@dataclass(frozen=True)
class Delivery:
    """A message as it came. `session` tells connections apart: a tag means nothing on another one.

    `dead` says that the broker had given up on it.
    """

    session: int
    tag: int
    exchange: str
    routing_key: str
    body: bytes
    dead: bool

    @cached_property
    def envelope(self) -> Envelope[Event]:
        """The event that it carries. Raises `Undecodable` if it carries none."""
        return decode(self.body)

    def read_ahead(self) -> None:
        """Decode now, while the worker waits for its database; what cannot be decoded is the worker's to record."""
        with suppress(Exception):
            _ = self.envelope


class Intake(threading.Thread):
    """Keeps up to `prefetch` unacknowledged deliveries at hand, reconnecting for as long as it lives."""

    def __init__(self, broker: Broker, name: str, events: Sequence[type[Event]], prefetch: int = PREFETCH) -> None:
        super().__init__(name=f"intake-{name}", daemon=True)
        self._broker, self._consumer, self._events, self._prefetch = broker, name, events, prefetch
        self._arrived: queue.SimpleQueue[Delivery] = queue.SimpleQueue()
        self._committed: deque[Delivery] = deque()
        self._stopping = threading.Event()
        self._session = 0
        self.connected = False

    def take(self, limit: int, timeout: float) -> list[Delivery]:
        """Wait for a delivery up to `timeout` seconds, then take with it all that is here, up to `limit`."""
        batch: list[Delivery] = []
        with suppress(queue.Empty):
            batch.append(self._arrived.get(timeout=timeout))
            while len(batch) < limit:
                batch.append(self._arrived.get_nowait())
        return [delivery for delivery in batch if delivery.session == self._session]

    def committed_through(self, delivery: Delivery) -> None:
        """Everything up to this delivery is in the database; it may be acknowledged."""
        self._committed.append(delivery)

    def stop(self, patience: float = 10.0) -> None:
        """Send the acks that are due, close the connection, end the thread."""
        self._stopping.set()
        self.join(patience)

    def run(self) -> None:
        """Connect, listen, and start over when the connection breaks; what was not acked comes again."""
        pause = RECONNECT_FIRST
        while not self._stopping.is_set():
            try:
                self._session += 1
                connection = self._broker.connect()
                try:
                    self._listen(connection)
                finally:
                    connection.collect()
            except Exception as broken:  # noqa: BLE001 - whatever it was, a process that is deaf for ever is worse
                pause = RECONNECT_FIRST if self.connected else min(pause * 2, RECONNECT_MOST)
                self.connected = False
                log.warning("intake.disconnected", error=f"{type(broken).__name__}: {broken}", again_in_seconds=pause)
                self._stopping.wait(pause)
        self.connected = False

    def _listen(self, connection: Connection) -> None:
        declare_consumer(connection, self._broker, self._consumer, self._events)
        channel = connection.default_channel
        channel.basic_qos(0, self._prefetch, False)
        for source, tag in ((self._broker.queue, _LIVE), (self._broker.dead_letters, _DEAD)):
            channel.basic_consume(source(self._consumer).name, consumer_tag=tag, callback=self._received_early)
        frames = DeliveryFrames(channel=channel.channel_id)
        self.connected = True
        log.info("intake.listening", queue=self._broker.queue(self._consumer).name)
        while not self._stopping.is_set():
            self._acknowledge(channel)
            connection.connection.heartbeat_tick()
            self._receive(connection.connection, frames)
        self._acknowledge(channel)
        self._hang_up(channel, connection.connection, frames)

    def _hang_up(self, channel: Any, amqp: Any, frames: DeliveryFrames) -> None:
        """Close in order: the answer says that the acks before it were read.

        Waited for here, not by py-amqp, which would begin to read in the middle of a frame that is half in `frames`.
        """
        channel.send_method(spec.Channel.Close, "BsBB", (0, "", 0, 0))
        patience = time.monotonic() + CLOSE_SECONDS
        while channel.is_open and time.monotonic() < patience:
            self._receive(amqp, frames)

    def _receive(self, amqp: Any, frames: DeliveryFrames) -> None:
        """Read what is there in one go; what is no delivery is py-amqp's to deal with."""
        amqp.sock.settimeout(TICK_SECONDS)
        try:
            data = amqp.sock.recv(READ_AT_ONCE)
        except TimeoutError:
            return
        finally:
            amqp.sock.settimeout(IO_TIMEOUT_SECONDS)
        if not data:
            raise ConnectionResetError("the broker closed the connection")
        amqp.bytes_recv += 1  # what py-amqp's watch over heartbeats looks at
        for item in frames.feed(data):
            if isinstance(item, Delivered):
                self._put(item)
            else:
                amqp.on_inbound_frame(item)

    def _put(self, item: Delivered) -> None:
        dead = item.consumer_tag == _DEAD
        where = (item.delivery_tag, item.exchange, item.routing_key)
        delivery = Delivery(self._session, *where, item.body, dead)
        delivery.read_ahead()
        self._arrived.put(delivery)

    def _received_early(self, message: Any) -> None:
        """A delivery that came while py-amqp was still waiting for the answer to `basic.consume`."""
        info, body = message.delivery_info, message.body
        raw = body.encode() if isinstance(body, str) else bytes(body)
        where = (info["exchange"], info["routing_key"])
        self._put(Delivered(info["consumer_tag"], info["delivery_tag"], *where, raw))

    def _acknowledge(self, channel: Any) -> None:
        newest = None
        while self._committed:
            delivery = self._committed.popleft()
            newest = delivery if delivery.session == self._session else newest
        if newest:
            channel.basic_ack(newest.tag, multiple=True)
