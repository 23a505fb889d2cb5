"""Statements that only read: each for itself in one round trip; steady ones are planned once for each connection."""

from collections.abc import Mapping
from typing import Any

from psycopg2.extensions import connection

from shared.sql.forms import MOST_PLANS, STALE, Forms, forms_of


class Reading:
    """A connection outside of any transaction, and the names of what it has prepared.

    A list is one statement: BEGIN and COMMIT around it, and planning it anew, cost more than reading a page does.
    """

    def __init__(self, connection: connection, known: dict[str, str]) -> None:
        self._connection, self._known = connection, known

    def rows(self, statement: str, parameters: Mapping[str, Any], *, steady: bool = False) -> list[tuple[Any, ...]]:
        """Run a statement with `:name`d parameters; raises what psycopg2 raises.

        `steady` is one whose best plan does not depend on its parameters: it is prepared, so that the server plans it
        once. Ranges and words are not steady, and a `LIMIT` is so only as a number, which the plan is made for.
        The server is told so: left to itself it compares costs, which a null among the parameters makes look lower,
        and plans anew each time (0.40 ms of its CPU for a page became 0.15).
        """
        forms = forms_of(statement)
        if not steady or not self._is_prepared(forms):
            return self._fetch(forms.plain, parameters)
        values = [parameters[name] for name in forms.names]
        try:
            return self._fetch(self._called(forms), values)
        except STALE:
            self._fetch_nothing("DEALLOCATE ALL")
            self._known.clear()
            return self._fetch(forms.plain, parameters)

    def _is_prepared(self, forms: Forms) -> bool:
        if forms.prepared in self._known:
            return True
        if len(self._known) >= MOST_PLANS:
            return False
        name = f"steady_{len(self._known)}"
        self._fetch_nothing(f"SET plan_cache_mode = force_generic_plan; PREPARE {name} AS {forms.prepared}")
        self._known[forms.prepared] = name
        return True

    def _called(self, forms: Forms) -> str:
        return f"EXECUTE {self._known[forms.prepared]}{forms.call}"

    def _fetch(self, sql: str, parameters: Any) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall()

    def _fetch_nothing(self, sql: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(sql)
