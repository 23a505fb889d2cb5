"""Alive while the loop turns, ready while every check holds, and measured by route."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from werkzeug.test import Client

from shared.kit import metrics
from shared.kit.database import Database
from shared.kit.health import Heartbeat, InternalApp, InternalServer
from shared.kit.serve import Ports
from shared.kit.settings import Settings
from shared.kit.tests.shop import open_shop


def fail() -> str | None:
    raise ConnectionError("refused\nwith details")


def get(path: str, **parts: Any) -> Any:
    return Client(InternalApp(parts.pop("checks", {}), **parts)).get(path)


def test_alive_while_the_loop_turns() -> None:
    heart = Heartbeat(patience=1000)
    assert get("/healthz", heartbeat=heart).status_code == 200
    still = Heartbeat(patience=0)
    assert (get("/healthz", heartbeat=still).status_code, still.alive) == (503, False)
    assert get("/healthz").json == {"alive": True}
    heart.beat()
    assert heart.alive


def test_ready_while_every_check_holds() -> None:
    assert get("/readyz", checks={"database": lambda: None}).json == {"ready": True, "checks": {"database": "ok"}}
    answer = get("/readyz", checks={"a": lambda: None, "b": lambda: "too old", "c": fail})
    assert answer.status_code == 503
    assert answer.json["checks"] == {"a": "ok", "b": "too old", "c": "ConnectionError: refused"}


def test_other_paths_are_told_what_there_is() -> None:
    assert get("/").status_code == 404


def test_requests_are_measured_by_route_and_not_by_id(settings: Settings, database: Database) -> None:
    client = open_shop(settings, database).test_client()
    client.get("/things/one")
    client.get("/things/two")
    client.open("/wishes", method="BREW")
    text = get("/metrics").text
    assert 'http_request_seconds_count{method="GET",route="/things/<token>",status="200"}' in text
    assert 'method="OTHER",route="(unmatched)",status="405"' in text
    assert "/things/one" not in text


@pytest.fixture
def server() -> Iterator[InternalServer]:
    with InternalServer("127.0.0.1", 0, InternalApp({"broker": lambda: "blocked"})) as running:
        yield running


def test_a_process_without_a_web_server_answers_too(server: InternalServer) -> None:
    base = f"http://127.0.0.1:{server.port}"
    assert httpx.get(f"{base}/healthz").status_code == 200
    assert httpx.get(f"{base}/readyz").json() == {"ready": False, "checks": {"broker": "blocked"}}
    assert httpx.head(f"{base}/metrics").content == b""


def test_the_internal_port_gets_the_internal_app_only_and_no_header_changes_that() -> None:
    def app(name: bytes) -> Any:
        def answer(environ: Any, start: Any) -> list[bytes]:
            start("200 OK", [])
            return [name]

        return answer

    client = Client(Ports(app(b"public"), app(b"internal"), 9000))
    spoofed = {"X-Forwarded-Port": "9000", "X-Forwarded-Host": "localhost:9000", "Host": "localhost:9000"}
    assert client.get("/healthz", headers=spoofed, environ_overrides={"SERVER_PORT": "8000"}).data == b"public"
    assert client.get("/", headers={"Host": "x:8000"}, environ_overrides={"SERVER_PORT": "9000"}).data == b"internal"


COUNT = "from shared.kit import metrics; metrics.observe_request('GET', '/x', 200, 0.1); print(metrics.exposition()[0])"


def test_workers_are_counted_together_and_an_earlier_run_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = {**os.environ, metrics.VARIABLE: str(tmp_path / "m")}
    (tmp_path / "m").mkdir()

    def worker() -> str:
        command = [sys.executable, "-c", COUNT]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    worker()
    assert 'route="/x",status="200"} 2.0' in worker()
    monkeypatch.setenv(metrics.VARIABLE, str(tmp_path / "m"))
    metrics.start_afresh()
    metrics.worker_ended(1)
    assert list((tmp_path / "m").glob("*.db")) == []
    assert 'route="/x",status="200"} 1.0' in worker()
