"""Short-lived links: an address that lets in whoever has it until a moment, and that nobody else can make."""

import hashlib
import hmac
from datetime import datetime
from urllib.parse import urlencode

from shared.kit.errors import Forbidden


class LinkInvalid(Forbidden):
    """This link was not given by us."""


class LinkExpired(Forbidden):
    """This link has expired; ask for a new one."""


class Links:
    """Signs addresses with a key that SECRET_KEY gives for one purpose."""

    def __init__(self, secret: str, purpose: str) -> None:
        self._key = hmac.new(secret.encode(), f"links {purpose}".encode(), hashlib.sha256).digest()

    def query(self, name: str, expires_at: datetime) -> str:
        """The query string that opens `name` until then."""
        seconds = int(expires_at.timestamp())
        return urlencode({"expires": seconds, "signature": self._signature(name, seconds)})

    def check(self, name: str, expires: int, signature: str, now: datetime) -> None:
        """Let in whom `query` was given for. Raises `LinkInvalid`, or `LinkExpired` for one that was sound once."""
        if not hmac.compare_digest(self._signature(name, expires).encode(), signature.encode()):
            raise LinkInvalid
        if expires <= now.timestamp():
            raise LinkExpired

    def _signature(self, name: str, expires: int) -> str:
        return hmac.new(self._key, f"{name}\n{expires}".encode(), hashlib.sha256).hexdigest()
