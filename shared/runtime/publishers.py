"""The publishers' logs, asked for over their internal ports."""

from collections.abc import Iterator, Sequence

from shared.inspection.client import CannotAsk, NotThere, Refused, Services, services
from shared.kit.settings import Settings
from shared.messaging.replay.feed import Feed, Unreachable
from shared.runtime.reconcile import pages


def feed_of(settings: Settings) -> Feed:
    """Read from the services whose addresses this process was given; raises `Unreachable` when one does not answer."""
    return feed(services(settings))


def feed(others: Services) -> Feed:
    """Read from these services."""

    def read(publisher: str, types: Sequence[str]) -> Iterator[Sequence[str]]:
        try:
            for page in pages(others, publisher, types):
                yield [item["envelope"] for item in page]
        except (CannotAsk, NotThere, Refused) as silent:
            raise Unreachable(f"the log of {publisher} cannot be read, nothing was changed: {silent}") from silent

    return read
