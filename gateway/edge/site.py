"""What a rendering needs to know of the machine it is for."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Site:
    """Addresses, folders and limits of one edge.

    `upstreams` maps a service to its `host:port`s. `rate_factor` multiplies every rate: a machine on which all
    clients share one address needs more than 1. Clients' own X-Forwarded-For counts only from `trusted_proxies`.
    """

    listen: str
    upstreams: Mapping[str, tuple[str, ...]]
    static: Path
    state: Path
    https: bool = False
    trusted_proxies: tuple[str, ...] = ()
    rate_factor: int = 1
    workers: str = "auto"
    read_timeout: float = 30
    upstream_keepalive: int = 60
    access_log: str = "/dev/stdout"
    error_log: str = "stderr"


def user_for_workers() -> str | None:
    """Name the user that nginx must be told to keep: root drops to nobody unless told, others cannot change."""
    return pwd.getpwuid(os.geteuid()).pw_name if os.geteuid() == 0 else None


def prepare(site: Site) -> None:
    """Make the folders that nginx writes to and reads its error pages from; existing ones are kept."""
    for folder in ("tmp", "errors"):
        (site.state / folder).mkdir(parents=True, exist_ok=True)
