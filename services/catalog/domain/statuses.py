"""What a product can be: its statuses, its visibilities, and what a change of it is refused with."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from shared.kit.errors import Forbidden, NotFound, Refusal


class Status(StrEnum):
    """The seller's word; `active` with nothing left is shown as `out_of_stock`."""

    DRAFT = "draft"
    ACTIVE = "active"
    INACTIVE = "inactive"
    OUT_OF_STOCK = "out_of_stock"


class Visibility(StrEnum):
    """Whom a published product is for: everybody, or those on the vendor's customer list."""

    PUBLIC = "public"
    LINKED = "linked"


class UnknownProduct(NotFound):
    """There is no such product."""


class NotYourProduct(Forbidden):
    """This product is somebody else's."""


class ProductIsDeleted(Refusal):
    """A deleted product is not changed: restore it first."""


class SkuTaken(Refusal):
    """Another product has this SKU."""

    def __init__(self, code: str) -> None:
        super().__init__(f"Another product has the SKU {code}.", fields={"sku": "Another product has this SKU."})


class Stale(Refusal):
    """The product has changed since it was read: read the newer version, and decide again."""

    status = 412

    def __init__(self, product_id: UUID, version: int, current: Any = None) -> None:
        super().__init__(facts={"version": str(version)})
        self.product_id, self.version = product_id, version
        if current is not None:
            self.facts["current"] = current

    def headers(self) -> dict[str, str]:
        """The newer version's own tag (RFC 9110 section 8.8.3)."""
        return {"ETag": f'"{self.version}"'}
