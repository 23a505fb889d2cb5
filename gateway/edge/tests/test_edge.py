"""What a running edge lets through, and how it refuses the rest."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path

import httpx
import pytest

from gateway.edge.__main__ import TABLE
from gateway.edge.routes import Place, places, read
from gateway.edge.tests.conftest import Edge
from gateway.static.files import build

PLACES = places(read(TABLE))


def assert_problem(answer: httpx.Response, status: int, kind: str) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"].split(";")[0] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["type"]) == (status, f"/problems/{kind}")
    assert body["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.path)
def test_every_row_of_the_table_reaches_its_service(edge: Edge, place: Place) -> None:
    path = place.path.replace("{", "a-").replace("}", "")
    answer = edge.ask(place.first.methods[0], path)
    assert answer.status_code == 200, answer.text
    expected = place.first.to.replace("{", "a-").replace("}", "")
    assert (answer.json()["service"], answer.json()["path"]) == (place.first.upstream, expected)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.path)
def test_other_methods_are_refused_with_allow(edge: Edge, place: Place) -> None:
    other = next(method for method in ("PUT", "PATCH", "DELETE") if method not in place.allow)
    answer = edge.ask(other, place.path.replace("{", "a-").replace("}", ""))
    assert answer.status_code == 405
    assert answer.headers["allow"] == ", ".join(place.allow)
    assert ("json" in answer.headers["content-type"]) == place.first.is_api


@pytest.mark.parametrize(
    "path",
    [
        *("/metrics", "/healthz", "/readyz", "/internal/events", "/openapi.json", "/.edge/502.html"),
        *("/api/metrics", "/api/healthz", "/api/internal/events", "/api/openapi.json", "/api//metrics"),
        *("/api/invites/..%2fmetrics", "/api/invites/../metrics", "/api/me/../internal/events"),
        *("/api/invites/%2e%2e/readyz", "/static/../nginx.conf"),
    ],
)
def test_what_is_not_in_the_table_is_not_there(edge: Edge, path: str) -> None:
    before = {name: len(echo.asked) for name, echo in edge.services.items()}
    with socket.create_connection(("127.0.0.1", int(edge.url.rpartition(":")[2]))) as raw:
        raw.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        status = raw.makefile("rb").readline()
    assert b" 404 " in status
    assert {name: len(echo.asked) for name, echo in edge.services.items()} == before


def test_a_service_is_asked_for_the_normalised_path(edge: Edge) -> None:
    port = int(edge.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as raw:
        raw.sendall(b"GET /metrics/%2e%2e//login?next=%2Fprofile HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        raw.makefile("rb").read()
    assert edge.services["web"].asked[-1] == "/login?next=%2Fprofile"


def test_unknown_paths_are_a_problem_for_programs_and_a_page_for_people(edge: Edge) -> None:
    assert_problem(edge.ask("GET", "/api/nothing"), 404, "not-found")
    assert_problem(edge.ask("GET", "/api"), 404, "not-found")
    page = edge.ask("GET", "/nothing")
    assert page.status_code == 404
    assert "<h1>Not found</h1>" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    stylesheet = page.text.split('<link rel="stylesheet" href="')[1].split('"')[0]
    assert edge.ask("GET", stylesheet).status_code == 200


def test_identity_cannot_be_claimed_in_headers(edge: Edge) -> None:
    claims = {"X-User-Id": "1", "X-Actor-Role": "admin", "X-Internal-Token": "x", "X-Original-URL": "/metrics"}
    claims |= {"X-Forwarded-For": "6.6.6.6", "X-Real-IP": "6.6.6.6", "Forwarded": "for=6.6.6.6"}
    claims |= {"X-Forwarded-Host": "evil", "X-Forwarded-Proto": "https", "X_User_Id": "1", "Proxy": "evil"}
    claims |= {"X-HTTP-Method-Override": "DELETE"}
    seen = {k.lower(): v for k, v in edge.ask("GET", "/api/me", headers=claims).json()["headers"].items()}
    assert seen["x-forwarded-for"] == "127.0.0.1"
    assert seen["x-forwarded-proto"] == "http"
    assert seen["x-forwarded-host"] in edge.url
    assert set(seen) <= {
        *("host", "x-request-id", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"),
        *("accept", "user-agent"),
    }


def test_what_a_service_needs_passes(edge: Edge) -> None:
    sent = {"Authorization": "Bearer t", "Idempotency-Key": "k", "Cookie": "refresh_token=r", "HX-Request": "true"}
    sent |= {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "If-Match": '"1"'}
    answer = edge.ask("POST", "/api/register?x=1", headers=sent, json={"a": 1}).json()
    seen = {k.lower(): v for k, v in answer["headers"].items()}
    assert {k.lower(): seen[k.lower()] for k in sent} == {k.lower(): v for k, v in sent.items()}
    assert seen["content-type"] == "application/json"
    assert answer["path"] == "/register?x=1"


def test_a_sound_request_id_is_kept_and_another_is_replaced(edge: Edge) -> None:
    kept = edge.ask("GET", "/api/me", headers={"X-Request-Id": "order-4711-abc"})
    assert kept.headers.get_list("x-request-id") == ["order-4711-abc"]
    assert {k.lower(): v for k, v in kept.json()["headers"].items()}["x-request-id"] == "order-4711-abc"
    for bad in ("short", "x" * 200, 'a"quote-and-more', "spaces are not it"):
        replaced = edge.ask("GET", "/api/me", headers={"X-Request-Id": bad}).headers["x-request-id"]
        assert replaced != bad
        assert len(replaced) == 32


def test_a_rate_is_kept_per_route_and_says_when_to_return(edge: Edge) -> None:
    answers = [edge.ask("POST", "/api/password/forgot") for _ in range(25)]
    refused = [it for it in answers if it.status_code == 429]
    assert 4 <= len(refused) <= 7
    assert_problem(refused[0], 429, "too-many-requests")
    assert refused[0].headers["retry-after"] == "3"
    assert edge.ask("POST", "/api/password/reset").status_code == 200


def test_a_rate_for_people_is_a_page(edge: Edge) -> None:
    answers = [edge.ask("POST", "/profile/password") for _ in range(35)]
    assert "Wait a few seconds" in answers[-1].text
    assert answers[-1].headers["retry-after"] == "2"


def test_too_large_a_body_is_refused(edge: Edge) -> None:
    assert_problem(edge.ask("POST", "/api/login", content=b"x" * 17_000), 413, "body-too-large")
    page = edge.ask("POST", "/login", content=b"x" * 17_000)
    assert page.status_code == 413
    assert "<h1>Body too large</h1>" in page.text


def test_too_large_a_header_is_refused(edge: Edge) -> None:
    assert edge.ask("GET", "/api/me", headers={"Cookie": "x" * 9000}).status_code == 431


def test_a_service_that_is_down_is_said(alone: Edge) -> None:
    refused = alone.ask("POST", "/api/login", json={})
    assert_problem(refused, 502, "service-unreachable")
    assert refused.headers["retry-after"] == "5"
    page = alone.ask("POST", "/login")
    assert page.status_code == 502
    assert "nothing is lost" in page.text


def test_a_service_that_does_not_answer_is_given_up(alone: Edge) -> None:
    assert_problem(alone.ask("GET", "/api/invites/abc", timeout=10), 504, "service-too-slow")


def test_no_log_holds_a_token(edge: Edge, alone: Edge) -> None:
    for one in (edge, alone):
        one.ask("GET", "/register?token=s3cr3t-query")
        one.ask("GET", "/nowhere?token=s3cr3t-query", headers={"Referer": "http://x/register?token=s3cr3t-query"})
        one.ask("GET", "/api/invites/s3cr3t-path/nowhere")
        one.ask("GET", "/api/%69nvites/s3cr3t-path", timeout=10)
        one.ask("POST", "/api/invites/s3cr3t-path/accept", timeout=10)
        time.sleep(0.1)
        text = one.log.read_text() + one.errors.read_text() + (one.log.parent / "start.log").read_text()
        assert "s3cr3t" not in text
        lines = [json.loads(line) for line in one.log.read_text().splitlines()]
        assert {"route", "path", "status", "request_id", "seconds", "upstream_status"} <= lines[-1].keys()
        assert lines[-1]["route"] == "/api/invites/{token}/accept"


def test_static_files_may_be_kept_forever_and_are_compressed(edge: Edge, tmp_path: Path) -> None:
    url = build(tmp_path).url("htmx.js")
    answer = edge.ask("GET", url)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert edge.ask("GET", url, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    assert edge.ask("GET", "/static/").status_code in {403, 404}
    assert edge.ask("GET", "/static/none.css").headers["cache-control"] == "no-store"


def test_answers_carry_the_safe_headers_once(edge: Edge) -> None:
    answer = edge.ask("GET", "/login")
    for name in ("x-content-type-options", "referrer-policy", "x-frame-options", "x-request-id"):
        assert len(answer.headers.get_list(name)) == 1
    assert answer.headers.get_list("content-security-policy") == ["default-src 'self'"]
    assert "1.2" not in answer.headers.get("server", "")
    assert answer.headers["content-encoding"] == "gzip"


def test_connections_to_services_are_kept(edge: Edge) -> None:
    before = edge.services["identity"].connections
    for _ in range(20):
        edge.ask("GET", "/api/me")
    assert edge.services["identity"].connections - before <= 2
