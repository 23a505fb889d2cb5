"""A client for many: keep-alive connections of one process, each asking again as soon as it is answered.

Reads `{"port", "paths", "clients", "seconds", "seed"}` as JSON from standard input and prints what it met as JSON:
`{"milliseconds": [of every answer], "seconds", "bytes", "cpu": its own CPU seconds, "refused": {status: count}}`.
It speaks as much HTTP as this needs, at about 0.1 ms a request, so that not the client is what is measured.
"""

from __future__ import annotations

import json
import random
import select
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from typing import Any

_PIECE = 262_144


class Connection:
    """One client: its socket, what has arrived of the present answer, and when it was asked for."""

    __slots__ = ("asked_at", "ends", "port", "received", "socket", "wanted")

    def __init__(self, port: int) -> None:
        self.port = port
        self.open()

    def open(self) -> None:
        """Connect, as at first: nginx ends a connection after so many requests, and says so in the last answer."""
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received, self.wanted, self.asked_at, self.ends = b"", 0, 0.0, False

    def ask(self, message: bytes) -> None:
        """Send the next request."""
        self.received, self.wanted = b"", 0
        self.asked_at = time.perf_counter()
        self.socket.sendall(message)

    def answered(self) -> bool:
        """Take what has arrived; whether the answer is whole. Raises `ConnectionError` if it will never be."""
        piece = self.socket.recv(_PIECE)
        if not piece:
            raise ConnectionError("the server hung up")
        self.received += piece
        if not self.wanted and (end := self.received.find(b"\r\n\r\n")) >= 0:
            self.wanted = end + 4 + _length(self.received[:end])
            self.ends = b"\r\nConnection: close" in self.received[:end]
        return 0 < self.wanted <= len(self.received)

    @property
    def status(self) -> int:
        return int(self.received[9:12])


def drive(port: int, paths: list[str], clients: int, seconds: float, seed: int) -> dict[str, Any]:
    """Ask for the paths in a random order of this seed, over and over, for so many seconds."""
    messages, refused = _messages(paths, seed), Counter[int]()
    connections = [Connection(port) for _ in range(clients)]
    by_number = {each.socket.fileno(): each for each in connections}
    poll = select.epoll()
    for number in by_number:
        poll.register(number, select.EPOLLIN)
    milliseconds: list[float] = []
    size, began, cpu = 0, time.perf_counter(), time.process_time()
    for each in connections:
        each.ask(next(messages))
    while (now := time.perf_counter()) - began < seconds:
        for number, _ in poll.poll(1):
            connection = by_number[number]
            if connection.answered():
                milliseconds.append((time.perf_counter() - connection.asked_at) * 1000)
                size += connection.wanted
                if connection.status != 200:
                    refused[connection.status] += 1
                if connection.ends:
                    by_number.pop(number).socket.close()
                    connection.open()
                    by_number[connection.socket.fileno()] = connection
                    poll.register(connection.socket.fileno(), select.EPOLLIN)
                connection.ask(next(messages))
    for each in connections:
        each.socket.close()
    spent = time.process_time() - cpu
    return {"milliseconds": milliseconds, "seconds": now - began, "bytes": size, "cpu": spent, "refused": refused}


def _messages(paths: list[str], seed: int) -> Iterator[bytes]:
    mixed = random.Random(seed).sample(paths, len(paths))
    return cycle(
        f"GET {path} HTTP/1.1\r\nHost: shop.example\r\nAccept: application/json\r\n\r\n".encode() for path in mixed
    )


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line[:15].lower() == b"content-length:":
            return int(line[15:])
    raise ConnectionError(f"an answer of no stated length: {head!r}")


if __name__ == "__main__":
    json.dump(drive(**json.load(sys.stdin)), sys.stdout)
