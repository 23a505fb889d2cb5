"""Reconciliation: the publishers' logs against this service's inbox, and its inbox against what came of it.

What is missing is named with how long it has been missing. Healing hands it to the consumer: it is put into the inbox
as due now, so that the consumer's own code handles it, exactly once and with its announcements.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

import structlog
from prometheus_client import Gauge
from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.events.envelope import Undecodable, decode
from shared.inspection.client import CannotAsk, Refused, Services
from shared.messaging import inbox
from shared.messaging.handlers import Handlers
from shared.messaging.inbox import Arrival
from shared.runtime import marks
from shared.runtime.inspection.parked import Act, record

log = structlog.get_logger(__name__)

MISSING = Gauge("reconcile_missing", "Findings of the last reconciliation", ["kind"], multiprocess_mode="mostrecent")
OLDEST = Gauge("reconcile_oldest_seconds", "Age of the oldest finding", ["kind"], multiprocess_mode="mostrecent")

PAGE = 1000
NAMED = 500
_KNOWN = text("SELECT event_id FROM inbox WHERE event_id = ANY(CAST(:ids AS uuid[]))")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that should be there and is not: of which kind, about which event, since when, in words."""

    kind: str
    detail: str
    since: datetime
    event_id: UUID | None = None
    type: str | None = None
    source: str | None = None
    customer_id: UUID | None = None
    remedy: str | None = None
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a reconciliation compared and found; `healed` counts what was handed to the consumer or made again."""

    service: str
    compared: dict[str, int]
    unreachable: list[str]
    missing: int
    findings: list[Finding]
    healed: int = 0
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


class Reconciliation(Protocol):
    """A service's own comparison, of its inbox with its tables."""

    def find(self, session: Session) -> Sequence[Finding]:
        """Name what is missing."""

    def heal(self, session: Session) -> int:
        """Make what can be made again, or hand it to the consumer; return how many that were."""


class Listener(Protocol):
    """As much of a service as a reconciliation needs."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def handlers(self) -> Handlers:
        """What it listens to."""

    @property
    def reconciliations(self) -> Sequence[Reconciliation]:
        """What else it compares."""


@dataclass(frozen=True)
class Reconciler:
    """Compares one service with the publishers it listens to."""

    service: Listener
    transaction: Callable[[], AbstractContextManager[Session]]
    others: Services

    def compare(self, grace: float = 5.0, *, resume: bool = False) -> Report:
        """Find what is missing; events published less than `grace` seconds ago may be on their way.

        With `resume` only behind what was found whole by the last one that resumed; all of it once a day.
        """
        compared, unreachable, findings = self._compare_logs(grace, resume=resume)
        with self.transaction() as session:
            for own in self.service.reconciliations:
                findings.extend(own.find(session))
        return _told(Report(
            service=self.service.name,
            compared=compared,
            unreachable=unreachable,
            missing=len(findings),
            findings=[_aged(each) for each in findings[:NAMED]],
        ))  # fmt: skip

    def heal(self, actor: str, reason: str, grace: float = 5.0) -> Report:
        """Find what is missing, hand it to the consumer, make again what was lost, and write down who did."""
        _, _, missed = self._compare_logs(grace)
        healed = 0
        for source in sorted({each.source for each in missed if each.source}):
            ids = [each.event_id for each in missed if each.source == source and each.event_id]
            healed += self._take_in(source, ids, actor, reason)
        with self.transaction() as session:
            healed += sum(own.heal(session) for own in self.service.reconciliations)
        return replace(self.compare(grace), healed=healed)

    def _compare_logs(self, grace: float, *, resume: bool = False) -> tuple[dict[str, int], list[str], list[Finding]]:
        compared: dict[str, int] = {}
        unreachable: list[str] = []
        findings: list[Finding] = []
        for source, types in listened_to(self.service.handlers).items():
            compared[source] = 0
            try:
                for page in self._compared(source, types, findings, grace, resume=resume):
                    compared[source] += len(page)
            except (CannotAsk, Refused) as silent:
                unreachable.append(str(silent))
        return compared, unreachable, findings

    def _compared(
        self, source: str, types: Sequence[str], findings: list[Finding], grace: float, *, resume: bool
    ) -> Iterator[list[dict[str, Any]]]:
        """Add what is missing page by page; note how far nothing is, neither found missing nor still on its way."""
        with self.transaction() as session:
            begin = whole = marks.read(session, source, types) if resume else 0
        gap = False
        for page in pages(self.others, source, types, after=begin, bare=True):
            unknown = self._unknown(page)
            findings.extend(_missing(source, unknown, grace))
            if not gap:
                gap = bool(unknown)
                whole = unknown[0]["position"] - 1 if unknown else page[-1]["position"]
            yield page
        if resume:
            with self.transaction() as session:
                marks.keep(session, source, types, whole, whole=not begin)

    def _unknown(self, page: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        with self.transaction() as session:
            known = set(session.scalars(_KNOWN, {"ids": [item["event_id"] for item in page]}))
        return [item for item in page if UUID(item["event_id"]) not in known]

    def _take_in(self, source: str, event_ids: Sequence[UUID], actor: str, reason: str) -> int:
        """Put events into the inbox, due now; one that has arrived meanwhile is passed over."""
        arrivals = [arrival for each in event_ids if (arrival := self._fetched(source, each))]
        for start in range(0, len(arrivals), PAGE):
            batch = arrivals[start : start + PAGE]
            with self.transaction() as session:
                inbox.record(session, batch, later=True)
                act = Act(act="heal", actor=actor, reason=reason, signature=f"missing from {source}")
                record(session, act, [arrival.envelope.id for arrival in batch])
        return len(arrivals)

    def _fetched(self, source: str, event_id: UUID) -> Arrival | None:
        raw = self.others[source].get(f"/internal/outbox/{event_id}")["envelope"]
        try:
            return Arrival(decode(raw), raw)
        except Undecodable as wrong:
            log.error("reconcile.undecodable", event_id=str(event_id), error=str(wrong)[:200])
            return None


def _missing(source: str, unknown: Sequence[dict[str, Any]], grace: float) -> Iterator[Finding]:
    now = datetime.now(UTC)
    for item in unknown:
        published = datetime.fromisoformat(item["published_at"])
        if (now - published).total_seconds() >= grace:
            yield Finding(
                kind="not_delivered",
                detail="no queue was bound for it" if item["unroutable"] else "published, and never delivered",
                since=published,
                event_id=UUID(item["event_id"]),
                type=item["type"],
                source=source,
            )


def listened_to(handlers: Handlers) -> dict[str, list[str]]:
    """The types that are listened to, by their publisher."""
    found: dict[str, list[str]] = {}
    for kind in handlers:
        found.setdefault(kind.publisher, []).append(kind.type)
    return found


def pages(
    others: Services, source: str, types: Sequence[str], *, after: int = 0, bare: bool = False
) -> Iterator[list[dict[str, Any]]]:
    """Read a publisher's feed page by page up to the head that it had at first."""
    head = None
    while head is None or after < head:
        answer = others[source].get(
            "/internal/events", after=after, type=",".join(types), limit=PAGE, bare="true" if bare else None
        )
        head = answer["head"] if head is None else head
        if answer["items"]:
            yield answer["items"]
        after = answer["next"]


def _aged(finding: Finding) -> Finding:
    return replace(finding, seconds=round((datetime.now(UTC) - finding.since).total_seconds(), 1))


def _told(report: Report) -> Report:
    """Show the findings to whoever watches: gauges by kind, and an error in the log."""
    MISSING.clear()
    OLDEST.clear()
    for kind in ("not_delivered", *{each.kind for each in report.findings}):
        ages = [each.seconds for each in report.findings if each.kind == kind]
        MISSING.labels(kind).set(len(ages))
        OLDEST.labels(kind).set(max(ages, default=0))
    if report.findings:
        oldest = max(each.seconds for each in report.findings)
        log.error("reconcile.missing", service_name=report.service, missing=report.missing, oldest_seconds=oldest)
    return report
