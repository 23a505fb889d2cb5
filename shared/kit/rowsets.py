"""Many rows as one parameter: a JSON array that `json_to_recordset` turns into a table inside the statement.

Measured with seven columns and 500 rows: 6 µs a row, where `unnest` over one array per column takes 15 (the arrays'
quoting is what costs).
"""

from collections.abc import Iterable

import orjson


def rowset(rows: Iterable[object]) -> dict[str, str]:
    """Give the parameter `:rows` of a statement, of mappings or dataclasses; ids and times travel exactly."""
    return {"rows": orjson.dumps(list(rows)).decode()}


def array(ids: Iterable[object]) -> str:
    """Give ids as one parameter that is `CAST` to an array; their text needs no quotes."""
    return "{" + ",".join(map(str, ids)) + "}"
