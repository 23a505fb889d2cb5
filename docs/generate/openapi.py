"""OpenAPI 3.1 of a service, as its running app serves it."""

from __future__ import annotations

from typing import Any

from docs.generate.declared import app_of
from shared.kit.app import openapi_document
from shared.runtime.service import Service


def document(service: Service) -> dict[str, Any]:
    """The document that the service answers with at `/openapi.json`."""
    return openapi_document(app_of(service))
