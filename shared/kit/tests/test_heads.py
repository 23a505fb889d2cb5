"""The quick reading of plain requests gives what gunicorn's parser gives, or leaves the request to it."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from gunicorn.config import Config  # type: ignore[import-untyped]
from gunicorn.http.errors import ConfigurationProblem, NoMoreData, ParseException  # type: ignore[import-untyped]
from gunicorn.http.parser import RequestParser  # type: ignore[import-untyped]
from gunicorn.http.wsgi import create  # type: ignore[import-untyped]
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.kit.heads import environ_of
from shared.kit.worker import CONSTANT, believed_schemes

CLIENT, SERVER = ("127.0.0.1", 50_000), ("127.0.0.1", 8000)
SETTINGS = Config()


def by_gunicorn(head: bytes) -> tuple[dict[str, Any], Any] | None:
    here, there = socket.socketpair()
    with here, there:
        there.sendall(head)
        there.shutdown(socket.SHUT_WR)
        try:
            request = next(RequestParser(SETTINGS, here, CLIENT))
            return create(request, here, CLIENT, SERVER, SETTINGS)[1], request
        except (ParseException, NoMoreData, ConfigurationProblem, StopIteration):
            return None


FIRST, REQUEST = by_gunicorn(b"GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n") or ({}, None)
KNOWN = {name: FIRST[name] for name in CONSTANT if name in FIRST}
SCHEMES = believed_schemes(REQUEST)

targets = st.builds(
    "{}{}".format,
    st.sampled_from(["/", "/products", "/a%20b", "/%C3%A9", "//x", "/a;b", "*", "/a#b", "/a b", "http://x/", "/\x7f"]),
    st.sampled_from(["", "?", "?q=a%20b&x=1", "?q=\xe9", "?a?b", "?#"]) | st.text(max_size=5),
)
names = st.sampled_from([
    *("Host", "Accept", "X-Request-Id", "X-Forwarded-Proto", "X-Forwarded-Ssl", "Connection", "Content-Length", "X_Y"),
    *("Transfer-Encoding", "Expect", "Cookie", "host", "Upgrade", "Script_Name", "", "X y", "Content-Type", "X'"),
])  # fmt: skip
values = st.sampled_from(["", "a", " a ", "\ta b", "https", "http", "close", "0", "5", "100-continue", "\xe9", "a\0"])
ends = st.sampled_from(["\r\n"] * 6 + ["\n", "\r\n ", "\r"])
heads = st.builds(
    lambda method, target, version, lines, end: (
        f"{method} {target} {version}\r\n{''.join(f'{name}:{value}{ending}' for name, value, ending in lines)}{end}"
    ),
    st.sampled_from(["GET", "HEAD", "POST", "get", "OPTIONS"]),
    targets,
    st.sampled_from(["HTTP/1.1"] * 4 + ["HTTP/1.0", "HTTP/2.0", "http/1.1"]),
    st.lists(st.tuples(names, values, ends), max_size=5),
    st.sampled_from(["\r\n"] * 4 + ["", "\n", "\r\nGET / HTTP/1.1\r\n\r\n"]),
)


@settings(max_examples=400, deadline=None)
@given(heads.map(lambda text: text.encode("latin-1", "replace")))
@example(b"GET /products?limit=20 HTTP/1.1\r\nHost: x\r\nX-Forwarded-Proto: https\r\n\r\n")
@example(b"GET /%C3%A9?a#b HTTP/1.1\r\nHost: x\r\n\r\n")
def test_a_plain_request_is_read_as_gunicorn_reads_it(head: bytes) -> None:
    quick, slow = environ_of(head, KNOWN, SCHEMES), by_gunicorn(head)
    if quick is None:
        return
    assert slow is not None, "gunicorn refuses it"
    environ, request = slow
    assert not request.should_close()
    assert quick.pop("wsgi.input").read() == environ.pop("wsgi.input").read() == b""
    told = {name: value for name, value in environ.items() if name not in OWN}
    assert {name: value for name, value in quick.items() if name not in OWN} == told


OWN = {"gunicorn.socket", "wsgi.errors", "wsgi.early_hints"}
"""What belongs to one connection or one answer."""


@pytest.mark.parametrize(
    "line",
    [b"Connection: close", b"Content-Length: 2", b"Transfer-Encoding: chunked", b"Expect: 100-continue", b"X_Y: 1"],
)
def test_what_changes_how_a_connection_is_read_is_left_to_gunicorn(line: bytes) -> None:
    assert environ_of(b"GET / HTTP/1.1\r\nHost: x\r\n" + line + b"\r\n\r\n", KNOWN, SCHEMES) is None
    assert environ_of(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", KNOWN, SCHEMES) is not None


def test_a_head_that_is_too_long_is_left_to_gunicorn() -> None:
    assert environ_of(b"GET /?" + b"x" * 8190 + b" HTTP/1.1\r\nHost: x\r\n\r\n", KNOWN, SCHEMES) is None
    many = b"".join(b"X-%d: 1\r\n" % number for number in range(101))
    assert environ_of(b"GET / HTTP/1.1\r\n" + many + b"\r\n", KNOWN, SCHEMES) is None
