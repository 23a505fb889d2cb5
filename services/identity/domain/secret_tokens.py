"""Secrets that are handed out once and kept only as their SHA-256."""

from __future__ import annotations

import hashlib
import secrets


def new() -> str:
    """Make a token of 256 random bits, safe in a URL."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """What is stored of a token; random tokens need no salt and no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
