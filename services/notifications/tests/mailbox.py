"""A real mail server that keeps what it is sent, and can be told to refuse, to hang up, and to forget to answer."""

import asyncio
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

TAKEN = "250 OK"
HANG_UP = "hang up"
Say = Callable[[Envelope], str]


class Mailbox:
    """What has come, and how the server behaves at each step: an answer, or `HANG_UP`.

    `silent` says of a mail that was taken whether its answer is never sent.
    """

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.at_sender: Say = lambda _: TAKEN
        self.at_recipient: Say = lambda _: TAKEN
        self.at_data: Say = lambda _: TAKEN
        self.at_end: Say = lambda _: TAKEN
        self.silent: Callable[[Envelope], bool] = lambda _: False
        self.connections = 0
        self.envelopes: list[Envelope] = []
        self._lock = threading.Lock()

    @property
    def counts(self) -> Counter[str]:
        """How often each mail was taken, by its Message-ID."""
        with self._lock:
            return Counter(str(mail["Message-ID"]) for mail in self.mails)

    async def handle_MAIL(self, server: SMTP, _: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        said = self._said(server, self.at_sender, envelope)
        if said == TAKEN:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return said

    async def handle_RCPT(self, server: SMTP, _: Session, envelope: Envelope, address: str, __: list[str]) -> str:  # noqa: N802
        envelope.rcpt_tos.append(address)
        said = self._said(server, self.at_recipient, envelope)
        if said != TAKEN:
            envelope.rcpt_tos.clear()
        return said

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802
        said = self._said(server, self.at_end, envelope)
        if said == TAKEN:
            content = envelope.content if isinstance(envelope.content, bytes) else b""
            with self._lock:
                self.mails.append(message_from_bytes(content, policy=policy.default))
                self.envelopes.append(envelope)
            if self.silent(envelope):
                _cut(server)
        return said

    @staticmethod
    def _said(server: SMTP, say: Say, envelope: Envelope) -> str:
        said = say(envelope)
        if said == HANG_UP:
            _cut(server)
            return "421 gone"
        return said


class _Server(SMTP):
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        said = self.event_handler.at_data(self.envelope)
        if said == HANG_UP:
            _cut(self)
        elif said == TAKEN:
            await super().smtp_DATA(arg)
        else:
            await self.push(said)

    def connection_made(self, transport: Any) -> None:
        self.event_handler.connections += 1
        super().connection_made(transport)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, **self.SMTP_kwargs)


@contextmanager
def serving(box: Mailbox, port: int | None = None, *, unicode: bool = True, **options: Any) -> Iterator[str]:
    """Serve a mailbox until the block ends; its URL. `options` are those of aiosmtpd's server."""
    port = port or free_port()
    controller = _Controller(box, hostname="127.0.0.1", port=port, enable_SMTPUTF8=unicode, **options)
    controller.start()
    box.connections = 0  # the controller has looked whether it answers
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


def free_port() -> int:
    """A port that nobody has right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _cut(server: SMTP) -> None:
    if isinstance(server.transport, asyncio.Transport):
        server.transport.abort()
