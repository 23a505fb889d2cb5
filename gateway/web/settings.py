"""What the web client reads from its environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from marshmallow.validate import Range

from shared.kit.settings import WebSettings, read


@dataclass(frozen=True, kw_only=True)
class Settings(WebSettings):
    """Where the services are, where the built static files are, and how long a page waits for a service."""

    identity_url: str
    """Where the identity service answers."""
    vendor_url: str
    """Where the vendor service answers."""
    catalog_url: str
    """Where the catalog service answers."""
    ordering_url: str
    """Where the ordering service answers."""
    notifications_url: str
    """Where the notifications service answers."""
    static_folder: Path
    """The folder of built style sheets and scripts."""
    service_timeout: Annotated[float, Range(0.1, 60)] = 5.0
    """Seconds that a page waits for a service."""

    @property
    def https(self) -> bool:
        """Say whether cookies are for encrypted connections only."""
        return self.gateway_url.startswith("https://")


def read_settings() -> Settings:
    """Read the environment; `BadSetting` names every variable that is missing or wrong."""
    return read(Settings, service="web")
