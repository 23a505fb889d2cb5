"""The SMTP side: whatever is sent to anybody is taken and kept."""

from __future__ import annotations

from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.mailbox.store import Store

LARGEST = 5 * 1024 * 1024
"""The largest mail, in bytes; a larger one is refused with 552."""


class Taking:
    """Keeps each mail before it says yes (RFC 5321, 4.2.5: from then on it is ours to lose)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """Keep what was sent."""
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        number = self._store.keep(envelope.mail_from or "", envelope.rcpt_tos, content)
        return f"250 Kept as {number}"


def receiver(store: Store) -> SMTP:
    """The protocol of one connection."""
    return SMTP(Taking(store), data_size_limit=LARGEST, enable_SMTPUTF8=True, hostname="localhost", ident="The mailbox")
