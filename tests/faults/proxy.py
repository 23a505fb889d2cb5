"""A TCP proxy that ends connections in the middle of a frame, or keeps them open and passes nothing on."""

from __future__ import annotations

import random
import select
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress

PATIENCE = 0.05
ALL = 10**12
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER with no time left: closing sends a reset, not an orderly end."""


class Connection:
    """One client's connection and its other half. After `budget` bytes it is reset, or silent if `mute`."""

    def __init__(self, client: socket.socket, server: socket.socket, budget: int, *, mute: bool) -> None:
        self._ends, self._left, self._mute = (client, server), budget, mute
        self._over, self._flowing = threading.Event(), threading.Event()
        self._flowing.set()
        for end in self._ends:
            end.setblocking(False)
        for source, target in ((client, server), (server, client)):
            threading.Thread(target=self._pump, args=(source, target), daemon=True).start()

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self._over.is_set()

    def stall(self) -> None:
        """Pass nothing on from now on."""
        self._flowing.clear()

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
                if self._flowing.wait(PATIENCE) and select.select([source], [], [], PATIENCE)[0]:
                    self._pass_on(source.recv(65536), target)
        except (OSError, ValueError):  # select refuses a closed socket as a value
            self.reset()

    def _pass_on(self, data: bytes, target: socket.socket) -> None:
        if not data:
            raise ConnectionResetError
        rest = data[: self._left]
        self._left -= len(rest)
        while rest and not self.over:
            if select.select([], [target], [], PATIENCE)[1]:
                rest = rest[target.send(rest) :]
        if not self._left:
            self._spent()

    def _spent(self) -> None:
        if not self._mute:
            raise ConnectionResetError
        self.stall()


class Proxy:
    """Stands before `port` on a port of its own; `budget` draws how many bytes each new connection may pass."""

    def __init__(self, port: int, *, mute: bool = False) -> None:
        self._target, self._mute = port, mute
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = int(self._listener.getsockname()[1])
        self.connections: list[Connection] = []
        self.budget: Callable[[], int] = lambda: ALL
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_at_random(self, least: int, most: int) -> None:
        """From the next connection on, let each pass some number of bytes only."""
        drawn = random.Random(2)
        self.budget = lambda: drawn.randint(least, most)

    def calm(self) -> None:
        """Let the next connections live."""
        self.budget = lambda: ALL

    def reset(self) -> None:
        """End all connections there are."""
        for connection in list(self.connections):
            connection.reset()

    def stall(self) -> int:
        """Keep those there are open, pass nothing more on, and say how many; new ones are not touched."""
        open_ones = [connection for connection in self.connections if not connection.over]
        for connection in open_ones:
            connection.stall()
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
                self.connections.append(Connection(client, server, self.budget(), mute=self._mute))
