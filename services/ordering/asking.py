"""How other services are asked: catalog what is available, shortly and not needing it; and all of an order's way."""

from collections.abc import Mapping, Sequence
from typing import cast
from uuid import UUID

import httpx
import structlog
from flask import current_app

from services.ordering.settings import Settings
from shared.events import trace
from shared.inspection.client import Services, services
from shared.kit.web import current_settings

_KEPT = "ordering-asks-catalog"
_EVERYBODY = "ordering-asks-everybody"
_log = structlog.get_logger(__name__)


class Catalog:
    """Catalog's internal port, with little patience."""

    def __init__(self, settings: Settings, transport: httpx.BaseTransport | None = None) -> None:
        token = next(iter(settings.service_tokens), "")
        self._http = httpx.Client(
            base_url=settings.catalog_internal_url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=settings.availability_milliseconds / 1000,
            trust_env=False,
            transport=transport,
        )

    def available(self, product_ids: Sequence[UUID]) -> Mapping[UUID, int]:
        """How many there are of each product; empty if catalog does not say so in time."""
        asked = {"ids": ",".join(str(product) for product in product_ids)}
        try:
            headers = {"X-Request-Id": trace.current().correlation_id}
            answer = self._http.get("/internal/availability", params=asked, headers=headers).raise_for_status().json()
            return {UUID(item["product_id"]): int(item["available"]) for item in answer["items"]}
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as silent:
            _log.warning("availability.unknown", error=str(silent)[:200])
            return {}


def available(settings: Settings, product_ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """How many there are of each product; what is missing is not known."""
    if not product_ids or not settings.catalog_internal_url:
        return {}
    kept = current_app.extensions.get(_KEPT)
    if kept is None:
        kept = current_app.extensions[_KEPT] = Catalog(settings)
    return cast("Catalog", kept).available(product_ids)


def every_service() -> Services:
    """The internal ports of all services, over one set of connections for the app."""
    kept = current_app.extensions.get(_EVERYBODY)
    if kept is None:
        kept = current_app.extensions[_EVERYBODY] = services(current_settings())
    return cast("Services", kept)
