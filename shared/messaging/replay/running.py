"""Running a replay: a consumer's own handlers over its own inbox, in parallel and resumable, into the shadow."""

import gc
import hmac
import multiprocessing
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection

from shared.events.envelope import Undecodable, decode
from shared.messaging.handlers import Handlers, run_handlers
from shared.messaging.replay import difference, feed
from shared.messaging.replay.difference import Difference
from shared.messaging.replay.feed import Feed, Missing
from shared.messaging.replay.projection import Projections
from shared.messaging.replay.selection import Selection, Shard
from shared.messaging.replay.shadow import Mark, Shadow

BATCH = 500
SMALL = 20_000
"""Fewer events than this are done in one process: starting others would take longer."""


class ReplayRefused(Exception):
    """The replay cannot be done, or not any more; the message says why, and nothing has changed."""


@dataclass(frozen=True)
class Progress:
    """How far a replay is; `resumed` events were done by a run before this one."""

    done: int
    total: int
    resumed: int


Told = Callable[[Progress], None]


@dataclass
class Replay:
    """One selection's replay in one consumer. Other consumers, the broker and the outbox are not touched.

    `code` is a digest of the code that runs: what one code has begun or shown, no other goes on with or applies.
    `read` gives the publishers' logs to a selection that is to be replayed from them.
    """

    owner_url: str
    handlers: Handlers
    projections: Projections
    selection: Selection
    code: str = "own"
    read: Feed | None = None
    jobs: int = 1
    batch: int = BATCH

    def __post_init__(self) -> None:
        name = f"replay_{self.selection.name}_{self.code}"
        self.shadow = Shadow(self.owner_url, self.selection, self.projections, name)

    def run(self, told: Told = lambda _: None) -> Difference:
        """Replay into the shadow and measure what differs from the live tables. Goes on where a killed run stopped.

        Raises `ReplayRefused` if a handler refuses an event, naming it, or if an id is asked for that nobody knows;
        `Busy` if the same replay is running, and `Unreachable` if a publisher's log cannot be read.
        """
        with self.shadow.held() as connection:
            marks = self._begun(connection)
            total = self.selection.count(connection, self.shadow.inbox)
            connection.rollback()
            self._refuse_what_nobody_knows(total)
            resumed = sum(mark.events for mark in marks)
            shards = [Shard(number, len(marks)) for number in range(len(marks))]
            self._work(shards, lambda done: told(Progress(done, total, resumed)))
            self._restore()
            self.shadow.unguard()
            found = difference.measure(connection, self.shadow)
            connection.commit()
            return found

    def apply(self, digest: str) -> Difference:
        """Write exactly the difference that a finished run has shown, or refuse because the world has changed."""
        self._refuse_what_is_for_looking()
        marks = self.shadow.marks()
        if not marks or not all(mark.finished for mark in marks):
            raise ReplayRefused("there is no finished dry run of this selection: make one first")
        if missing := self.missing().count:
            raise ReplayRefused(
                f"{missing:,} events were published that never came here: `reconcile --heal` delivers them with their "
                "announcements, a replay would leave these out"
            )
        with self.shadow.held() as connection:
            difference.lock(connection, self.projections.tables)
            now = difference.measure(connection, self.shadow)
            if not hmac.compare_digest(now.digest, digest):
                raise ReplayRefused(
                    f"the difference is now {now.digest}, not {digest}: the world has changed, or that digest is of "
                    "another dry run; make a new one"
                )
            difference.apply(connection, self.shadow)
            connection.commit()
        self.shadow.drop()
        return now

    def missing(self) -> Missing:
        """What the publishers have said that this consumer has never had; nothing for a replay of the inbox."""
        if self.selection.source == "inbox":
            return Missing()
        with self.shadow.engine.connect() as connection:
            return feed.missing(connection, self.shadow.schema, self.selection)

    def _refuse_what_is_for_looking(self) -> None:
        if self.selection.as_of:
            raise ReplayRefused("the state of a past moment is for looking at: it cannot be applied")
        if self.selection.rejudged:
            raise ReplayRefused("what was judged again is for looking at: what is recorded stays, it cannot be applied")

    def _refuse_what_nobody_knows(self, total: int) -> None:
        if not total and (self.selection.aggregates or self.selection.events):
            self.shadow.drop()
            raise ReplayRefused(f"nothing like that was ever handled here: {self.selection}")

    def _begun(self, connection: Connection) -> list[Mark]:
        """The marks of an unfinished shadow, or those of a new one."""
        marks = self.shadow.marks()
        if marks and not all(mark.finished for mark in marks):
            return marks
        self.shadow.create(self._shards(connection), self._stage)
        return self.shadow.marks()

    def _stage(self, connection: Connection) -> None:
        if self.selection.source == "publisher":
            if self.read is None:
                raise ReplayRefused("no publisher can be asked from here")
            feed.stage(connection, self.shadow.schema, self.read, list(self.handlers))

    def _shards(self, connection: Connection) -> int:
        """One for what is small, and for what is judged again: there, who came first may decide."""
        if self.selection.rejudged or not self.selection.reaches(connection, SMALL):
            return 1
        return self.jobs

    def _work(self, shards: Sequence[Shard], told: Callable[[int], None]) -> None:
        told(sum(mark.events for mark in self.shadow.marks()))
        if len(shards) == 1:
            self._do(shards[0], told)
        else:
            self._in_processes(shards, told)
        refusals = [mark.refusal for mark in self.shadow.marks() if mark.refusal]
        if refusals:
            self.shadow.drop()
            raise ReplayRefused(refusals[0])

    def _in_processes(self, shards: Sequence[Shard], told: Callable[[int], None]) -> None:
        gc.freeze()  # what is loaded stays shared with the workers: their collectors do not touch it
        workers = [multiprocessing.get_context("fork").Process(target=self._do, args=(shard,)) for shard in shards]
        for worker in workers:
            worker.start()
        try:
            while any(worker.is_alive() for worker in workers):
                time.sleep(0.1)  # the marks are the only news there is, and reading them is cheap
                told(sum(mark.events for mark in self.shadow.marks()))
        finally:
            for worker in workers:
                worker.terminate() if worker.is_alive() else None
                worker.join()
        if any(worker.exitcode for worker in workers):
            raise ReplayRefused("a process of this replay was killed; start it again, and it goes on where it was")

    def _do(self, shard: Shard, told: Callable[[int], None] = lambda _: None) -> None:
        mark = self.shadow.marks()[shard.number]
        done = mark.events
        engine = self.shadow.engine
        with engine.connect() as reading, engine.connect() as writing, suppress(_Stop):
            for rows in self.selection.batches(reading, self.shadow.inbox, mark.place, self.batch, shard):
                self._apply(writing, [raw for _, raw in rows], rows[-1][0], shard)
                done += len(rows)
                told(done)
            self.shadow.finish(shard)

    def _apply(self, connection: Connection, raws: Sequence[str], place: int, shard: Shard) -> None:
        try:
            with self.shadow.session(connection) as session:
                run_handlers(self.handlers, session, [decode(raw, orjson.loads) for raw in raws])
                self.shadow.advance(session, shard, place, len(raws))
        except Exception as error:
            self.shadow.finish(shard, self._name_the_one(raws, error))
            raise _Stop from error

    def _name_the_one(self, raws: Sequence[str], error: Exception) -> str:
        """Which event it was that its handler refused, and why, found by doing the batch again one by one."""
        for raw in raws:
            try:
                with self.shadow.session() as session:
                    run_handlers(self.handlers, session, [decode(raw)])
            except Exception as refused:  # noqa: BLE001 - whatever it is, it is what the person has to see
                return _sentence(raw, refused)
        return f"a batch fails that does not fail event by event: {_words(error)}"

    def _restore(self) -> None:
        if self.selection.whole_histories and self.selection.rejudged:
            with self.shadow.session() as session:
                self.projections.restore(session, list(self.selection.aggregates) or None)


class _Stop(Exception):
    """This shard cannot go on; its mark says why."""


def _sentence(raw: str, error: Exception) -> str:
    if isinstance(error, Undecodable):
        return f"an event in the inbox cannot be read any more: {error}"
    event = decode(raw)
    return f"the handler of {event.type} refuses {event.id}: {_words(error)}"


def _words(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
