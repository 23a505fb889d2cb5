"""The public keys that tokens are checked with: given, or fetched from identity's JWKS and kept."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

import httpx
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from shared.kit.errors import Unavailable

_log = structlog.get_logger(__name__)


class KeySource(Protocol):
    """Finds a verification key by its id."""

    def find(self, key_id: str) -> OKPKey | None:
        """Return the key, or None if there is no such one. Raises `Unavailable` if that cannot be known."""


class GivenKeys:
    """Keys at hand: identity's own, or a test's. `load` is called at each look-up and should be cheap."""

    def __init__(self, load: Callable[[], Iterable[OKPKey]]) -> None:
        self._load = load

    def find(self, key_id: str) -> OKPKey | None:
        """Return the key, or None if there is no such one."""
        return next((key for key in self._load() if key.kid == key_id), None)


def fetch_jwks(url: str) -> Mapping[str, Any]:
    """Get a JSON Web Key Set (RFC 7517) within two seconds."""
    answer = httpx.get(url, timeout=2, headers={"Accept": "application/json"})
    answer.raise_for_status()
    return dict(answer.json())


class RemoteKeys:
    """Keys from a JWKS address, cached: known keys keep working while the address does not answer.

    An unknown key id makes one fetch at most every `pause` seconds, whoever asks; keys older than `max_age` are
    fetched again by one caller while the others go on with what is cached, so a withdrawn key ends within that time.
    """

    def __init__(
        self,
        url: str,
        *,
        fetch: Callable[[str], Mapping[str, Any]] = fetch_jwks,
        pause: float = 3,
        max_age: float = 300,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url, self._fetch, self._pause, self._max_age, self._clock = url, fetch, pause, max_age, clock
        self._keys: dict[str, OKPKey] | None = None
        self._fetched_at = self._tried_at = -float("inf")
        self._fetching = threading.Lock()

    def find(self, key_id: str) -> OKPKey | None:
        """Return the key, or None if there is no such one. Raises `Unavailable` if no keys were ever fetched."""
        known = self._keys is not None and key_id in self._keys
        if not known or self._clock() - self._fetched_at > self._max_age:
            self._refresh(wait=not known)
        if self._keys is None:
            raise Unavailable("The keys that tokens are checked with cannot be fetched yet.")
        return self._keys.get(key_id)

    def _refresh(self, *, wait: bool) -> None:
        if not self._fetching.acquire(blocking=wait):
            return
        try:
            if self._clock() - self._tried_at >= self._pause:
                self._tried_at = self._clock()
                self._keys = usable_keys(self._fetch(self._url))
                self._fetched_at = self._clock()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, TypeError, KeyError, AttributeError) as error:
            _log.warning("jwks_unreachable", url=self._url, error=str(error), cached=len(self._keys or {}))
        finally:
            self._fetching.release()


def usable_keys(jwks: Mapping[str, Any]) -> dict[str, OKPKey]:
    """Take the Ed25519 keys with an id out of a key set; others may be there for other software.

    Raises `ValueError` if there is none: that is a broken answer, not a decision to believe nobody.
    """
    keys = {}
    for document in jwks["keys"]:
        if document.get("kty") == "OKP" and document.get("crv") == "Ed25519" and document.get("kid"):
            try:
                keys[document["kid"]] = OKPKey.import_key({k: document[k] for k in ("kty", "crv", "x", "kid")})
            except (JoseError, ValueError, KeyError) as error:
                _log.warning("jwks_key_unusable", kid=str(document["kid"]), error=str(error))
    if not keys:
        raise ValueError("a key set without any usable key")
    return keys
