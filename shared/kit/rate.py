"""Limits that an operation states itself: so many calls in so much time, counted in the service's database.

    @login.post("/login")
    @anyone
    @limited("10/5m", "email")
    @limited("60/m", "address")
    @accepts(Credentials)

One statement counts a call, so that all processes share the count; it commits by itself, so that a refused call
counts too. What is counted is stored only as a keyed digest.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

import orjson
from flask import request
from sqlalchemy import text

from shared.kit.database import Database
from shared.kit.errors import TooManyRequests
from shared.kit.settings import Settings
from shared.kit.stated import F, Limit, stated

_RATE = re.compile(r"(?P<count>\d+)/(?P<number>\d*)(?P<unit>[smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_HIT = text("""
    INSERT INTO rate_limit AS known (key, hits, expires_at)
    VALUES (:key, 1, clock_timestamp() + make_interval(secs => :seconds))
    ON CONFLICT (key) DO UPDATE SET
        hits = CASE WHEN known.expires_at <= clock_timestamp() THEN 1 ELSE least(known.hits + 1, 1000000000) END,
        expires_at = CASE WHEN known.expires_at <= clock_timestamp() THEN excluded.expires_at ELSE known.expires_at END
    RETURNING hits, ceil(extract(epoch FROM expires_at - clock_timestamp()))::int AS seconds
""")


def limited(rate: str, *per: str) -> Callable[[F], F]:
    """Refuse more than `rate` (`"10/5m"`: ten in five minutes; s, m, h, d) for the same combination of `per`.

    `per` names `address` (the client's; a /64 for IPv6), `actor`, or fields of the body, compared without case.
    """
    found = _RATE.fullmatch(rate)
    if not found or not per:
        raise ValueError(f"a rate like 10/5m and whom it counts, not {rate!r}")
    limit = Limit(int(found["count"]), int(found["number"] or 1) * _SECONDS[found["unit"]], per)

    def state(view: F) -> F:
        stated(view).limits.append(limit)
        return view

    return state


def enforce(limit: Limit, inputs: Mapping[str, Any], database: Database, settings: Settings) -> None:
    """Count this request. Raises `TooManyRequests` with the seconds until the window ends."""
    key = _key(limit, inputs, settings.secret_key)
    with database.transaction() as session:
        hits, seconds = session.execute(_HIT, {"key": key, "seconds": limit.seconds}).one()
    if hits > limit.count:
        raise TooManyRequests(retry_after=seconds)


def network_of(address: str | None) -> str:
    """Return what one client cannot easily change: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or ip_network((parsed, 64), strict=False))


def _key(limit: Limit, inputs: Mapping[str, Any], secret: str) -> str:
    values = [request.endpoint, limit.count, limit.seconds, *limit.per, *(_counted(name, inputs) for name in limit.per)]
    return hmac.new(secret.encode(), orjson.dumps(values), hashlib.sha256).hexdigest()


def _counted(name: str, inputs: Mapping[str, Any]) -> str:
    if name == "address":
        return network_of(request.remote_addr)
    if name == "actor":
        return str(request.environ.get("kit.actor"))
    return str(inputs["body"].get(name, "")).strip().casefold()
