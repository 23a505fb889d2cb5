"""What stands in the broker: an exchange per publisher; per consumer a quorum queue and one for its dead letters."""

from collections.abc import Iterable
from dataclasses import dataclass

from kombu import Connection, Exchange, Queue

from shared.events.event import Event

DELIVERY_LIMIT = 20
"""Deliveries of one message before the broker sets it aside. Failing handlers never come near it (retries are rows);
it ends crash loops, and what it sets aside is drained into the inbox, so nothing healthy is lost."""

HEARTBEAT_SECONDS = 10
IO_TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class Broker:
    """Where the broker is. A namespace keeps systems apart that share one."""

    url: str
    namespace: str = ""

    def connect(self) -> Connection:
        """Open a connection that heartbeats, and whose reads and writes never hang for ever."""
        options = {"read_timeout": IO_TIMEOUT_SECONDS, "write_timeout": IO_TIMEOUT_SECONDS}
        connection = Connection(
            self.url, heartbeat=HEARTBEAT_SECONDS, connect_timeout=IO_TIMEOUT_SECONDS, transport_options=options
        )
        connection.connect()
        # The options bound one system call each, and py-amqp makes another when a frame is half read: for ever.
        connection.connection.sock.settimeout(IO_TIMEOUT_SECONDS)
        return connection

    def _named(self, name: str) -> str:
        return f"{self.namespace}.{name}" if self.namespace else name

    def exchange(self, publisher: str) -> Exchange:
        """The topic exchange that a publisher owns; the routing key is the event's type."""
        return Exchange(self._named(publisher), type="topic", durable=True)

    def queue(self, consumer: str) -> Queue:
        """The one durable quorum queue of a consumer."""
        arguments = {
            "x-queue-type": "quorum",
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": self._named(f"{consumer}.dead"),
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        }
        return Queue(self._named(consumer), durable=True, queue_arguments=arguments)

    def dead_letters(self, consumer: str) -> Queue:
        """Where the broker puts what it gave up delivering; always bound, always drained."""
        name = self._named(f"{consumer}.dead")
        exchange = Exchange(name, type="fanout", durable=True)
        return Queue(name, exchange, durable=True, queue_arguments={"x-queue-type": "quorum"})


def declare_publisher(connection: Connection, broker: Broker, publisher: str) -> None:
    """Make sure that the publisher's exchange stands."""
    broker.exchange(publisher)(connection.default_channel).declare()


def declare_consumer(connection: Connection, broker: Broker, consumer: str, events: Iterable[type[Event]]) -> None:
    """Make sure that the consumer's queues stand and are bound to the exchanges of all it listens to."""
    channel = connection.default_channel
    broker.dead_letters(consumer)(channel).declare()
    queue = broker.queue(consumer)(channel)
    queue.declare()
    for event in events:
        exchange = broker.exchange(event.publisher)(channel)
        exchange.declare()
        queue.bind_to(exchange=exchange, routing_key=event.type)
