"""No mail is lost or doubled: a mail server that fails at random, dispatchers and consumer killed, all told thrice.

`FAULT_MAILS=10000` tells so many events instead of a few hundred.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.notifications.tests.mailbox import serving
from services.notifications.tests.world import created, envelope
from shared.events.ids import new_id
from shared.messaging.topology import Broker
from tests.eventually import eventually
from tests.faults.postmen import MoodyMailbox, Postmen, Told, publish, story
from tests.faults.summary import MAILS
from tests.infrastructure.plugin import ServiceDatabase
from tests.infrastructure.servers import ROOT

EVENTS = int(os.environ.get("FAULT_MAILS", "400"))
MOMENTS = ("delivery.written", "delivery.marked", "delivery.taken")
"""Where a dispatcher dies by itself, besides being killed wherever it may be."""
OPEN = ("due", "claimed", "handed_over")


@pytest.fixture
def box() -> MoodyMailbox:
    return MoodyMailbox(seed=11)


@pytest.fixture
def postmen(
    service_database: ServiceDatabase, broker_url: str, broker_namespace: str, box: MoodyMailbox, tmp_path: Path
) -> Iterator[Postmen]:
    with serving(box) as url:
        made = Postmen(
            service_database("notifications"),
            tmp_path,
            BROKER_URL=broker_url,
            BROKER_NAMESPACE=broker_namespace,
            NOTIFICATIONS_SMTP_URL=url,
            NOTIFICATIONS_FROM="Market <post@market.example>",
            MAIL_RETRY_SECONDS="0.05",
            MAIL_TIMEOUT_SECONDS="5",
        )
        yield made
        made.close()


def test_mails_arrive_once_or_are_named(
    postmen: Postmen,
    box: MoodyMailbox,
    broker_url: str,
    broker_namespace: str,
    record_property: Callable[[str, object], None],
) -> None:
    told, broker = story(EVENTS), Broker(broker_url, broker_namespace)
    postmen.start("consumer")
    postmen.process("consumer").wait_until_ready()
    publish(broker, told.people)
    publish(broker, told.news)
    kills = _die_at_every_moment(postmen)
    publish(broker, random.Random(7).sample(told.news, len(told.news)))
    kills += _die_anywhere(postmen, box)
    _settle(postmen, told)
    delivered = box.counts
    assert _replay(postmen) == 0, "a full replay makes other messages"
    told.people.append(envelope(created(new_id())))
    publish(broker, told.news)
    publish(broker, told.people[-1:])
    _settle(postmen, told)
    row = _balance(postmen, box, told)
    record_property(MAILS, {**row, "kills": kills})
    assert (row["lost"], row["doubled"]) == (0, 0), row
    assert box.counts == delivered, "something was sent after the replay, or because all was told again"


def _die_at_every_moment(postmen: Postmen) -> int:
    """As many dispatchers as there are moments work at once, and each ends itself at its own; how many that were."""
    drawn = random.Random(5)
    names = {f"dispatcher.{moment}": f"{moment}:{drawn.randint(5, 25)}" for moment in MOMENTS}
    for name, moment in names.items():
        postmen.start(name, FAILPOINTS=moment)
    eventually(lambda: not any(postmen.process(name).running for name in names), timeout=90)
    return len(names)


def _die_anywhere(postmen: Postmen, box: MoodyMailbox) -> int:
    """The consumer and a dispatcher are killed wherever they are, and begin again beside another; how many died."""
    for name in ("dispatcher.1", "dispatcher.2"):
        postmen.start(name)
    before = sum(box.counts.values())
    eventually(lambda: sum(box.counts.values()) > before + 20, timeout=60)
    for name in ("consumer", "dispatcher.1"):
        postmen.process(name).kill()
        postmen.start(name)
    return 2


def _settle(postmen: Postmen, told: Told) -> None:
    """Wait until everything was heard, and nothing more becomes of any mail."""
    eventually(lambda: postmen.handled() >= len(told.people) + len(told.news), timeout=60 + EVENTS / 10)
    eventually(lambda: postmen.states().keys().isdisjoint(OPEN), timeout=60 + EVENTS / 8, every=0.2)


def _replay(postmen: Postmen) -> int:
    command = [sys.executable, "-m", "services.notifications", "replay", "--jobs", "2"]
    return subprocess.run(
        command, env=postmen.room.environment(), cwd=ROOT, capture_output=True, check=False
    ).returncode


def _balance(postmen: Postmen, box: MoodyMailbox, told: Told) -> dict[str, int]:
    """`lost` are events without a delivery, deliveries that say `sent` and never came, and came without being said."""
    deliveries, arrived = postmen.deliveries(), box.counts
    ids = {f"<{key}@market.example>": row for key, row in deliveries.items()}
    sent = {name for name, row in ids.items() if row.state == "sent"}
    doubt = {name for name, row in ids.items() if row.state == "in_doubt"}
    failed = [row for row in ids.values() if row.state == "failed"]
    assert {row.recipient_id for row in failed} <= told.dead, "somebody whose address is sound was given up"
    return {
        "news": len(told.news),
        "lost": (len(told.news) - len(deliveries)) + len(sent - arrived.keys()) + len(arrived.keys() - sent - doubt),
        "doubled": sum(count - 1 for count in arrived.values()),
        "mails": sum(arrived.values()),
        "in_doubt": len(doubt),
        "dead_addresses": len(failed),
    }
