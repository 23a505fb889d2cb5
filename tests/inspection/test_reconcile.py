"""What was missed is named with its age, and made up for exactly once, with its announcements."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner

from shared.runtime import jobs
from shared.runtime.main import command_line
from shared.runtime.reconcile import MISSING, OLDEST, Reconciler, Report
from shared.runtime.scheduler import Scheduler
from shared.runtime.timetable import timetable
from tests.inspection.world import World


@pytest.fixture
def reconciler(world: World) -> Reconciler:
    return Reconciler(world.vendor.service, world.vendor.database.transaction, world.services)


def kinds(report: Report) -> list[tuple[str, Any]]:
    return sorted((found.kind, found.event_id) for found in report.findings)


def drained(world: World) -> None:
    while world.consumer().retry_due():
        continue


def said_of(world: World, event: UUID) -> int:
    query = "SELECT count(*) FROM outbox WHERE envelope ->> 'causationid' = CAST(:event AS text)"
    return int(world.vendor.scalar(query, event=str(event)))


def heal(reconciler: Reconciler) -> Report:
    return reconciler.heal("a test", "to see it", grace=0)


def test_an_event_that_never_came_is_named_with_its_age_and_handled_once_with_its_announcement(
    world: World, reconciler: Reconciler
) -> None:
    heal(reconciler)
    drained(world)
    customer = world.register("Missed", world.link().token)
    world.publish(unroutable=True)
    event = world.event_of(customer)
    world.identity.run("UPDATE outbox SET published_at = published_at - interval '1 hour' WHERE event_id = :e", e=event)
    report = reconciler.compare()
    assert kinds(report) == [("not_delivered", event)]
    assert report.findings[0].seconds >= 3600
    assert OLDEST.labels("not_delivered")._value.get() >= 3600
    assert heal(reconciler).healed == 1
    assert heal(reconciler).healed == 0
    drained(world)
    assert said_of(world, event) == 1
    assert world.vendor.scalar("SELECT count(*) FROM vendor_customer WHERE customer_id = :c", c=customer) == 1
    assert kinds(reconciler.compare(grace=0)) == []
    who = world.vendor.scalar("SELECT actor || ': ' || reason FROM event_act WHERE :e = ANY(event_ids)", e=event)
    assert who == "a test: to see it"


def test_what_is_on_its_way_is_not_missed_yet(world: World, reconciler: Reconciler) -> None:
    world.register("Young", None)
    world.publish()
    assert kinds(reconciler.compare(grace=60)) == []
    assert len(kinds(reconciler.compare(grace=0))) == 1


def test_a_lost_row_is_made_again_as_it_was(world: World, reconciler: Reconciler) -> None:
    customer = world.joined("Lost")
    query = "SELECT m::text FROM vendor_customer m WHERE customer_id = :c"
    before = world.vendor.scalar(query, c=customer)
    world.vendor.run("DELETE FROM vendor_customer WHERE customer_id = :c", c=customer)
    assert ("mapping_lost", world.event_of(customer)) in kinds(reconciler.compare())
    heal(reconciler)
    assert world.vendor.scalar(query, c=customer) == before
    assert said_of(world, world.event_of(customer)) == 1


def test_an_outcome_that_was_announced_is_not_announced_again(world: World, reconciler: Reconciler) -> None:
    customer = world.joined("Undecided")
    event = world.event_of(customer)
    world.vendor.run("DELETE FROM invite_outcome WHERE event_id = :e", e=event)
    found = next(each for each in reconciler.compare().findings if each.event_id == event)
    assert (found.kind, found.remedy) == ("not_decided", f"./market replay vendor --id {event}")
    heal(reconciler)
    drained(world)
    assert said_of(world, event) == 1
    world.vendor.run("DELETE FROM outbox WHERE envelope ->> 'causationid' = CAST(:e AS text)", e=str(event))
    assert heal(reconciler).healed >= 1
    drained(world)
    assert said_of(world, event) == 1
    assert world.vendor.scalar("SELECT outcome FROM invite_outcome WHERE event_id = :e", e=event)


def test_a_publisher_that_does_not_answer_is_named_and_nothing_changes(world: World, reconciler: Reconciler) -> None:
    world.identity.way.down = True
    acts = world.vendor.scalar("SELECT count(*) FROM event_act")
    report = heal(reconciler)
    assert report.unreachable == ["identity cannot be asked: connection refused"]
    assert world.vendor.scalar("SELECT count(*) FROM event_act") == acts


def test_many_pages_are_compared_one_by_one(
    world: World, reconciler: Reconciler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.runtime.reconcile.PAGE", 2)
    for name in "ABCDE":
        world.register(name, None)
    world.publish()
    total = world.identity.scalar("SELECT count(*) FROM outbox WHERE type LIKE 'customer.%'")
    assert reconciler.compare().compared["identity"] == total


def test_a_comparison_goes_on_where_nothing_was_missing(
    world: World, reconciler: Reconciler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.runtime.reconcile.PAGE", 1)

    def compared(grace: float = 0) -> tuple[int, list[Any]]:
        report = reconciler.compare(grace, resume=True)
        return report.compared["identity"], [found.event_id for found in report.findings]

    heal(reconciler)
    drained(world)
    total = world.identity.scalar("SELECT count(*) FROM outbox WHERE type LIKE 'customer.%'")
    world.vendor.run("DELETE FROM reconcile_mark")
    assert compared() == (total, [])
    assert compared() == (0, [])
    missed = world.event_of(world.register("Overlooked", None))
    world.publish()
    assert compared(grace=60) == (1, [])
    world.joined("Later")
    assert compared() == (2, [missed])
    assert compared() == (2, [missed])
    heal(reconciler)
    assert compared() == (2, [])
    assert compared() == (0, [])
    lost = world.event_of(world.joined("Vanished"))
    assert compared() == (1, [])
    world.vendor.run("DELETE FROM inbox WHERE event_id = :e", e=lost)
    assert lost not in compared()[1]
    assert lost in [found.event_id for found in reconciler.compare(0).findings]
    world.vendor.run("UPDATE reconcile_mark SET begun_at = begun_at - interval '2 days'")
    assert compared() == (total + 3, [lost])
    world.vendor.run("UPDATE reconcile_mark SET types = '{customer.created}'")
    assert compared() == (total + 3, [lost])


def test_the_scheduled_job_names_what_is_missing_and_lets_one_work_at_a_time(world: World) -> None:
    environment = {**world.vendor.environment, "IDENTITY_INTERNAL_URL": "http://127.0.0.1:1"}
    words = ["job", "reconcile", "--json"]
    found = CliRunner().invoke(command_line(world.vendor.service), words, env=environment)
    assert found.exit_code == 1
    assert json.loads(found.stdout)["unreachable"][0].startswith("identity cannot be asked")
    with jobs.alone(world.vendor.database, "reconcile"):
        busy = CliRunner().invoke(command_line(world.vendor.service), words, env=environment)
    assert (busy.exit_code, busy.stdout) == (0, "")
    assert "Another reconcile is at work" in busy.stderr


def test_the_scheduler_compares_in_its_own_process_whose_metrics_say_what_is_missing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in world.vendor.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("shared.runtime.catching_up.services", lambda _settings: world.services)
    world.register("Undelivered", None)
    world.publish()
    service = world.vendor.service
    schedule = {each.name: each for each in timetable(service)}
    MISSING.clear()
    scheduler = Scheduler(service, [], service.settings(), world.vendor.database)
    scheduler.once(replace(schedule["reconcile"], arguments=["--grace", "0"]))
    assert MISSING.labels("not_delivered")._value.get() >= 1


def test_a_bootstrap_without_its_publisher_is_refused_in_a_sentence(world: World) -> None:
    environment = {**world.vendor.environment, "IDENTITY_INTERNAL_URL": "http://127.0.0.1:1"}
    for source, said in (("identity", "identity cannot be asked"), ("nobody", "listens to nothing that nobody")):
        words = ["bootstrap", "--from", source]
        result = CliRunner().invoke(command_line(world.vendor.service), words, env=environment)
        assert result.exit_code == 1
        assert said in result.stderr
        assert "Traceback" not in result.stderr
