"""Requests as most are: a GET without a body whose head came at once, taken apart in one look.

Whatever is not as plain as this is left to gunicorn's parser; a test holds the two equal. That one takes a request
apart character by character and asks its settings at each step: it was a sixth of the time of a page of products.
"""

import io
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

LONGEST = 8190
"""Of a head in bytes, as of one line of it for gunicorn."""
MOST_HEADERS = 100
_TOKEN = rb"[!#$%&'*+\-.^`|~0-9A-Za-z]+"
_PLAIN = re.compile(rb"(GET|HEAD) (/(?!/)[!-\"$-~]*) HTTP/1\.1\r\n((?:" + _TOKEN + rb":[\t -~]*\r\n)*)\r\n")
_HEADER = re.compile(rb"([^:\r\n]+):([^\r\n]*)\r\n")
_OTHERWISE = frozenset({
    *("HTTP_CONNECTION", "HTTP_CONTENT_LENGTH", "HTTP_CONTENT_TYPE", "HTTP_TRANSFER_ENCODING", "HTTP_EXPECT"),
    *("HTTP_UPGRADE", "HTTP_TE", "HTTP_TRAILER", "HTTP_HTTP2_SETTINGS"),
})  # fmt: skip
"""Headers that change how the connection is read: not plain."""


class Plain(NamedTuple):
    """What gunicorn's answer asks of a request."""

    method: str
    version: tuple[int, int] = (1, 1)

    def should_close(self) -> bool:
        """Say that the connection stays, as it does in HTTP/1.1 unless told."""
        return False


def environ_of(head: bytes, known: Mapping[str, Any], schemes: Mapping[str, str]) -> dict[str, Any] | None:
    """The WSGI environment of a plain request: `known` of the connection and what the head says; else None.

    `schemes` are the headers by which a believed proxy says that it was asked by HTTPS, and with what value.
    """
    found = _PLAIN.fullmatch(head) if len(head) <= LONGEST else None
    if found is None:
        return None
    method, target, block = found.groups()
    pairs = _HEADER.findall(block)
    headers = {_key(name): value.strip(b" \t").decode("ascii") for name, value in pairs}
    if len(headers) != len(pairs) or len(pairs) > MOST_HEADERS or not _OTHERWISE.isdisjoint(headers):
        return None
    said = [headers[name] == value for name, value in schemes.items() if name in headers]
    if len(said) > 1:
        return None
    path, _, query = target.decode("ascii").partition("?")
    return {
        **known,
        **headers,
        "wsgi.url_scheme": "https" if any(said) else "http",
        "wsgi.input": io.BytesIO(),
        "REQUEST_METHOD": method.decode("ascii"),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "RAW_URI": target.decode("ascii"),
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1") if "%" in path else path,
        "QUERY_STRING": query,
    }


@lru_cache(maxsize=256)
def _key(name: bytes) -> str:
    """The variable of a header; few are ever sent."""
    return "HTTP_" + name.decode("ascii").upper().replace("-", "_")
