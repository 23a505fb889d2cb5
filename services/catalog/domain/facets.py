"""How many products each further choice would show: by category, vendor, price and stock, in one statement.

Each count obeys the rule of who sees what, and every choice but its own: whoever has chosen a vendor is told what the
other vendors have.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.catalog.domain.visibility import BUYABLE, LISTED, VISIBLE
from services.catalog.domain.wanting import SPOKEN, Wanted, conditions, parameters

CHOICES = ("category", "vendor", "price", "in_stock")
_OF = {"currency": "price", "price_min": "price", "price_max": "price"}
MOST = 100
"""Of how many vendors and categories a count is told, the largest first."""


def counts(session: Session, viewer: UUID | None, wanted: Wanted) -> dict[str, Any]:
    """The counts beside a page of what a customer looks for."""
    spoken = session.scalars(text(SPOKEN)).all() if wanted.q else ()
    rows = session.execute(text(_statement(wanted, spoken)), {**parameters(wanted), "viewer": viewer})
    told: dict[str, list[dict[str, Any]]] = {"category": [], "vendor": [], "price": [], "in_stock": []}
    for row in rows:
        told[row.choice].append(row._asdict())
    return {
        "categories": [_pick(row, "id", "name", "slug", "count") for row in told["category"]],
        "vendors": [_pick(row, "id", "name", "slug", "count") for row in told["vendor"]],
        "prices": [
            {"currency": row["slug"], "least": row["least"], "most": row["most"], "count": row["count"]}
            for row in told["price"]
        ],
        "in_stock": sum(row["count"] for row in told["in_stock"]),
    }


def _pick(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


def _statement(wanted: Wanted, spoken: Sequence[str]) -> str:
    chosen: dict[str, list[str]] = {choice: [] for choice in CHOICES}
    always: list[str] = []
    for name, sql in conditions(wanted, spoken).items():
        choice = _OF.get(name, name)
        chosen.get(choice, always).append(sql)
    fits = ", ".join(f"({' AND '.join(sql) or 'true'}) AS fits_{choice}" for choice, sql in chosen.items())
    return f"""
        WITH kinds AS (
            SELECT l.category_id, v.id AS vendor_id, l.currency, ({BUYABLE}) AS buyable, {fits},
                   count(*) AS number, min(l.price_amount) AS least, max(l.price_amount) AS most
            FROM {LISTED} WHERE {" AND ".join([VISIBLE, *always])} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
        )
        (SELECT 'category' AS choice, g.id, g.name, g.slug, CAST(sum(k.number) AS bigint) AS count,
                CAST(NULL AS bigint) AS least, CAST(NULL AS bigint) AS most
         FROM kinds k JOIN category c ON c.id = k.category_id
         CROSS JOIN LATERAL unnest(c.path) AS above(id) JOIN category g ON g.id = above.id
         WHERE {_others("category")} GROUP BY g.id ORDER BY count DESC, g.slug LIMIT {MOST})
        UNION ALL
        (SELECT 'vendor', v.id, v.name, v.slug, CAST(sum(k.number) AS bigint), NULL, NULL
         FROM kinds k JOIN vendor v ON v.id = k.vendor_id WHERE {_others("vendor")}
         GROUP BY v.id ORDER BY 5 DESC, 4 LIMIT {MOST})
        UNION ALL
        (SELECT 'price', NULL, NULL, currency, CAST(sum(number) AS bigint), min(least), max(most)
         FROM kinds WHERE {_others("price")} GROUP BY currency ORDER BY 5 DESC, 4)
        UNION ALL
        SELECT 'in_stock', NULL, NULL, NULL, CAST(coalesce(sum(number), 0) AS bigint), NULL, NULL
        FROM kinds WHERE {_others("in_stock")} AND buyable
    """  # noqa: S608 - made of this module's own words


def _others(choice: str) -> str:
    return " AND ".join(f"fits_{each}" for each in CHOICES if each != choice)
