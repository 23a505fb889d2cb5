"""The dispatcher's work: claim what is due, write it, hand it over, and note what became of it, at most once each.

claim → connect, MAIL, RCPT, DATA and the content → commit `handed_over` → the final dot → on 250 commit `sent`. Killed
before the mark, a delivery is sent again; killed after it, it is in doubt and is not.
"""

import random
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from prometheus_client import Counter, Gauge
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from services.notifications.asking import Identity, Over, Silent
from services.notifications.domain import claims, letters, mails
from services.notifications.domain.letters import Unfinished, Unwritten, Written
from services.notifications.domain.mails import Letter, NoAddress, Post
from services.notifications.domain.states import State
from services.notifications.post_office import Deferred, PostOffice, Rejected, ServerDown, Unanswered
from shared.events import trace
from shared.kit.database import Database
from shared.messaging import failpoints
from shared.messaging.faults import is_outage

log = structlog.get_logger(__name__)

OUTCOMES = Counter("deliveries_total", "Deliveries that a dispatcher had in hand, by what became of them", ["outcome"])
WAITING = Gauge("deliveries_waiting", "Deliveries in states that are no good end", ["state"])
OLDEST = Gauge("deliveries_oldest_seconds", "Age of the oldest delivery in such a state", ["state"])
SHOWN = tuple(state for state in State if state not in {State.SENT, State.REFUSED})

BATCH = 20
LONGEST_WAIT = timedelta(hours=6)
LONGEST_PAUSE = 60.0
WAIT_FOR_A_READER = timedelta(seconds=30)
WAIT_FOR_A_SECRET = timedelta(seconds=5)


class Pace(NamedTuple):
    """How the dispatcher goes about it, in seconds; `per_second` and `per_hour` count mails, and 0 is no limit."""

    retry: float
    attempts: int
    age: timedelta
    per_second: float = 0.0
    per_hour: int = 0
    idle: float = 0.25
    tidy: float = 2.0


class Dispatcher:
    """Sends what is due, one at a time over one connection; several may run. `stop` lets a mail in hand finish."""

    def __init__(
        self,
        database: Database,
        office: PostOffice,
        post: Post,
        pace: Pace,
        identity: Identity,
        *,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        self._database, self._office, self._post, self._pace, self._beat = database, office, post, pace, beat
        self._identity = identity
        self._lock: Connection | None = None
        self._me = 0
        self._tidied = self._sent_at = 0.0
        self._pause = 0.0
        self.down: str | None = None
        self.stop = threading.Event()

    def run(self) -> None:
        """Work until told to stop; whatever goes wrong, it goes on."""
        while not self.stop.is_set():
            self._beat()
            try:
                done = self.round()
            except Exception as error:  # noqa: BLE001 - a dispatcher that is gone delivers nothing
                self._stumble(error)
                done = 0
            if not done:
                self.stop.wait(max(self._pause, self._pace.idle))
        self._office.leave()
        self._let_go()

    def round(self) -> int:
        """Do what is due now, up to a batch; return how much was claimed."""
        me = self._number()
        self._tidy()
        with self._database.transaction() as session:
            claimed = claims.take(session, me, BATCH)
        if not claimed:
            return 0
        try:
            return self._deliver(me, claimed)
        finally:
            with self._database.transaction() as session:
                claims.give_back(session, me)

    def _deliver(self, me: int, claimed: Sequence[Any]) -> int:
        with self._database.transaction() as session:
            written = letters.write(session, claimed, self._pace.per_hour)
        for row in claimed:
            if self.stop.is_set():
                break
            self._beat()
            with trace.tracing(row.correlation_id, row.event_id, None):
                try:
                    outcome = self._one(me, row, written[row.id])
                except ServerDown as down:
                    self._back_off(down)
                    return 0
                OUTCOMES.labels(outcome).inc()
                log.info("delivery.done", outcome=outcome, delivery_id=str(row.id), kind=row.kind, attempt=row.attempts)
        self.down, self._pause = None, 0.0
        return len(claimed)

    def _one(self, me: int, row: Any, letter: Written) -> str:
        """Bring one delivery as far as it goes, and say how far that is."""
        if isinstance(letter, Unwritten):
            return self._unwritten(me, row.id, letter)
        try:
            mail = mails.compose(self._post, self._finished(letter), datetime.now(UTC))
            self._keep_pace()
            self._office.begin(mail)
        except Over:
            return self._note(State.LAPSED, claims.end, me, row.id, State.LAPSED, "its link is needed no more")
        except Silent as silent:
            return self._note("deferred", claims.later, me, row.id, WAIT_FOR_A_SECRET, str(silent))
        except NoAddress as wrong:
            return self._note("failed", claims.fail, me, row.id, "address", str(wrong))
        except Rejected as never:
            return self._note("failed", claims.fail, me, row.id, never.reason, str(never))
        except Deferred as not_now:
            return self._again(me, row, str(not_now))
        failpoints.passing(failpoints.DELIVERY_WRITTEN)
        return self._hand_over(me, row)

    def _finished(self, letter: Letter | Unfinished) -> Letter:
        if isinstance(letter, Letter):
            return letter
        return letter.finished(code=self._identity.reset_code(UUID(letter.params["reset_id"])))

    def _hand_over(self, me: int, row: Any) -> str:
        with self._database.transaction() as session:
            mine = claims.mark(session, me, row.id)
        if not mine:
            self._office.close()
            return "lost"
        failpoints.passing(failpoints.DELIVERY_MARKED)
        try:
            self._office.finish()
        except Rejected as never:
            return self._note("failed", claims.fail, me, row.id, never.reason, str(never))
        except Deferred as not_now:
            return self._again(me, row, str(not_now))
        except Unanswered as silent:
            return self._note(State.IN_DOUBT, claims.end, me, row.id, State.IN_DOUBT, str(silent))
        failpoints.passing(failpoints.DELIVERY_TAKEN)
        return self._note("sent", claims.sent, me, row.id)

    def _unwritten(self, me: int, delivery_id: UUID, why: Unwritten) -> str:
        if why.state is None:
            return self._note("deferred", claims.later, me, delivery_id, WAIT_FOR_A_READER, why.reason)
        return self._note(str(why.state), claims.end, me, delivery_id, why.state, why.reason)

    def _again(self, me: int, row: Any, error: str) -> str:
        if row.attempts >= self._pace.attempts:
            return self._note("failed", claims.fail, me, row.id, "time", error)
        return self._note("deferred", claims.later, me, row.id, wait_after(row.attempts, self._pace.retry), error)

    def _note(self, outcome: str, step: Callable[..., bool], *arguments: Any) -> str:
        with self._database.transaction() as session:
            return outcome if step(session, *arguments) else "lost"

    def _back_off(self, down: ServerDown) -> None:
        """The server takes nothing from anybody: leave the mails as they are, and knock again, ever less often."""
        self._pause = min(max(self._pause * 2, self._pace.retry / 8), LONGEST_PAUSE)
        if self.down is None:
            log.warning("mail_server.down", said=str(down), again_in_seconds=round(self._pause, 2))
        self.down = str(down)

    def _keep_pace(self) -> None:
        if self._pace.per_second:
            self.stop.wait(max(0.0, self._sent_at + 1 / self._pace.per_second - time.monotonic()))
            self._sent_at = time.monotonic()

    def _number(self) -> int:
        """The number under which claims are made, with its lock held; a new one whenever that was lost."""
        if self._lock is not None:
            try:
                self._lock.execute(text("SELECT 1"))
            except DBAPIError:
                self._let_go()
        if self._lock is None:
            self._lock = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            self._me = claims.hold_a_number(self._lock)
        return self._me

    def _let_go(self) -> None:
        if self._lock is not None:
            self._lock.invalidate()
            self._lock.close()
        self._lock = None

    def _tidy(self) -> None:
        """Now and then: take up what the dead had in hand, give up what is too old, and count what waits."""
        if time.monotonic() - self._tidied < self._pace.tidy:
            return
        self._tidied = time.monotonic()
        with self._database.transaction() as session:
            found = claims.recover(session)
            lapsed = claims.lapse(session, self._pace.age)
            waiting = claims.waiting(session)
        for state in SHOWN:
            count, oldest = waiting.get(state, (0, 0.0))
            WAITING.labels(state).set(count)
            OLDEST.labels(state).set(oldest)
        if found or lapsed:
            log.warning("delivery.taken_up", lapsed=lapsed, **found)

    def _stumble(self, error: Exception) -> None:
        self._pause = min(max(self._pause * 2, 0.5), 5.0)
        self._office.close()
        if is_outage(error):
            log.warning("database.down", error=type(error).__name__)
        else:
            log.error("dispatcher.failed", exc_info=error)


def wait_after(attempts: int, first: float) -> timedelta:
    """How long to wait after so many attempts: twice as long each time, half left to chance, six hours at most."""
    longest = min(first * 2 ** min(attempts - 1, 40), LONGEST_WAIT.total_seconds())
    return timedelta(seconds=longest * (0.5 + random.random() / 2))  # noqa: S311 - to spread them, not to hide
