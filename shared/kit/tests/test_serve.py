"""A real gunicorn: two ports that keep to themselves, work that is finished before the end, and fuzzing."""

from __future__ import annotations

import json
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.kit import metrics
from shared.kit.serve import serve
from shared.kit.settings import BadSetting
from shared.kit.tests.conftest import settings_for
from shared.kit.tests.shop import token
from tests.eventually import eventually
from tests.infrastructure.databases import TestDatabase
from tests.infrastructure.migrations import service_environment

ROOT = Path(__file__).parents[3]


class Running:
    """A started shop."""

    def __init__(self, database: TestDatabase, **environment: str) -> None:
        self._output = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed with the process
        self.port, self.internal_port = free_ports(2)
        ports = {"HTTP_PORT": str(self.port), "INTERNAL_PORT": str(self.internal_port)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "shared.kit.tests.serving"],
            env=service_environment("kit", database, **ports, **environment),
            cwd=ROOT,
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )

    def get(self, path: str, *, internal: bool = False, **options: Any) -> httpx.Response:
        port = self.internal_port if internal else self.port
        return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=10, **options)

    def ready(self) -> bool:
        return self.get("/readyz", internal=True).status_code == 200

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing behind, whatever the test did or did not get to."""
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> str:
        self.process.send_signal(how)
        self.process.wait(timeout=30)
        self._output.seek(0)
        return self._output.read()


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


@pytest.fixture
def running(kit_database: TestDatabase) -> Iterator[Running]:
    with Running(kit_database) as shop:
        eventually(shop.ready, timeout=60)
        yield shop


@pytest.fixture(scope="module")
def shared(kit_database: TestDatabase) -> Iterator[Running]:
    with Running(kit_database) as shop:
        eventually(shop.ready, timeout=60)
        yield shop


def test_each_port_serves_its_own(running: Running) -> None:
    assert running.get("/wishes").status_code == 200
    assert [running.get(path).status_code for path in ("/healthz", "/readyz", "/metrics")] == [404, 404, 404]
    spoofed = {"Host": f"127.0.0.1:{running.internal_port}", "X-Forwarded-Port": str(running.internal_port)}
    assert running.get("/metrics", headers=spoofed).status_code == 404
    assert running.get("/wishes", internal=True).status_code == 404
    assert running.get("/healthz", internal=True).json() == {"alive": True}
    assert 'route="/wishes",status="200"} 1.0' in running.get("/metrics", internal=True).text


@pytest.mark.parametrize(
    ("sent", "status", "kind"),
    [
        (b"NONSENSE\r\n\r\n", 400, "malformed-request"),
        (b"GET / HTTP/9.9\r\n\r\n", 400, "malformed-request"),
        (b"GET /wishes HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n", 400, "malformed-request"),
        (b"GET /wishes?word=" + b"x" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414, "uri-too-long"),
        (b"GET /wishes HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 9000 + b"\r\n\r\n", 431, "headers-too-large"),
    ],
)
def test_what_is_no_http_is_told_in_the_same_form(shared: Running, sent: bytes, status: int, kind: str) -> None:
    with socket.create_connection(("127.0.0.1", shared.port), timeout=5) as connection:
        connection.sendall(sent)
        head, _, body = b"".join(iter(lambda: connection.recv(4096), b"")).partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"application/problem+json" in head
    assert json.loads(body)["type"] == f"/problems/{kind}"


def exchange(shop: Running, *pieces: bytes) -> bytes:
    """Send pieces on one connection, each after what came before has had time to arrive; all that is answered."""
    with socket.create_connection(("127.0.0.1", shop.port), timeout=5) as connection:
        for piece in pieces:
            connection.sendall(piece)
            select.select([connection], [], [], 0.05)
        return b"".join(iter(lambda: connection.recv(65536), b""))


GET = b"GET /begun HTTP/1.1\r\nHost: x\r\n\r\n"
LAST = b"GET /begun HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    "pieces",
    [
        (GET, GET, LAST),
        (GET + GET + LAST,),
        (GET, GET[:9], GET[9:20], GET[20:] + LAST),
        (GET, b"POST /begun HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", LAST),
        (GET, b"POST /begun HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" + LAST),
    ],
    ids=["one after the other", "all at once", "in pieces", "with a body", "with chunks"],
)
def test_one_connection_serves_many_requests(shared: Running, pieces: tuple[bytes, ...]) -> None:
    received = exchange(shared, *pieces)
    requests = b"".join(pieces).count(b" /begun HTTP/1.1")
    assert received.count(b"HTTP/1.1 ") == requests == received.count(b"X-Request-Id: ")
    assert received.count(b"Connection: keep-alive") == requests - 1
    assert received.count(b"Connection: close") == 1


def test_a_head_alone_is_answered_without_a_body(shared: Running) -> None:
    received = exchange(shared, GET, GET.replace(b"GET", b"HEAD"), LAST)
    heads = [piece for piece in received.split(b"HTTP/1.1 ") if piece]
    assert [head.partition(b"\r\n\r\n")[2] != b"" for head in heads] == [True, False, True]
    assert b"Content-Length: " in heads[1]


def test_connections_that_say_nothing_take_no_thread(kit_database: TestDatabase) -> None:
    with Running(kit_database, WEB_THREADS="1") as shop:
        eventually(shop.ready, timeout=60)
        silent = [socket.create_connection(("127.0.0.1", shop.port), timeout=5) for _ in range(20)]
        assert shop.get("/begun").status_code == 200
        for connection in silent:
            connection.close()
        assert shop.get("/begun").status_code == 200
        assert shop.stop()


def test_on_sigterm_begun_work_is_finished_then_everything_is_closed(running: Running) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(running.get, "/slow") for _ in range(4)]
        eventually(lambda: running.get("/begun").json() == {"begun": 4})
        output = running.stop()
    assert [answer.result().status_code for answer in answers] == [200] * 4
    assert '"event":"closed"' in output
    assert running.process.returncode == 0


def test_nothing_is_left_behind_and_lines_are_json(running: Running) -> None:
    running.get("/things/s3cret")
    output = running.stop(signal.SIGINT)
    assert running.process.returncode == 0
    assert [line for line in output.splitlines() if not line.startswith("{")] == []
    assert "s3cret" not in output
    with pytest.raises(httpx.ConnectError):
        running.get("/wishes")


def test_several_workers_are_measured_as_one(kit_database: TestDatabase, tmp_path: Path) -> None:
    with Running(kit_database, WEB_WORKERS="2", WEB_THREADS="1", PROMETHEUS_MULTIPROC_DIR=str(tmp_path)) as shop:
        eventually(shop.ready, timeout=60)
        workers: list[int] = []

        def both() -> bool:
            with ThreadPoolExecutor(4) as pool:
                workers.extend(answer.json()["worker"] for answer in pool.map(lambda _: shop.get("/slow"), range(4)))
            return len(set(workers)) == 2

        eventually(both, timeout=30)
        assert f'route="/slow",status="200"}} {len(workers)}.0' in shop.get("/metrics", internal=True).text


def test_several_workers_without_a_shared_folder_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(metrics.VARIABLE, raising=False)
    with pytest.raises(BadSetting, match=metrics.VARIABLE):
        serve(lambda _e, _s: [], settings_for(web_workers=2), {})


def test_without_its_database_it_is_alive_and_not_ready() -> None:
    nowhere = TestDatabase("none", *(settings_for().database_url,) * 3)
    with Running(nowhere) as shop:
        eventually(lambda: shop.get("/healthz", internal=True).status_code == 200, timeout=60)
        answer = shop.get("/readyz", internal=True)
        assert (answer.status_code, answer.json()["ready"]) == (503, False)
        assert shop.get("/letters").status_code == 503


@pytest.mark.fuzz
def test_generated_requests_find_no_undeclared_answer(kit_database: TestDatabase, tmp_path: Path) -> None:
    """With a good token and without: no fault, no status, media type or shape that the document does not declare.

    Not checked is that all valid input is accepted: only a list's own cursors and a first use of a key are.
    """
    with Running(kit_database, RATE_LIMITS="off", LOG_LEVEL="error") as shop:
        eventually(shop.ready, timeout=60)
        for header in ([], ["-H", f"Authorization: Bearer {token('vendor')}"]):
            done = schemathesis(shop, tmp_path, *header)
            assert done.returncode == 0, done.stdout


REJECTED = """[checks]
negative_data_rejection.expected-statuses = ["400", "401", "403", "404", "413", "414", "415", "422", "431"]
"""
"""The answers that refuse a request: gunicorn's own to a long address or header among them."""


def schemathesis(shop: Running, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    base = f"http://127.0.0.1:{shop.port}"
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{base}/openapi.json", "--url", base]
    command += ["--exclude-path-regex", "^/(sql|fault|forgotten|slow)$", "--request-timeout", "5"]
    command += ["--exclude-checks", "positive_data_acceptance", "--max-examples", "30"]
    command += ["--phases", "examples,coverage,fuzzing", *options]
    (folder / "schemathesis.toml").write_text(REJECTED)
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
