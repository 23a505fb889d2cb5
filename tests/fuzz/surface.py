"""The services as a fuzzer sees them: their OpenAPI documents, and applications that are put behind them later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

import schemathesis
from schemathesis.config import (
    ChecksConfig,
    CoveragePhaseConfig,
    ExamplesPhaseConfig,
    GenerationConfig,
    PhasesConfig,
    PositiveDataAcceptanceConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from docs.generate.declared import app_of, services
from tests.fuzz.options import drawn

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


# Not that whatever fits the schema is taken: a cursor, a taken e-mail, a weak password are refused by rules.
CHECKS = ChecksConfig(positive_data_acceptance=PositiveDataAcceptanceConfig(enabled=False))


class Entrance:
    """A service below `/api`, as the gateway shows it. Requests are generated before its database is there."""

    def __init__(self, app: WSGIApplication) -> None:
        self.open(app)
        self.real: dict[str, str] = {}

    def open(self, app: WSGIApplication) -> None:
        """Put an application behind the entrance."""
        self._app = DispatcherMiddleware(NotFound(), {"/api": app})

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self._app(environ, start_response)

    def some_real(self, parameters: Mapping[str, Any] | None) -> dict[str, Any]:
        """Put ids and tokens that exist in the place of about half of the drawn ones."""
        return {name: self._real_or(name, value) for name, value in (parameters or {}).items()}

    def _real_or(self, name: str, value: Any) -> Any:
        known = self.real.get(name)
        return known if known and _may_be_replaced(value, by=known) else value


def _may_be_replaced(value: Any, by: str) -> bool:
    """About half of those that are of the same form; what was drawn to be wrong stays wrong."""
    if _is_id(by):
        return _is_id(value) and UUID(str(value)).int % 2 == 0
    return isinstance(value, str) and len(value) % 2 == 0


def _is_id(value: Any) -> bool:
    try:
        return bool(UUID(str(value)))
    except ValueError:
        return False


ENTRANCES = {service.name: Entrance(app_of(service)) for service in services()}


def surface(service: str, *, thorough: bool) -> schemathesis.BaseSchema:
    """The operations of a service; thorough runs also go along every bound of every field, others draw a third."""
    phases = PhasesConfig(
        examples=ExamplesPhaseConfig(enabled=thorough), coverage=CoveragePhaseConfig(enabled=thorough)
    )
    generation = GenerationConfig(max_examples=max(1, drawn["max_examples"] // (1 if thorough else 3)))
    project = ProjectConfig(phases=phases, generation=generation, checks=CHECKS)
    config = SchemathesisConfig(projects=ProjectsConfig(default=project))
    entrance = ENTRANCES[service]
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", entrance, config=config)

    @schema.hook
    def map_path_parameters(_context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any]:
        return entrance.some_real(path_parameters)

    return schema
