"""Parts add up to the whole in every column, whatever is ordered; `SPLITS=10000` makes it that many orders."""

import os
from fractions import Fraction
from random import Random
from typing import NamedTuple
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from services.ordering.domain.routing import Route, Rule
from services.ordering.domain.splitting import Line, Split, Terms, split
from shared.events.ids import new_id

ORDER = new_id()
EXPONENTS = (0, 2, 3)
"""Yen, euro and dinar: how many decimals the minor unit is away."""


class Bought(NamedTuple):
    """An order to be split."""

    lines: list[Line]
    terms: dict[UUID, Terms]
    discount: int

    def split(self) -> Split:
        return split(ORDER, self.lines, self.terms, self.discount)


@st.composite
def orders(draw: st.DrawFn) -> Bought:
    """1–40 lines of 1–12 vendors, odd prices, rates, shipping and discounts."""
    unit = 10 ** draw(st.sampled_from(EXPONENTS))
    vendors = draw(st.lists(st.uuids(version=4), min_size=1, max_size=12, unique=True))
    prices = st.one_of(st.integers(0, 99), st.integers(0, 999 * unit), st.sampled_from([0, 1, 3, 7, unit, unit - 1]))
    line = st.builds(
        Line,
        product_id=st.uuids(version=4),
        title=st.just("Bowl"),
        sku=st.just("B-1"),
        picture=st.none(),
        unit_price=prices,
        quantity=st.integers(1, 1000),
        route=st.builds(Route, st.sampled_from(vendors), st.sampled_from(Rule)),
    )
    lines = draw(st.lists(line, min_size=1, max_size=40, unique_by=lambda one: one.product_id))
    terms = {vendor: Terms("V", draw(st.integers(0, 20 * unit)), draw(st.integers(0, 10_000)), 1) for vendor in vendors}
    whole = sum(one.subtotal for one in lines)
    return Bought(lines, terms, draw(st.one_of(st.just(0), st.just(whole), st.integers(0, whole))))


@settings(max_examples=int(os.environ.get("SPLITS", "200")), deadline=None)
@given(orders(), st.randoms(use_true_random=False))
def test_parts_add_up_and_the_order_of_lines_never_matters(bought: Bought, chance: Random) -> None:
    made = bought.split()
    assert_parts_are_the_whole(bought, made)
    assert_items_are_their_part(made)
    assert_rounding_is_fair(bought, made)
    shuffled = list(bought.lines)
    chance.shuffle(shuffled)
    assert bought._replace(lines=shuffled).split() == made


def assert_parts_are_the_whole(bought: Bought, made: Split) -> None:
    for column in ("subtotal", "shipping", "discount", "total"):
        assert sum(getattr(part, column) for part in made.parts) == getattr(made, column)
    assert made.subtotal == sum(line.subtotal for line in bought.lines)
    assert made.discount == bought.discount
    used = {line.route.vendor_id for line in bought.lines}
    assert [part.vendor_id for part in made.parts] == sorted(used)
    assert made.shipping == sum(bought.terms[vendor].shipping for vendor in used)


def assert_items_are_their_part(made: Split) -> None:
    for part in made.parts:
        items = [item for item in made.items if item.vendor_order_id == part.id]
        assert items
        assert (sum(item.subtotal for item in items), sum(item.discount for item in items)) == (
            part.subtotal,
            part.discount,
        )
        assert part.total == part.subtotal + part.shipping - part.discount >= 0
        assert part.earnings + part.commission == part.subtotal
    assert len({item.id for item in made.items}) == len(made.items)


def assert_rounding_is_fair(bought: Bought, made: Split) -> None:
    """Commission is half-up; a discount's share is less than one minor unit away from the exact one."""
    for part in made.parts:
        exact = Fraction(part.subtotal * part.commission_bps, 10_000)
        assert part.commission == (exact + Fraction(1, 2)).__floor__()
    for item in made.items:
        assert 0 <= item.discount <= item.subtotal
        if made.subtotal:
            assert abs(Fraction(item.subtotal * bought.discount, made.subtotal) - item.discount) < 1


def test_each_line_keeps_the_rule_that_routed_it() -> None:
    vendor, house = new_id(), new_id()
    lines = [
        Line(new_id(), "A", "A", None, 100, 1, Route(vendor, Rule.PRODUCT_VENDOR)),
        Line(new_id(), "B", "B", None, 50, 2, Route(house, Rule.HOUSE_VENDOR)),
    ]
    made = split(ORDER, lines, {vendor: Terms("V", 5, 1000, 3), house: Terms("H", 7, 0, 1)}, 0)
    assert {item.product_id: item.routed_by for item in made.items} == {
        lines[0].product_id: "product_vendor",
        lines[1].product_id: "house_vendor",
    }
    assert {part.vendor_id: (part.commission, part.rate_version) for part in made.parts} == {
        vendor: (10, 3),
        house: (0, 1),
    }
