"""What the stand-in for notifications knows: what people were told, what they wish, and mails that are stuck."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from gateway.web.tests.answers import now

KINDS = {"customer": ("order_confirmed", "part_shipped"), "vendor": ("customer_joined",), "admin": ("delivery_failed",)}
TEMPLATES = {"order_placed": "customer", "part_shipped": "customer", "password_reset": "customer",
             "customer_joined": "vendor", "delivery_failed": "admin"}  # fmt: skip
LOCKED = {("delivery_failed", "in_app")}


@dataclass
class News:
    """Everything that was told, by whom it was told to."""

    told: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    off: set[tuple[str, str, str]] = field(default_factory=set)
    deliveries: list[dict[str, Any]] = field(default_factory=list)
    settled: list[tuple[str, str, str | None]] = field(default_factory=list)
    unsubscribed: list[str] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=lambda: dict(TEMPLATES))

    def tell(self, user: dict[str, Any], title: str, **more: Any) -> dict[str, Any]:
        """Tell somebody something."""
        made: dict[str, Any] = {"id": str(uuid.uuid4()), "kind": "order_confirmed", "title": title, "about": {}}
        made |= {
            "line": "Follow it.",
            "action": "Follow the order",
            "link": "/orders",
            "occurred_at": now(),
            "read_at": None,
            **more,
        }
        self.told.setdefault(user["id"], []).insert(0, made)
        return made

    def delivery(self, state: str, **more: Any) -> dict[str, Any]:
        """A mail on its way."""
        made: dict[str, Any] = {name: str(uuid.uuid4()) for name in ("id", "message_id", "event_id", "recipient_id")}
        made |= {"kind": "part_shipped", "channel": "email", "state": state, "attempts": 3, "occurred_at": now()}
        made |= {"recipient_name": "Ada Byron", "recipient_email": "ada@x.example", "last_error": "550 No such mailbox"}
        self.deliveries.insert(0, {**made, **more})
        return self.deliveries[0]

    def unread(self, user: dict[str, Any]) -> int:
        """How many somebody has not read."""
        return sum(it["read_at"] is None for it in self.told.get(user["id"], []))

    def wishes(self, user: dict[str, Any]) -> list[dict[str, Any]]:
        """What somebody may be told, and what holds."""
        audiences = {"vendor": ("customer", "vendor")}.get(user["role"], (user["role"],))
        return [
            {"kind": kind, "audience": each, "why": "It is the admins' work." if each == "admin" else None}
            | {"channels": [self._way(user, kind, channel) for channel in ("email", "in_app")]}
            for each in audiences
            for kind in KINDS[each]
        ]

    def _way(self, user: dict[str, Any], kind: str, channel: str) -> dict[str, Any]:
        locked = (kind, channel) in LOCKED
        return {"channel": channel, "enabled": (user["id"], kind, channel) not in self.off, "locked": locked}
