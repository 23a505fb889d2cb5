"""What is said of orders that stand: that they do, and of each part that it is a vendor's to fulfil."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from shared.events.envelope import Envelope
from shared.events.ids import derived_id
from shared.events.ordering import OrderConfirmed, VendorOrderCreated
from shared.messaging import outbox


def confirmed(session: Session, rows: Sequence[Any], causes: Mapping[UUID, Envelope[Any]]) -> None:
    """Say it once of every order and part that was written; ids follow from the cause, so that twice is once."""
    outbox.add_many(session, list(_news(rows, causes)))


def _news(rows: Sequence[Any], causes: Mapping[UUID, Envelope[Any]]) -> Iterator[outbox.NewEvent]:
    for _, run in groupby(rows, key=lambda row: row.order_id):
        parts = list(run)
        cause = causes[parts[0].cause_id]
        event = _order(parts)
        yield outbox.NewEvent(
            event=event,
            aggregate_version=parts[0].version,
            occurred_at=parts[0].at,
            event_id=derived_id(cause.id, event.type),
            cause=cause,
        )
        for part in parts:
            yield outbox.NewEvent(
                event=_part(part),
                aggregate_version=1,
                occurred_at=part.at,
                event_id=derived_id(part.part_id, VendorOrderCreated.type),
                cause=cause,
            )


def _order(parts: Sequence[Any]) -> OrderConfirmed:
    first = parts[0]
    return OrderConfirmed(
        order_id=first.order_id,
        number=first.order_number,
        customer_id=first.customer_id,
        total_amount=first.order_total,
        currency=first.currency,
        vendor_orders=len(parts),
        confirmed_at=first.at,
    )


def _part(row: Any) -> VendorOrderCreated:
    return VendorOrderCreated(
        vendor_order_id=row.part_id,
        order_id=row.order_id,
        vendor_id=row.vendor_id,
        customer_id=row.customer_id,
        number=row.part_number,
        currency=row.currency,
        subtotal_amount=row.subtotal,
        shipping_amount=row.shipping,
        discount_amount=row.discount,
        total_amount=row.total,
        commission_bps=row.commission_bps,
        commission_amount=row.commission,
        earnings_amount=row.earnings,
        created_at=row.at,
    )
