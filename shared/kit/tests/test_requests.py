"""Ids go in and come out, headers protect, and nothing secret reaches a log."""

from __future__ import annotations

import io
import json
import logging as standard_logging
from typing import Any

import pytest
import structlog

from shared.events import trace
from shared.kit import logging
from shared.kit.app import create_app
from shared.kit.auth import anyone
from shared.kit.database import Database
from shared.kit.operations import Blueprint
from shared.kit.settings import Secret, Settings
from shared.kit.stated import answers
from shared.kit.tests.shop import Client, bearer, open_shop, token
from shared.kit.web import Answer

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
tracer = Blueprint("tracer", __name__)


@tracer.get("/trace")
@anyone
@answers(None)
def show() -> Answer:
    """Show what the work belongs to."""
    current = trace.current()
    return {"correlation_id": current.correlation_id, "traceparent": current.traceparent}


@pytest.fixture(scope="module")
def client(settings: Settings, database: Database) -> Client:
    return open_shop(settings, database).test_client()


@pytest.fixture(scope="module")
def traced(settings: Settings, database: Database) -> Client:
    return create_app(settings, title="T", version="1", blueprints=[tracer], database=database).test_client()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]


def test_a_well_formed_request_id_is_kept_for_all_that_the_request_causes(traced: Client) -> None:
    answer = traced.get("/trace", headers={"X-Request-Id": "abc-123.DEF_4", "traceparent": PARENT})
    assert answer.headers.getlist("X-Request-Id") == ["abc-123.DEF_4"]
    assert answer.json == {"correlation_id": "abc-123.DEF_4", "traceparent": PARENT}


@pytest.mark.parametrize("bad", ["", "short", "x" * 65, "with space", "a\tb-12345678", "ümläut-123", "{$injected}"])
def test_any_other_request_id_is_replaced(traced: Client, bad: str) -> None:
    first, second = (traced.get("/trace", headers={"X-Request-Id": bad}) for _ in range(2))
    assert first.headers["X-Request-Id"] not in {bad, second.headers["X-Request-Id"]}
    assert first.json["correlation_id"] == first.headers["X-Request-Id"]  # type: ignore[index]


@pytest.mark.parametrize("bad", ["", "garbage", PARENT.replace("00-", "ff-", 1), "00-" + "0" * 32 + PARENT[35:]])
def test_a_malformed_trace_context_is_dropped(traced: Client, bad: str) -> None:
    assert traced.get("/trace", headers={"traceparent": bad}).json["traceparent"] is None  # type: ignore[index]


def test_answers_are_protected_and_not_kept(client: Client) -> None:
    for answer in (client.get("/wishes"), client.get("/nothing"), client.get("/fault")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_one_line_a_request_with_its_route_and_without_its_secrets(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = [token("customer"), "s3cret-in-path", "s3cret-in-query", "s3cret-in-body"]
    client.get(f"/things/{secrets[1]}?token={secrets[2]}", headers={"Authorization": f"Bearer {secrets[0]}"})
    client.post("/things", json={"name": secrets[3], "password": secrets[3]}, headers=bearer())
    client.get("/fault")
    output = capsys.readouterr().out
    assert [secret for secret in [*secrets, "hunter2"] if secret in output] == []
    written = [json.loads(line) for line in output.splitlines()]
    accesses = [line for line in written if line["event"] == "request"]
    assert [(line["method"], line["route"], line["status"]) for line in accesses] == [
        ("GET", "/things/<token>", 200),
        ("POST", "/things", 422),
        ("GET", "/fault", 500),
    ]
    assert all(line["correlation_id"] and line["service"] == "kit" for line in written)
    assert "RuntimeError" in next(line for line in written if line["event"] == "request_failed")["exception"]


def test_the_client_is_who_the_trusted_proxy_says(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    client.get("/wishes", headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.9"})
    assert lines(capsys)[-1]["client"] == "203.0.113.9"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("password", "s3cret"),
        ("current_password", "s3cret"),
        ("invite_token", "s3cret"),
        ("Authorization", "Bearer s3cret"),
        ("set-cookie", "refresh=s3cret"),
        ("headers", {"Cookie": "s3cret"}),
        ("deep", [{"client_secret": "s3cret"}]),
        ("url", "http://localhost/register?token=s3cret&next=1"),
        ("url", "postgresql+psycopg2://app:s3cret@db/x"),
        ("note", "sent Bearer s3cret."),
        ("note", "password='s3cret'"),
        ("odd", Secret("s3cret")),
        ("tuple", (Secret("s3cret"),)),
    ],
)
def test_secrets_are_hidden_in_whatever_is_logged(key: str, value: Any, capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger().warning("said", **{key: value})
    standard_logging.getLogger("library").warning("%s says %s", key, str(value) if key == "url" else "-")
    assert "s3cret" not in capsys.readouterr().out


def test_what_is_no_secret_stays_readable(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger().info("said", invite_token_id="t-1", token_type="Bearer", count=3, url="http://h:8000/a?b=c")
    line = lines(capsys)[-1]
    assert (line["invite_token_id"], line["token_type"], line["count"]) == ("t-1", "Bearer", 3)
    assert line["url"] == "http://h:8000/a?b=c"


def test_an_exception_is_logged_without_the_secrets_in_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise ValueError("cannot reach amqp://market:s3cret@broker/ with token=s3cret")
    except ValueError:
        structlog.get_logger().exception("failed")
        standard_logging.getLogger("library").exception("failed too")
    output = capsys.readouterr().out
    assert "s3cret" not in output
    assert output.count("ValueError") >= 2


def test_a_value_that_cannot_be_written_as_json_is_shown_anyway(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger().info("said", odd=object(), lone="\ud800", number=2**70)
    assert "said" in capsys.readouterr().out


def test_console_style_is_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    output = io.StringIO()
    monkeypatch.setattr("sys.stdout", output)
    logging.configure(service="kit", process="tests", style="console")
    structlog.get_logger().info("hello", password="s3cret")
    logging.configure(service="kit", process="tests", level="debug")
    assert "hello" in output.getvalue()
    assert "{" not in output.getvalue()
    assert "s3cret" not in output.getvalue()
