"""A TCP proxy that ends connections in the middle of a frame, or keeps them open and passes nothing on."""

from __future__ import annotations

import random
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress

PATIENCE = 0.05
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER with no time left: closing sends a reset, not an orderly end."""


class Connection:
    """One client's connection and its other half; `budget` bytes may pass before it is reset."""

    def __init__(self, client: socket.socket, server: socket.socket, budget: float) -> None:
        self._ends, self._left = (client, server), budget
        self._over = threading.Event()
        self.flowing = threading.Event()
        self.flowing.set()
        for source, target in ((client, server), (server, client)):
            source.settimeout(PATIENCE)
            threading.Thread(target=self._pump, args=(source, target), daemon=True).start()

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self._over.is_set()

    def reset(self) -> None:
        """End it without a word."""
        self._over.set()
        for end in self._ends:
            with suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                end.close()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while not self.over:
                self._pass_on(source, target)
        except OSError:
            self.reset()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        if not self.flowing.wait(PATIENCE):
            return
        with suppress(TimeoutError):
            data = source.recv(65536)
            if not data:
                raise ConnectionResetError
            target.settimeout(None)
            target.sendall(data[: max(0, int(min(self._left, len(data))))])
            target.settimeout(PATIENCE)
            self._left -= len(data)
            if self._left <= 0:
                raise ConnectionResetError


class Proxy:
    """Stands before `port` on a port of its own; `cut_after` draws how many bytes each new connection may pass."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.connections: list[Connection] = []
        self.cut_after: Callable[[], float] = lambda: float("inf")
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_at_random(self, least: int, most: int) -> None:
        """From the next connection on, cut each after some number of bytes."""
        drawn = random.Random(2)
        self.cut_after = lambda: drawn.randint(least, most)

    def calm(self) -> None:
        """Let the next connections live."""
        self.cut_after = lambda: float("inf")

    def reset(self) -> None:
        """End all connections there are."""
        for connection in list(self.connections):
            connection.reset()

    def stall(self) -> int:
        """Keep those there are open, pass nothing more on, and say how many; new ones are not touched."""
        open_ones = [connection for connection in self.connections if not connection.over]
        for connection in open_ones:
            connection.flowing.clear()
        return len(open_ones)

    @property
    def cuts(self) -> int:
        """How many connections have ended."""
        return sum(connection.over for connection in self.connections)

    def close(self) -> None:
        """End everything."""
        self._listener.close()
        self.reset()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self._target), 5)
                except OSError:
                    client.close()
                    continue
                self.connections.append(Connection(client, server, self.cut_after()))
