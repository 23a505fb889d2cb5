"""The signed links in mails that switch one kind off for one person, without signing in (RFC 8058)."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from services.notifications.domain.kinds import Channel, Kind
from shared.kit.errors import NotFound

ID_BYTES, SIGNATURE_BYTES = 16, 16


class LinkInvalid(NotFound):
    """This link was not given by us, or has lost a letter on its way."""

    type = "unsubscribe-link-invalid"
    title = "This link is not valid"


@dataclass(frozen=True)
class Subscription:
    """That somebody is told a kind by a channel."""

    person: UUID
    kind: Kind
    channel: Channel


class UnsubscribeLinks:
    """Gives tokens, and tells those that it gave from others. They hold for ever: mails are kept for long."""

    def __init__(self, secret: str, gateway_url: str) -> None:
        self._key = hmac.new(secret.encode(), b"unsubscribe links", hashlib.sha256).digest()
        self._gateway = gateway_url.rstrip("/")

    def token(self, what: Subscription) -> str:
        """What switches this off."""
        said = what.person.bytes + f"{what.channel}:{what.kind}".encode()
        return base64.urlsafe_b64encode(self._signature(said) + said).rstrip(b"=").decode()

    def read(self, token: str) -> Subscription:
        """What a token was given for. Raises `LinkInvalid` for any other text."""
        try:
            raw = base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True)
        except ValueError:
            raise LinkInvalid from None
        signature, said = raw[:SIGNATURE_BYTES], raw[SIGNATURE_BYTES:]
        if not hmac.compare_digest(self._signature(said), signature):
            raise LinkInvalid
        channel, _, kind = said[ID_BYTES:].decode().partition(":")
        return Subscription(UUID(bytes=said[:ID_BYTES]), Kind(kind), Channel(channel))

    def page(self, what: Subscription) -> str:
        """The page that asks whether to switch it off, for people."""
        return f"{self._gateway}/notifications/unsubscribe?{urlencode({'token': self.token(what)})}"

    def one_click(self, what: Subscription) -> str:
        """The address that switches it off when it is posted to, for mail programs."""
        return f"{self._gateway}/api/notifications/unsubscribe?{urlencode({'token': self.token(what)})}"

    def _signature(self, said: bytes) -> bytes:
        return hmac.new(self._key, said, hashlib.sha256).digest()[:SIGNATURE_BYTES]
