"""Checked rows applied, some hundreds at a time: products, stock, events, and what became of each row."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.catalog.domain import movements, recording, shelving, slugs
from services.catalog.domain.descriptions import described
from services.catalog.domain.importing import planning
from services.catalog.domain.importing.columns import Heading, Said
from services.catalog.domain.importing.planning import NEW, Plan, Present
from services.catalog.domain.movements import Kind, Level, Movement
from services.catalog.domain.sheets.rows import Fault
from services.catalog.domain.shelving import Piece
from services.catalog.models import ImportJob, Product
from shared.events.ids import derived_id
from shared.kit.rowsets import rowset

_WAITING = text("""
    SELECT row, sku, cells, change FROM import_row
    WHERE job_id = :job AND state IN ('create', 'update') ORDER BY row LIMIT :limit
""")
_TAKEN = text("SELECT slug FROM product WHERE slug = ANY(CAST(:slugs AS text[]))")
_DONE = text("""
    UPDATE import_row r SET state = done.state, product_id = done.product_id, change = done.change, faults = done.faults
    FROM json_to_recordset(CAST(:rows AS json))
         AS done(row bigint, state text, product_id uuid, change jsonb, faults jsonb)
    WHERE r.job_id = :job AND r.row = done.row
""")
_LIMITS = text("""
    UPDATE stock s SET threshold = new.threshold
    FROM json_to_recordset(CAST(:rows AS json)) AS new(product_id uuid, threshold bigint)
    WHERE s.product_id = new.product_id
""")
_AFTERWARDS = {"create": "created", "update": "updated", "unchanged": "updated", "faulty": "refused"}
STOCK_FIELDS = frozenset({"stock", "threshold"})
PRODUCT_FIELDS = frozenset({"title", "description", "category", "price", "status", "visibility", "language"})


class Waiting(NamedTuple):
    """A checked row that waits to be applied."""

    row: int
    sku: str | None
    cells: list[str]
    change: dict[str, Any]


class Todo(NamedTuple):
    """A row, what it says, and what is to be done because of it."""

    row: Waiting
    said: Said
    plan: Plan


def next_rows(session: Session, job: ImportJob, limit: int) -> Sequence[Waiting]:
    """The first rows that wait to be applied."""
    return [Waiting(*row) for row in session.execute(_WAITING, {"job": job.id, "limit": limit})]


def apply(session: Session, job: ImportJob, rows: Sequence[Waiting], now: datetime) -> None:
    """Do what these rows say, as things are now and not as they were when the file was checked.

    Products first, then stock, each in the order of their ids: so nobody waits in a circle.
    """
    heading = Heading(job.heading or [])
    said = {row.row: heading.read(row.cells)[0] for row in rows}
    known = planning.categories(session, said.values())
    there = _locked(session, job.vendor_id, [str(row.sku) for row in rows])
    todo = [Todo(row, said[row.row], planning.plan(said[row.row], there.get(str(row.sku)), known)) for row in rows]
    made = _create(session, job, [each for each in todo if each.plan.state == "create"], known, now)
    _change(session, [each for each in todo if each.plan.state == "update"], known, now)
    _count(session, job, [each for each in todo if each.plan.state in {"create", "update"}], made, now)
    session.execute(_DONE, {"job": job.id, **rowset(_done(each, made, heading) for each in todo)})


def refuse(session: Session, job: ImportJob, row: Waiting, reason: str) -> None:
    """Write down that nothing came of a row, and why."""
    fault = {"column": None, "field": None, "message": reason}
    done = {"row": row.row, "state": "refused", "product_id": None, "change": row.change, "faults": [fault]}
    session.execute(_DONE, {"job": job.id, **rowset([done])})


def _locked(session: Session, vendor_id: UUID, skus: Iterable[str]) -> dict[str, Present]:
    """The products with these SKUs, locked with their stock before they are looked at."""
    found = planning.present(session, vendor_id, skus)
    if not found:
        return {}
    ids = [each.id for each in found.values()]
    session.scalars(select(Product.id).where(Product.id.in_(ids)).order_by(Product.id).with_for_update()).all()
    movements.take_turn(session)
    movements.hold(session, ids)
    return planning.present(session, vendor_id, found)


def _create(
    session: Session, job: ImportJob, todo: Sequence[Todo], known: Mapping[str, UUID], now: datetime
) -> dict[int, UUID]:
    """Make new products with their SKUs, in the order of the file, and tell of them; returns their ids by row."""
    made = []
    for place, each in enumerate(todo):
        piece = shelving.new(job.vendor_id, str(each.said["sku"]), now + timedelta(microseconds=place))
        _set(piece, {**NEW, **_shall_be(each.plan)}, known)
        made.append(piece)
    for piece, slug in zip(made, _slugs(session, made), strict=True):
        piece.slug = slug
    shelving.make(session, made)
    recording.record(session, made, recording.created)
    return {each.row.row: piece.id for piece, each in zip(made, todo, strict=True)}


def _change(session: Session, todo: Sequence[Todo], known: Mapping[str, UUID], now: datetime) -> None:
    """Change products where more than their stock is to change, and tell of them."""
    plans = {each.plan.product_id: each.plan for each in todo if PRODUCT_FIELDS & each.plan.change.keys()}
    if not plans:
        return
    pieces = shelving.read(session, [each for each in plans if each])
    for piece in pieces:
        _set(piece, _shall_be(plans[piece.id]), known)
        recording.changed(piece, now)
    shelving.change(session, pieces)
    recording.record(session, pieces, recording.updated)


def _count(session: Session, job: ImportJob, todo: Sequence[Todo], made: Mapping[int, UUID], now: datetime) -> None:
    """Bring stock and thresholds to what the rows say, by movements that name the file."""
    by_product = {each.plan.product_id or made[each.row.row]: each for each in todo}
    wanted = {product: each for product, each in sorted(by_product.items()) if STOCK_FIELDS & each.plan.change.keys()}
    if not wanted:
        return
    movements.take_turn(session)
    levels = movements.hold(session, wanted)
    limits = _limits(wanted, levels)
    if limits:
        session.execute(_LIMITS, rowset(limits))
    moved = [
        movement
        for product, each in wanted.items()
        if (movement := _movement(job, each, product, levels[product].on_hand, now))
    ]
    movements.record(session, moved)
    still = {each["product_id"] for each in limits} - {each.product_id for each in moved}
    movements.settle(session, {product: levels[product].available for product in still}, now)


def _limits(wanted: Mapping[UUID, Todo], levels: Mapping[UUID, Level]) -> list[dict[str, Any]]:
    """The thresholds that are to be others."""
    said = {
        product: each.plan.change["threshold"][1] for product, each in wanted.items() if "threshold" in each.plan.change
    }
    return [
        {"product_id": product, "threshold": threshold}
        for product, threshold in said.items()
        if threshold != levels[product].threshold
    ]


def _movement(job: ImportJob, todo: Todo, product_id: UUID, on_hand: int, now: datetime) -> Movement | None:
    difference = int(todo.plan.change["stock"][1]) - on_hand if "stock" in todo.plan.change else 0
    if not difference:
        return None
    kind = Kind.RECEIPT if todo.plan.state == "create" else Kind.ADJUSTMENT
    movement_id = derived_id(job.id, f"row {todo.row.row}")
    return Movement(
        product_id, kind, difference, 0, now, movement_id, f"Import of {job.name}", actor_id=job.actor_id,
        cause_id=job.id,
    )  # fmt: skip


def _set(piece: Piece, fields: Mapping[str, Any], known: Mapping[str, UUID]) -> None:
    for name in ("title", "status", "visibility", "language"):
        if name in fields:
            setattr(piece, name, fields[name])
    if "category" in fields:
        piece.category_id = known[fields["category"]] if fields["category"] else None
    if "price" in fields:
        piece.price_amount, piece.currency = fields["price"]["amount"], fields["price"]["currency"]
    if "description" in fields:
        piece.description, piece.description_html, piece.description_text = described(fields["description"])


def _slugs(session: Session, pieces: Sequence[Piece]) -> list[str]:
    """A slug for each: the plain one where nobody has it, one of its own elsewhere."""
    plain = [slugs.base_slug(piece.title) for piece in pieces]
    taken = set(session.scalars(_TAKEN, {"slugs": plain}))
    chosen = []
    for piece, slug in zip(pieces, plain, strict=True):
        chosen.append(f"{slug}-{piece.id.hex[-12:]}" if slug in taken else slug)
        taken.add(slug)
    return chosen


def _shall_be(plan: Plan) -> dict[str, Any]:
    return {name: will for name, (_, will) in plan.change.items()}


def _done(todo: Todo, made: Mapping[int, UUID], heading: Heading) -> dict[str, Any]:
    plan = todo.plan
    wrong = [Fault(heading.index(field), message) for field, message in plan.wrong.items()]
    return {
        "row": todo.row.row,
        "state": _AFTERWARDS[plan.state],
        "product_id": plan.product_id or made.get(todo.row.row),
        "change": {name: {"from": was, "to": will} for name, (was, will) in plan.change.items()} or todo.row.change,
        "faults": [cell._asdict() for cell in heading.told(wrong)],
    }
