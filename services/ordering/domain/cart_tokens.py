"""Tokens of anonymous carts: the cart's id, signed, so that nobody comes by another's by guessing."""

import hashlib
import hmac
from uuid import UUID


class CartTokens:
    """Gives tokens, and tells those that it gave from others."""

    def __init__(self, secret: str) -> None:
        self._key = hmac.new(secret.encode(), b"ordering carts", hashlib.sha256).digest()

    def give(self, cart_id: UUID) -> str:
        """The token of a cart."""
        return f"{cart_id.hex}.{self._signature(cart_id.hex)}"

    def read(self, token: str) -> UUID | None:
        """The cart that a token was given for; None for any other text."""
        name, _, signature = token.partition(".")
        sound = hmac.compare_digest(self._signature(name).encode(), signature.encode())
        return UUID(name) if sound else None

    def _signature(self, name: str) -> str:
        return hmac.new(self._key, name.encode(), hashlib.sha256).hexdigest()[:32]
