"""Encryption at rest: AES-256-GCM under a key that HKDF derives from SECRET_KEY."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class Unreadable(ValueError):
    """This was sealed under another SECRET_KEY, or for another name."""


class Seal:
    """Seals bytes under a name; what is opened under another name or another secret is refused."""

    def __init__(self, secret: str, purpose: str) -> None:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret.encode())
        self._cipher = AESGCM(derived)

    def close(self, content: bytes, name: str) -> bytes:
        """Encrypt `content` so that it opens under `name` only."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, name.encode())

    def open(self, sealed: bytes, name: str) -> bytes:
        """Decrypt what `close` made; `Unreadable` for anything else."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], name.encode())
        except InvalidTag as wrong:
            raise Unreadable(f"{name} was sealed under another SECRET_KEY") from wrong
