"""What the shops of a local system sell, as `wares.toml` says it: every kind in every variant, with price and picture.

Everything follows from a product's place in the list, so that two systems are stocked alike.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from deploy.local.drawing import colour, draw, mixed

LINKED_EVERY, FEW = 5, 5
SUN, LEAF, WHITE, NIGHT = colour("#ffc44d"), colour("#5b9460"), (255, 255, 255), colour("#232a36")
COLUMNS = (
    *("sku", "title", "description", "category", "price", "currency", "stock", "threshold"),
    *("status", "visibility", "language"),
)


@dataclass(frozen=True)
class Ware:
    """One product of the seeds; `number` is its place in its shop."""

    number: int
    shop: dict[str, Any]
    kind: dict[str, Any]
    variant: dict[str, str]

    @property
    def sku(self) -> str:
        return f"{self.shop['code']}-{self.number:03}"

    @property
    def title(self) -> str:
        return f"{self.variant['name']} {self.kind['name']}"

    @property
    def alt(self) -> str:
        return f"A drawing of {self.title.lower()}"

    @property
    def price(self) -> str:
        cents = self.kind["price"] * (90 + 7 * (self.number % 5)) // 1000 * 10 + 90
        return f"{cents // 100}.{cents % 100:02}"

    @property
    def status(self) -> str:
        return {24: "draft", 25: "inactive"}.get(self.number, "active")

    @property
    def stock(self) -> int:
        """Some have none, some few."""
        return 0 if self.number % 11 == 7 else 3 if self.number % 9 == 4 else 8 + self.number * 13 % 60

    @property
    def description(self) -> str:
        colour_name, kind = self.variant["name"].lower(), self.kind["name"]
        return (
            f"A *{colour_name}* {kind}. {self.shop['made']}\n\n"
            f"- Number {self.sku}, ready to be sent within two days\n"
            f"- Comes back within thirty days, **no questions asked**"
        )

    def row(self, categories: dict[str, str]) -> list[str]:
        """The product as a row of an import's file; categories are slugs by name."""
        linked = "linked" if self.number % LINKED_EVERY == 0 else "public"
        said = (self.sku, self.title, self.description, categories[self.kind["category"]], self.price, "EUR")
        return [*said, str(self.stock), str(FEW), self.status, linked, "en"]

    @property
    def pictures(self) -> int:
        """How many there are of it."""
        return 2 if self.number % 8 == 1 else 1

    def picture(self, which: int = 0) -> bytes:
        """A drawing of it, as PNG: by day, and the second one in the evening."""
        main = colour(self.variant["main"])
        tones = {tone: colour(self.variant[tone]) for tone in ("main", "dark", "light")}
        ground, share = (WHITE, 0.72) if which == 0 else (NIGHT, 0.86)
        below, above = mixed(main, ground, share), mixed(main, ground, min(1, share + 0.18))
        return draw(self.kind["shape"], {**tones, "sun": SUN, "leaf": LEAF}, above, below)


def wares(shop: dict[str, Any]) -> list[Ware]:
    """All products of a shop: each kind in turn, so that neighbours differ."""
    count = len(shop["kinds"])
    return [
        Ware(index + 1, shop, shop["kinds"][index % count], shop["variants"][(index + index // count) % count])
        for index in range(count * len(shop["variants"]))
    ]


def shops() -> list[dict[str, Any]]:
    """The shops that sell something."""
    found: list[dict[str, Any]] = _file()["shop"]
    return found


def tree() -> dict[str, list[str]]:
    """The categories at the top, each with those in it."""
    found: dict[str, list[str]] = _file()["categories"]
    return found


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
