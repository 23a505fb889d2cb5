"""The outbox tells of a change exactly when the change is there."""

import pytest
from marshmallow import ValidationError
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from shared.events import trace
from shared.events.envelope import decode
from shared.messaging import outbox
from shared.messaging.doorbell import Chime, Doorbell
from shared.messaging.tests.people import NOON, created, envelope, write


def test_an_event_is_there_with_its_change_and_gone_with_its_rollback(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        write(session, created("Ada"))
    with sessions() as session:
        write(session, created("Bob"))
        session.rollback()
        assert session.scalar(text("SELECT count(*) FROM outbox")) == 1


def test_what_is_stored_is_the_envelope_with_its_trace(sessions: sessionmaker[Session]) -> None:
    event = created("Ada")
    with trace.tracing("request-7", traceparent="00-aa-bb-01"), sessions.begin() as session:
        identifier = outbox.add(session, event, aggregate_version=3, occurred_at=NOON)
        stored = decode(session.scalar(text("SELECT envelope::text FROM outbox")))
    assert (stored.id, stored.event, stored.aggregate_version) == (identifier, event, 3)
    assert (stored.correlation_id, stored.causation_id, stored.traceparent) == ("request-7", None, "00-aa-bb-01")


def test_a_caused_event_belongs_to_its_cause(sessions: sessionmaker[Session]) -> None:
    cause = envelope(created("Ada"))
    with sessions.begin() as session:
        outbox.add(session, created("Bob"), aggregate_version=1, occurred_at=NOON, cause=cause)
        stored = decode(session.scalar(text("SELECT envelope::text FROM outbox")))
    assert (stored.causation_id, stored.correlation_id) == (cause.id, cause.correlation_id)


def test_an_event_that_is_not_as_declared_is_refused(sessions: sessionmaker[Session]) -> None:
    wrong = created(7)  # type: ignore[arg-type]
    with sessions() as session, pytest.raises(ValidationError, match=r"customer\.created cannot be published"):
        write(session, wrong)


def test_the_bell_rings_after_each_commit_and_never_for_a_rollback(sessions: sessionmaker[Session]) -> None:
    chime = Chime(None)
    chime.hang_up()
    session = sessionmaker(sessions.kw["bind"], info={outbox.DOORBELL: Doorbell(chime.address)})()
    write(session, created("Ada"), created("Bob"))
    assert not chime.wait(0.01)
    session.rollback()
    assert not chime.wait(0.01)
    for name in ("Ada", "Bob"):
        write(session, created(name))
        session.commit()
        assert chime.wait(1)
    assert not chime.wait(0.01)
    session.close()
    chime.close()
