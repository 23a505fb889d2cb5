"""Answers that leave in one piece: gunicorn writes the head by itself, a system call and a packet more."""

import time
from functools import lru_cache
from typing import Any

from gunicorn.http.wsgi import Response  # type: ignore[import-untyped]
from gunicorn.util import http_date  # type: ignore[import-untyped]


class Joined(Response):  # type: ignore[misc]  # gunicorn is untyped
    """An answer whose head goes out with the first piece of its body: one system call, one packet."""

    begun = False
    headers_sent: bool
    _head = b""

    def default_headers(self) -> list[str]:
        """The status and what every answer says."""
        ends = "close" if self.should_close() else "keep-alive"
        major, minor = self.req.version
        head = f"HTTP/{major}.{minor} {self.status}\r\nServer: {self.version}\r\nDate: {_date(int(time.time()))}\r\n"
        return [head, f"Connection: {ends}\r\n", *(("Transfer-Encoding: chunked\r\n",) if self.chunked else ())]

    def send_headers(self) -> None:
        """Prepare the head."""
        if not self.headers_sent:
            lines = (*self.default_headers(), *(f"{name}: {value}\r\n" for name, value in self.headers), "\r\n")
            self._head, self.headers_sent = "".join(lines).encode("latin-1"), True

    def sendfile(self, _file: Any) -> bool:
        """Send no file past the head."""
        return False

    def close(self) -> None:
        """Send what is left: the end of a body in chunks, or a head without a body."""
        if not self.headers_sent:
            self.send_headers()
        self._send(b"0\r\n\r\n" if self.chunked else b"")

    def _emit_body(self, data: bytes) -> None:
        self._send(b"%X\r\n%b\r\n" % (len(data), data) if self.chunked else data)

    def _send(self, data: bytes) -> None:
        whole, self._head, self.begun = self._head + data, b"", True
        if whole:
            self.sock.sendall(whole)


@lru_cache(maxsize=2)
def _date(second: int) -> str:
    """A moment as HTTP writes it; written once for all answers of a second."""
    return str(http_date(second))
