"""Every step of the table and no other; and what parts make of their order."""

import itertools

import pytest

from services.ordering.domain.life_cycle import NEXT, OFF, Status, WrongStatus, step, whole

ALLOWED = {
    ("pending", "accepted"),
    ("accepted", "packed"),
    ("packed", "shipped"),
    ("shipped", "delivered"),
    ("pending", "rejected"),
    ("pending", "cancelled"),
    ("accepted", "cancelled"),
    ("packed", "cancelled"),
}


@pytest.mark.parametrize(("at", "to"), [*itertools.product(Status, Status)])
def test_a_step_is_one_of_the_table_or_refused(at: Status, to: Status) -> None:
    if (at, to) in ALLOWED:
        step(at, to)
    else:
        with pytest.raises(WrongStatus) as refused:
            step(at, to)
        assert refused.value.facts == {"from": at, "to": to}


def test_what_is_off_or_delivered_never_moves_again() -> None:
    assert {at for at, to in NEXT.items() if not to} == OFF | {Status.DELIVERED}


@pytest.mark.parametrize(
    ("order", "parts", "fares"),
    [
        ("pending", "", "pending"),
        ("rejected", "", "rejected"),
        ("cancelled", "", "cancelled"),
        ("confirmed", "pending pending", "confirmed"),
        ("confirmed", "pending cancelled", "confirmed"),
        ("confirmed", "accepted pending", "processing"),
        ("confirmed", "packed packed", "processing"),
        ("confirmed", "shipped accepted", "partly_shipped"),
        ("confirmed", "delivered pending", "partly_shipped"),
        ("confirmed", "shipped delivered", "shipped"),
        ("confirmed", "shipped rejected", "shipped"),
        ("confirmed", "delivered delivered cancelled", "delivered"),
        ("confirmed", "cancelled rejected", "cancelled"),
    ],
)
def test_how_an_order_fares_follows_from_its_parts(order: str, parts: str, fares: str) -> None:
    for arranged in itertools.permutations(parts.split()):
        assert whole(order, arranged) == fares
