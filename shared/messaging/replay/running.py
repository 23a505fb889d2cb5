"""Running a replay: the consumer's own handlers over its own inbox, into the shadow, resumable after a kill."""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from shared.events.envelope import Envelope, Undecodable, decode
from shared.events.event import Event
from shared.messaging.handlers import Handlers, run_handlers
from shared.messaging.replay import difference
from shared.messaging.replay.difference import Difference
from shared.messaging.replay.projection import Projections
from shared.messaging.replay.selection import Selection
from shared.messaging.replay.shadow import Shadow

BATCH = 5000


class ReplayRefused(Exception):
    """The replay cannot be done, or not any more; the message says why, and nothing has changed."""


@dataclass(frozen=True)
class Progress:
    """How far a replay is; `resumed` events were done by a run before this one."""

    done: int
    total: int
    resumed: int


@dataclass
class Replay:
    """One selection's replay in one consumer. Other consumers, the broker and the outbox are not touched."""

    owner_url: str
    handlers: Handlers
    projections: Projections
    selection: Selection
    batch: int = BATCH

    def __post_init__(self) -> None:
        self.shadow = Shadow(self.owner_url, self.selection, self.projections.tables)

    def run(self, told: Callable[[Progress], None] = lambda _: None) -> Difference:
        """Replay into the shadow and measure what differs from the live tables. Goes on where a killed run stopped.

        Raises `ReplayRefused` if a handler refuses an event, naming it; `Busy` if the same replay is running.
        """
        with self.shadow.held() as connection:
            place, done, finished = self.shadow.progress or (0, 0, True)
            if finished:
                self.shadow.create()
                place, done = 0, 0
            progress = Progress(done, done + self.selection.count(connection, place), done)
            connection.rollback()
            told(progress)
            for rows in self.selection.batches(connection, place, self.batch):
                self._apply([raw for _, raw in rows], rows[-1][0])
                progress = Progress(progress.done + len(rows), progress.total, progress.resumed)
                told(progress)
            self._restore()
            return difference.measure(connection, self.shadow)

    def apply(self, digest: str) -> Difference:
        """Write exactly the difference that a finished run has shown, or refuse because the world has changed."""
        if self.selection.as_of:
            raise ReplayRefused("the state of a past moment is for looking at: it cannot be applied")
        if (self.shadow.progress or (0, 0, False))[2] is not True:
            raise ReplayRefused("there is no finished dry run of this selection: make one first")
        with self.shadow.held() as connection:
            difference.lock(connection, self.projections.tables)
            now = difference.measure(connection, self.shadow)
            if not hmac.compare_digest(now.digest, digest):
                raise ReplayRefused(
                    f"the difference is now {now.digest}, not {digest}: the world has changed, or that digest "
                    "is of another dry run; make a new one"
                )
            difference.apply(connection, self.shadow)
            connection.commit()
        self.shadow.drop()
        return now

    def _apply(self, raws: Sequence[str], place: int) -> None:
        try:
            with Session(self.shadow.engine) as session, session.begin():
                run_handlers(self.handlers, session, [self._read(raw) for raw in raws])
                self.shadow.advance(session, place, len(raws))
        except ReplayRefused:
            self.shadow.drop()
            raise
        except Exception as error:
            if len(raws) == 1:
                self.shadow.drop()
                raise self._refusal(raws[0], error) from error
            self._find_the_one(raws, error)

    def _find_the_one(self, raws: Sequence[str], error: Exception) -> None:
        """Do a failed batch again one by one: the refusal names the event that caused it."""
        for raw in raws:
            self._apply([raw], 0)
        raise ReplayRefused(f"a batch failed that does not fail event by event: {error}")

    def _read(self, raw: str) -> Envelope[Event]:
        try:
            return decode(raw)
        except Undecodable as wrong:
            raise ReplayRefused(f"an event in the inbox cannot be read any more: {wrong}") from wrong

    def _refusal(self, raw: str, error: Exception) -> ReplayRefused:
        event, words = decode(raw), str(error).strip().splitlines()
        reason = f"{type(error).__name__}: {words[0]}" if words else type(error).__name__
        return ReplayRefused(f"the handler of {event.type} refuses {event.id}: {reason}")

    def _restore(self) -> None:
        scope = list(self.selection.aggregates) or None
        with Session(self.shadow.engine) as session, session.begin():
            if self.selection.whole_histories:
                self.projections.restore(session, scope)
            place, _, _ = self.shadow.progress or (0, 0, False)
            self.shadow.advance(session, place, 0, finished=True)
