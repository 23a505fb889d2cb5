"""Identity checks access tokens with its own table of keys, not over HTTP."""

from __future__ import annotations

import time
from collections.abc import Mapping

from joserfc.jwk import OKPKey

from services.identity.domain import signing_keys
from shared.kit.database import Database
from shared.kit.keys import usable_keys


class OwnKeys:
    """The keys that are served, read again when one is unknown or after `max_age` seconds."""

    def __init__(self, database: Database, max_age: float = 10) -> None:
        self._database, self._max_age = database, max_age
        self._keys: Mapping[str, OKPKey] = {}
        self._read_at = -float("inf")

    def find(self, key_id: str) -> OKPKey | None:
        """Return the key, or None if there is no such one."""
        if key_id not in self._keys or time.monotonic() - self._read_at > self._max_age:
            self._read()
        return self._keys.get(key_id)

    def _read(self) -> None:
        with self._database.transaction() as session:
            self._keys = usable_keys({"keys": signing_keys.served(session)})
        self._read_at = time.monotonic()
