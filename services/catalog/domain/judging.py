"""Whether a customer sees a product, now or as of a moment in the past, and which rule and event decided."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from services.catalog.domain.statuses import UnknownProduct
from services.catalog.domain.visibility import LinkState, ProductState, Rule, VendorState, Verdict, decide
from services.catalog.models import Product

_AS_OF = "(CAST(:at AS timestamptz) IS NULL OR since <= :at)"
_PRODUCT = text(f"""
    SELECT status, visibility, deleted, event_id FROM product_version
    WHERE product_id = :product AND {_AS_OF} ORDER BY version DESC LIMIT 1
""")  # noqa: S608 - made of this module's own words
_VENDOR = text(f"""
    SELECT status, event_id FROM vendor_status WHERE vendor_id = :vendor AND {_AS_OF} ORDER BY version DESC LIMIT 1
""")  # noqa: S608 - made of this module's own words
_LINK = text(f"""
    SELECT linked, event_id FROM link_change
    WHERE vendor_id = :vendor AND customer_id = :customer AND {_AS_OF} ORDER BY version DESC LIMIT 1
""")  # noqa: S608 - made of this module's own words

_SENTENCES = {
    Rule.NO_PRODUCT: "The product did not exist.",
    Rule.DELETED: "The product is deleted.",
    Rule.NOT_PUBLISHED: "The product is {status}: its seller does not show it.",
    Rule.VENDOR_UNKNOWN: "The news of the vendor's approval has not arrived.",
    Rule.VENDOR_NOT_APPROVED: "The vendor is {standing}: their products are hidden.",
    Rule.PUBLIC: "The product is for everybody.",
    Rule.LINKED: "The product is for the vendor's own customers, and this is one.",
    Rule.NOT_LINKED: "The product is for the vendor's own customers, and this is none.",
}


class Judged(NamedTuple):
    """A verdict in words, and what it was judged by."""

    verdict: Verdict
    sentence: str


def judge(session: Session, product_id: UUID, customer_id: UUID | None, at: datetime | None = None) -> Judged:
    """Judge by the histories, as of `at` or by the newest that is known; without a customer a visitor is meant.

    Raises `UnknownProduct` if there never was such a product.
    """
    product = session.get(Product, product_id)
    if product is None:
        raise UnknownProduct
    asked = {"product": product_id, "vendor": product.vendor_id, "customer": customer_id, "at": at}
    past = _one(session, _PRODUCT, asked)
    vendor, link = _one(session, _VENDOR, asked), _one(session, _LINK, asked)
    verdict = decide(
        ProductState(product.vendor_id, past.status, past.visibility, past.deleted, past.event_id) if past else None,
        VendorState(vendor.status, vendor.event_id) if vendor else None,
        LinkState(link.linked, link.event_id) if link else None,
    )
    words = {"status": past.status if past else "", "standing": vendor.status if vendor else ""}
    return Judged(verdict, _SENTENCES[verdict.rule].format(**words))


def _one(session: Session, statement: Any, asked: dict[str, Any]) -> Row[Any] | None:
    return session.execute(statement, asked).one_or_none()
