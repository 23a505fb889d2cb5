"""The doorbell: after a commit, a datagram tells the relay that there is work.

It is lossy by design: the relay's poll is the promise, the bell only makes it prompt. `NOTIFY` inside business
transactions would serialise their commits (docs/adr/0003); a datagram after the commit costs ten microseconds.
"""

import socket
from contextlib import suppress


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)


class Doorbell:
    """The button, in the process that writes."""

    def __init__(self, address: str) -> None:
        self._address = _address(address)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def ring(self) -> None:
        """Say that a commit brought work; nobody listening, or a full buffer, is no error."""
        with suppress(OSError):
            self._socket.sendto(b"\x01", self._address)


class Chime:
    """The bell, in the relay's process; without an address it only waits.

    Relays that stand by beside their leader share its address: who leads hangs the bell up, and takes it down at the
    end. While another still has the address, this one only waits.
    """

    def __init__(self, address: str | None) -> None:
        self._wanted = _address(address) if address else ("127.0.0.1", 0)
        self._socket = self._new()

    @property
    def address(self) -> str:
        """Where the bell hangs."""
        return "{}:{}".format(*self._socket.getsockname())

    def hang_up(self) -> None:
        """Answer to the address from now on, if nobody else does."""
        with suppress(OSError):
            self._socket.bind(self._wanted)

    def take_down(self) -> None:
        """Leave the address to the next leader."""
        self._socket.close()
        self._socket = self._new()

    def wait(self, seconds: float) -> bool:
        """Wait until rung or until the time is over; rings that have piled up count as one."""
        self._socket.settimeout(seconds)
        try:
            self._socket.recv(16)
        except TimeoutError:
            return False
        self._socket.setblocking(False)
        with suppress(BlockingIOError):
            while self._socket.recv(16):
                continue
        return True

    def close(self) -> None:
        """Let go of the address for good."""
        self._socket.close()

    @staticmethod
    def _new() -> socket.socket:
        return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
