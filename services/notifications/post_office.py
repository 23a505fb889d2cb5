"""A mail server, spoken to so that the moment is known at which it becomes responsible for a mail.

RFC 5321 section 4.1.1.4: that is when it answers the end of the content, a line with a dot. All before can be repeated
in safety; a dot without an answer cannot (section 6.1, and RFC 1047 on the mails that are doubled so).
"""

import re
import select
import smtplib
import socket
import ssl
import time
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

RESPONSIBLE = 250
_ADDRESS = re.compile(r"[^\s<>\"',;:]+@[^\s<>\"',;:]+")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_FULL = 552
"""RFC 5321 section 4.5.3.1.10: as an answer to RCPT this is temporary."""
_CLOSING = 421
LONGEST = 300
IDLE_SECONDS = 5.0
"""A connection that was quiet for longer is asked whether it still is one: servers hang up on those who say nothing."""


class MailError(Exception):
    """Something was not as it should be; the text is what the server said, without addresses.

    MailError
    ├── ServerDown   the server takes no mail at present, whoever it is for; nothing was sent
    ├── Deferred     this mail was not taken, and may be later
    ├── Rejected     this mail is never taken: `reason` is `address` or `content`
    └── Unanswered   the end was sent and nothing was heard: it may have been taken
    """


class ServerDown(MailError):
    """The server takes no mail at present, whoever it is for."""


class Deferred(MailError):
    """The server has not taken this mail, and may later."""


class Unanswered(MailError):
    """The server may have taken this mail."""


class Rejected(MailError):
    """The server never takes this mail."""

    def __init__(self, reason: str, said: str) -> None:
        super().__init__(said)
        self.reason = reason


class PostOffice:
    """One connection to a mail server: opened when it is needed, used again, thrown away after any doubt."""

    def __init__(self, url: str, timeout: float) -> None:
        parts = urlsplit(url)
        self._scheme, self._host = parts.scheme, parts.hostname or ""
        self._port = parts.port or {"smtps": 465, "smtp+starttls": 587}.get(parts.scheme, 25)
        self._login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        self._timeout = timeout
        self._server: smtplib.SMTP | None = None
        self._used_at = 0.0

    def begin(self, mail: EmailMessage) -> None:
        """Send all of a mail but its end: it is still ours. Raises `ServerDown`, `Deferred` or `Rejected`.

        Addresses are those of the headers From and To.
        """
        server = self._connected()
        sender, recipient = (mail[name].addresses[0].addr_spec for name in ("From", "To"))
        try:
            self._envelope(server, sender, recipient)
            server.send(_dotted(mail.as_bytes()))
            self._look(server)
        except (smtplib.SMTPException, OSError) as lost:
            self.close()
            raise Deferred(_said(lost)) from lost
        except MailError:
            self._start_over(server)
            raise

    def finish(self) -> None:
        """Send the end of what was begun. Raises `Deferred` or `Rejected` if it was not taken, or `Unanswered`."""
        server = self._server
        if server is None:
            raise Unanswered("no connection")
        try:
            server.send(b".\r\n")
            code, text = server.getreply()
        except (smtplib.SMTPException, OSError) as silent:
            self.close()
            raise Unanswered(_said(silent)) from silent
        if code == RESPONSIBLE:
            return
        if code == _CLOSING:
            self.close()
        if 500 <= code < 600:
            raise Rejected("content", _told(code, text))
        raise Deferred(_told(code, text))

    def close(self) -> None:
        """Throw the connection away; a mail that was begun on it and not finished is not sent."""
        if self._server:
            self._server.close()
        self._server = None

    def leave(self) -> None:
        """End in order."""
        if self._server:
            try:
                self._server.quit()
            except (smtplib.SMTPException, OSError):
                self.close()
        self._server = None

    def _connected(self) -> smtplib.SMTP:
        """The connection that there is, if the server still answers on it after a while, or a new one."""
        if self._server is not None and time.monotonic() - self._used_at > IDLE_SECONDS:
            self._start_over(self._server)
        self._used_at = time.monotonic()
        if self._server is None:
            try:
                self._server = self._connect()
            except (smtplib.SMTPException, OSError) as down:
                raise ServerDown(_said(down)) from down
        return self._server

    def _connect(self) -> smtplib.SMTP:
        if self._scheme == "smtps":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=self._timeout, context=context)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=self._timeout)
        try:
            _write_at_once(server)
            server.ehlo_or_helo_if_needed()
            if self._scheme == "smtp+starttls":
                server.starttls(context=ssl.create_default_context())
                server.ehlo_or_helo_if_needed()
            if self._login:
                server.login(*self._login)
        except BaseException:
            server.close()
            raise
        return server

    def _envelope(self, server: smtplib.SMTP, sender: str, recipient: str) -> None:
        options = [] if recipient.isascii() else ["SMTPUTF8", "BODY=8BITMIME"]
        if options and not server.has_extn("smtputf8"):
            raise Rejected("address", "the mail server knows no addresses with letters like these")
        code, text = server.mail(sender, options)
        if code != RESPONSIBLE:
            raise _sender_refused(code, _told(code, text))
        code, text = server.rcpt(recipient)
        if code not in {RESPONSIBLE, 251}:
            raise _recipient_refused(code, _told(code, text))
        server.putcmd("data")
        code, text = server.getreply()
        if code != 354:
            raise _content_refused(code, _told(code, text))

    @staticmethod
    def _look(server: smtplib.SMTP) -> None:
        """Before the end is sent, notice a server that has hung up or speaks out of turn: it has taken nothing."""
        sock = server.sock
        if sock is not None and not isinstance(sock, ssl.SSLSocket) and select.select([sock], [], [], 0)[0]:
            raise smtplib.SMTPServerDisconnected("hung up before the end")

    def _start_over(self, server: smtplib.SMTP) -> None:
        try:
            server.rset()
        except (smtplib.SMTPException, OSError):
            self.close()


def _write_at_once(server: smtplib.SMTP) -> None:
    """The final dot is a small write after a large one: Nagle's algorithm would hold it back for 40 ms, each time."""
    if server.sock is not None:
        server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _sender_refused(code: int, said: str) -> MailError:
    """That we may not send is no fault of the mail's: all others would end so too."""
    return Deferred(said) if 400 <= code < 500 and code != _CLOSING else ServerDown(said)


def _recipient_refused(code: int, said: str) -> MailError:
    return Rejected("address", said) if 500 <= code < 600 and code != _FULL else Deferred(said)


def _content_refused(code: int, said: str) -> MailError:
    return Rejected("content", said) if 500 <= code < 600 else Deferred(said)


def _dotted(content: bytes) -> bytes:
    """The content with its lines ended and its dots doubled, as RFC 5321 section 4.5.2 asks for."""
    lines = _LINE_END.split(content.rstrip(b"\r\n"))
    return b"".join((b"." + line if line.startswith(b".") else line) + b"\r\n" for line in lines)


def _told(code: int, text: bytes) -> str:
    return clean(f"{code} {text.decode('utf-8', 'replace')}")


def _said(error: BaseException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        told = error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode()
        return _told(error.smtp_code, told)
    return clean(f"{type(error).__name__}: {error}")


def clean(said: str) -> str:
    """What a server said, on one line and without addresses, to be kept and logged."""
    return " ".join(_ADDRESS.sub("[address]", said).split()).replace("\0", "")[:LONGEST]
