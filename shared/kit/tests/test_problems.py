"""Every way to be wrong is answered with a problem document that names it."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from shared.kit.database import Database
from shared.kit.errors import Invalid, NotFound, Refusal, TooManyRequests, problem
from shared.kit.settings import Settings
from shared.kit.tests.conftest import settings_for
from shared.kit.tests.shop import Client, bearer, open_shop


@pytest.fixture(scope="module")
def client(settings: Settings, database: Database) -> Client:
    return open_shop(settings, database).test_client()


def refused(answer: TestResponse, status: int, kind: str, *faulty: str) -> dict[str, Any]:
    """Check that an answer is a problem document of this kind that names these fields; return it."""
    document = answer.get_json(force=True)
    assert (answer.status_code, document["type"], document["status"]) == (status, f"/problems/{kind}", status), document
    assert answer.content_type == "application/problem+json"
    assert document["request_id"] == answer.headers["X-Request-Id"]
    assert document["title"]
    assert document["detail"]
    assert sorted(error["field"] for error in document.get("errors", [])) == sorted(faulty), document
    return dict(document)


def post(client: Client, body: bytes | str, content_type: str | None = "application/json") -> TestResponse:
    return client.post("/things", data=body, content_type=content_type, headers=bearer())


def test_a_refusal_is_named_after_its_class_and_says_what_its_docstring_says() -> None:
    class EmailTaken(Refusal):
        """Somebody has this address."""

    document = problem(EmailTaken(fields={"email": ["Taken."]}), "r1")
    assert document == {
        "type": "/problems/email-taken",
        "title": "Email taken",
        "status": 409,
        "detail": "Somebody has this address.",
        "request_id": "r1",
        "errors": [{"field": "email", "message": "Taken."}],
    }


def test_a_subclass_keeps_the_status_and_may_state_its_own_words() -> None:
    class NoVendor(NotFound):
        type = "vendor-missing"
        title = "There is no vendor"

    assert (NoVendor.status, NoVendor.type, NoVendor.title) == (404, "vendor-missing", "There is no vendor")
    assert TooManyRequests(retry_after=7).headers() == {"Retry-After": "7"}


def test_nested_messages_become_dotted_names() -> None:
    document = problem(Invalid(fields={"items": {0: {"n": ["Bad."]}}, "x": {"_schema": ["Odd."]}}), "r")  # type: ignore[dict-item]
    assert document["errors"] == [{"field": "items.0.n", "message": "Bad."}, {"field": "x", "message": "Odd."}]


@pytest.mark.parametrize("body", ["{", "", "nul", "[1,]", '{"a": NaN}', "\ufeff{}", "[" * 100_000, b"\xff\xfe{}"])
def test_bad_json(client: Client, body: bytes | str) -> None:
    answer = post(client, body)
    kind, status = ("body-too-large", 413) if len(body) > 65536 else ("bad-json", 400)
    refused(answer, status, kind)


def test_deeply_nested_json(client: Client) -> None:
    refused(post(client, "[" * 30_000 + "]" * 30_000), 400, "bad-json")


@pytest.mark.parametrize("body", ["[]", '"text"', "3", "null"])
def test_json_that_is_no_object(client: Client, body: str) -> None:
    refused(post(client, body), 422, "invalid", "body")


def test_missing_unknown_and_wrong_fields_are_all_named(client: Client) -> None:
    refused(post(client, '{"nme": "x", "size": {"width": 0, "depth": 1}}'), 422, "invalid", "name", "nme",
            "size.depth", "size.width")  # fmt: skip


@pytest.mark.parametrize(
    ("body", "faulty"),
    [
        (r'{"name": "a\u0000b"}', "name"),
        (r'{"name": "\ud800"}', "name"),
        (r'{"name": "a", "tags": ["ok", "\udc00x"]}', "tags.1"),
        (r'{"name": "a", "size": {"w\u0000": 1}}', r"size.w\u0000"),
        (r'{"\ud800": 1}', r"\ud800"),
    ],
)
def test_text_that_no_database_can_store_is_refused_by_name(client: Client, body: str, faulty: str) -> None:
    refused(post(client, body), 422, "invalid", faulty)


def test_nul_in_query_and_path(client: Client) -> None:
    refused(client.get("/wishes?word=%00"), 422, "invalid", "word")
    refused(client.get("/things/a%00"), 422, "invalid", "token")


def test_unknown_and_wrong_query_parameters(client: Client) -> None:
    refused(client.get("/wishes?limit=x&wrod=1"), 422, "invalid", "limit", "wrod")


def test_a_body_of_another_kind(client: Client) -> None:
    document = refused(post(client, "name=x", "application/x-www-form-urlencoded"), 415, "not-json")
    assert "application/json" in document["detail"]
    refused(post(client, '{"name": "x"}', None), 415, "not-json")


@pytest.mark.parametrize("chunked", [True, False])
def test_a_huge_body(client: Client, chunked: bool) -> None:
    body = b'{"name": "' + b"x" * 70_000 + b'"}'
    options: dict[str, Any] = {"headers": bearer(), "content_type": "application/json"}
    if chunked:
        import io

        options |= {"input_stream": io.BytesIO(body), "environ_overrides": {"wsgi.input_terminated": True}}
    else:
        options["data"] = body
    refused(client.post("/things", **options), 413, "body-too-large")


def test_no_such_path_and_no_such_method(client: Client) -> None:
    assert refused(client.get("/nothing"), 404, "not-found")["detail"] == "There is no such thing here."
    refused(client.delete("/parts/not-a-uuid"), 404, "not-found")
    answer = client.put("/things")
    refused(answer, 405, "method-not-allowed")
    assert set(answer.allow) == {"OPTIONS", "POST"}


def test_head_and_options(client: Client) -> None:
    assert client.head("/wishes").status_code == 200
    answer = client.options("/things")
    assert (answer.status_code, set(answer.allow)) == (200, {"OPTIONS", "POST"})


def test_a_refusal_of_the_domain(client: Client) -> None:
    refused(post(client, '{"name": "taken"}'), 409, "name-taken", "name")


def test_a_fault_gives_nothing_away(client: Client) -> None:
    document = refused(client.get("/fault"), 500, "internal-error")
    assert "hunter2" not in str(document)


@pytest.mark.parametrize(
    ("statement", "status", "kind"),
    [
        ("SET LOCAL statement_timeout = 20; SELECT pg_sleep(2)", 503, "unavailable"),
        ("SELECT pg_terminate_backend(pg_backend_pid())", 503, "unavailable"),
        ("DO $$ BEGIN RAISE EXCEPTION USING errcode = '40001'; END $$", 503, "unavailable"),
        ("DO $$ BEGIN RAISE EXCEPTION USING errcode = '40P01'; END $$", 503, "unavailable"),
        ("DO $$ BEGIN RAISE EXCEPTION USING errcode = '55P03'; END $$", 503, "unavailable"),
        ("SELECT 3000000000::int", 422, "invalid"),
        ("SELECT * FROM no_such_table", 500, "internal-error"),
    ],
)
def test_the_database_says_no(client: Client, statement: str, status: int, kind: str) -> None:
    answer = client.post("/sql", json={"statement": statement})
    refused(answer, status, kind)
    assert ("Retry-After" in answer.headers) == (status == 503)


def test_the_database_is_down(settings: Settings) -> None:
    nowhere = settings_for()
    down = Database(nowhere.database_url, application_name="kit-tests")
    answer = open_shop(settings, down).test_client().post("/sql", json={"statement": "SELECT 1"})
    refused(answer, 503, "unavailable")
    assert answer.headers["Retry-After"] == "2"


def test_all_connections_busy(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    small = Database(settings.database_url, application_name="kit-tests", pool_size=1)
    monkeypatch.setattr(small.engine.pool, "_timeout", 0.05)
    held = [small.engine.connect() for _ in range(3)]
    answer = open_shop(settings, small).test_client().post("/sql", json={"statement": "SELECT 1"})
    refused(answer, 503, "unavailable")
    for connection in held:
        connection.close()
    small.dispose()
