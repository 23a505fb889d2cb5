"""How many products each further choice would show: by category, vendor, price and stock, in one statement.

Each count obeys the rule of who sees what, and every choice but its own: whoever has chosen a vendor is told what the
other vendors have. Counted are the newest `MOST_COUNTED` products, so that a count takes no longer in a large shop than
in a small one; a count of more is said to be of at least so many.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.catalog.domain.search import category_of, newest_of_each
from services.catalog.domain.visibility import BUYABLE, LISTED, VISIBLE
from services.catalog.domain.wanting import SPOKEN, Wanted, conditions, parameters

CHOICES = {"category": "categories", "vendor": "vendors", "price": "prices", "in_stock": "in_stock"}
"""What can be chosen, and what its counts are called."""
_OF = {"currency": "price", "price_min": "price", "price_max": "price"}
MOST = 100
"""Of how many vendors and categories a count is told, the largest first."""
MOST_COUNTED = 1_000
"""Of 100,000 products that is 4 ms of the server's CPU time; counting them all took 83."""
_COLUMNS = f"""l.created_at, l.product_id, l.category_id, l.vendor_id, l.currency, l.price_amount,
    ({BUYABLE}) AS buyable"""


def counts(session: Session, viewer: UUID | None, wanted: Wanted, most: int = MOST_COUNTED) -> dict[str, Any]:
    """The counts beside a page of what a customer looks for; `at_least` names those that are of the newest alone."""
    spoken = session.scalars(text(SPOKEN)).all() if wanted.q else ()
    rows = session.execute(text(_statement(wanted, spoken, most)), {**parameters(wanted), "viewer": viewer})
    told: dict[str, list[dict[str, Any]]] = {choice: [] for choice in CHOICES}
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
        "at_least": [name for choice, name in CHOICES.items() if any(row["full"] for row in told[choice])],
    }


def _pick(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


def _statement(wanted: Wanted, spoken: Sequence[str], most: int) -> str:
    asked = _asked(wanted, spoken)
    sets = {each: f"found_{number}" for number, each in enumerate(dict.fromkeys(asked.values()))}
    found = {choice: sets[each] for choice, each in asked.items()}
    full = {choice: f"(SELECT count(*) = {most:d} FROM {name})" for choice, name in found.items()}  # noqa: S608
    return f"""
        WITH {", ".join(f"{name} AS MATERIALIZED ({_newest(each, most)})" for each, name in sets.items())}
        (SELECT 'category' AS choice, g.id, g.name, g.slug, CAST(sum(k.number) AS bigint) AS count,
                CAST(NULL AS bigint) AS least, CAST(NULL AS bigint) AS most, {full["category"]} AS full
         FROM (SELECT category_id, count(*) AS number FROM {found["category"]} GROUP BY 1) k
         JOIN category c ON c.id = k.category_id
         CROSS JOIN LATERAL unnest(c.path) AS above(id) JOIN category g ON g.id = above.id
         GROUP BY g.id ORDER BY count DESC, g.slug LIMIT {MOST})
        UNION ALL
        (SELECT 'vendor', v.id, v.name, v.slug, k.number, NULL, NULL, {full["vendor"]}
         FROM (SELECT vendor_id, count(*) AS number FROM {found["vendor"]} GROUP BY 1) k
         JOIN vendor v ON v.id = k.vendor_id ORDER BY 5 DESC, 4 LIMIT {MOST})
        UNION ALL
        (SELECT 'price', NULL, NULL, currency, count(*), min(price_amount), max(price_amount), {full["price"]}
         FROM {found["price"]} GROUP BY currency ORDER BY 5 DESC, 4)
        UNION ALL
        SELECT 'in_stock', NULL, NULL, NULL, count(*), NULL, NULL, {full["in_stock"]}
        FROM {found["in_stock"]} WHERE buyable
    """  # noqa: S608 - made of this module's own words


def _asked(wanted: Wanted, spoken: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """For each choice the conditions of all others; most choices have the same ones."""
    filters = conditions(wanted, spoken)
    return {choice: tuple(sql for name, sql in filters.items() if _OF.get(name, name) != choice) for choice in CHOICES}


def _newest(filters: Sequence[str], most: int) -> str:
    newest = f"ORDER BY created_at DESC, product_id DESC LIMIT {most:d}"
    if within := category_of(filters):
        others = [VISIBLE, *(sql for sql in filters if sql != within)]
        return f"SELECT * FROM ({newest_of_each(within, others, most, _COLUMNS)}) AS of_each {newest}"  # noqa: S608
    return f"SELECT {_COLUMNS} FROM {LISTED} WHERE {' AND '.join([VISIBLE, *filters])} {newest}"  # noqa: S608
