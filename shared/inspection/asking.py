"""What an explanation asks for, with who did not answer kept aside so that the rest can still be told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from shared.inspection.client import CannotAsk, NotThere, Services

T = TypeVar("T")


class Asked:
    """Asks services and remembers those that cannot be asked."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.silent: dict[str, str] = {}

    def get(self, service: str, path: str, **params: Any) -> Any:
        """Return the answer, or None if there is no such thing or nobody answered (see `could_not`)."""
        return self._tried(service, lambda: self.services[service].get(path, **params))

    def could_not(self, service: str) -> str | None:
        """Say why a service could not be asked, if that happened."""
        return self.silent.get(service)

    def _tried(self, service: str, ask: Callable[[], T]) -> T | None:
        if service in self.silent:
            return None
        try:
            return ask()
        except NotThere:
            return None
        except CannotAsk as silent:
            self.silent[service] = str(silent)
            return None
