"""The faults: how each is brought about, what `explain` must say of it, and how it is mended."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from uuid import uuid4

from deploy.local import checkout
from deploy.local.drill.scene import Scene
from shared.inspection.hops import Explanation


@dataclass(frozen=True)
class Fault:
    """A fault: which hop must be named, with which words, and whether the remedy that is told is carried out."""

    name: str
    hop: str
    words: str
    inject: Callable[[Scene, str], AbstractContextManager[None]]
    settled: Callable[[Explanation], bool] = lambda found: not found.on_list
    extra: tuple[str, ...] = ()
    """Arguments that the drill adds to the remedy, because it does not want to wait."""


def mend(remedy: str, extra: tuple[str, ...] = ()) -> str:
    """Carry out a remedy exactly as it is told; what it printed. Raises `RuntimeError` if it fails."""
    words = [*shlex.split(remedy), *extra]
    command = [sys.executable, "-m", "deploy.local", *words[1:]] if words[0] == "./market" else words
    done = subprocess.run(command, cwd=checkout.ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{remedy}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


@contextmanager
def _mapping_deleted(scene: Scene, customer: str) -> Iterator[None]:
    scene.sql("vendor", "DELETE FROM vendor_customer WHERE customer_id = %(who)s", who=customer)
    yield


@contextmanager
def _inbox_deleted(scene: Scene, customer: str) -> Iterator[None]:
    scene.undo_arrival(customer)
    yield


@contextmanager
def _consumer_stopped(scene: Scene, customer: str) -> Iterator[None]:
    with scene.consumer_stopped():
        scene.undo_arrival(customer)
        scene.send_again(customer)
        scene.await_published(customer)
        yield


@contextmanager
def _binding_removed(scene: Scene, customer: str) -> Iterator[None]:
    with scene.unbound():
        scene.undo_arrival(customer)
        scene.send_again(customer)
        scene.await_published(customer)
        yield


@contextmanager
def _handler_raising(scene: Scene, customer: str) -> Iterator[None]:
    """Somebody else's row has taken the id that the customer's must have, so that every attempt fails."""
    ((place,),) = scene.sql("vendor", "SELECT id::text FROM vendor_customer WHERE customer_id = %(who)s", who=customer)
    event = scene.undo_arrival(customer)
    poison = """
        INSERT INTO vendor_customer (id, vendor_id, customer_id, source, event_id, created_at, linked_at, version)
        VALUES (%(place)s, %(other)s, %(other)s, 'registration', %(event)s, now(), now(), 1)
    """
    scene.sql("vendor", poison, place=place, other=str(uuid4()), event=event)
    scene.send_again(customer)
    scene.await_told(customer, lambda found: any(hop.name == "handled" and hop.ok is False for hop in found.hops))
    last = "UPDATE inbox SET attempts = 7, next_attempt_at = clock_timestamp() WHERE event_id = %(event)s"
    scene.sql("vendor", last, event=event)
    yield
    scene.sql("vendor", "DELETE FROM vendor_customer WHERE id = %(place)s", place=place)


MENDABLE = (
    Fault("mapping row deleted", "row", "the row on the list is gone", _mapping_deleted),
    Fault("inbox row deleted", "delivered", "never reached vendor's inbox", _inbox_deleted,
          lambda found: "never reached" in found.sentence, extra=("--grace", "0")),
    Fault("binding removed", "published", "no queue was bound", _binding_removed, extra=("--grace", "0")),
    Fault("handler raising", "handled", "is parked", _handler_raising, lambda found: "parked" in found.sentence,
          extra=("--yes",)),
    Fault("consumer stopped", "delivered", "vendor's consumer is not at work", _consumer_stopped,
          lambda found: "not at work" in found.sentence),
)  # fmt: skip
