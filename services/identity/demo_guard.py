"""Production never serves beside the demonstration's people."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy.exc import DBAPIError

from services.identity.domain import demo
from shared.kit.database import Database


class DemoGuard:
    """Looks for the demonstration's accounts once; until that was possible, before every request."""

    def __init__(self, database: Database) -> None:
        self._database, self._passed = database, False

    def at_start(self) -> DemoGuard:
        """Raise `DemoPeopleFound` now, unless the database cannot be asked yet."""
        with suppress(DBAPIError):
            self()
        # The process may fork now, and a connection must not be shared by two.
        self._database.dispose()
        return self

    def __call__(self) -> None:
        """Raise `DemoPeopleFound`, so that nothing is answered, if any of the accounts is there."""
        if not self._passed:
            with self._database.transaction() as session:
                demo.refuse_people(session)
            self._passed = True
