"""Half a minor unit of commission is a whole one."""

import pytest

from services.ordering.domain.commission import commission


@pytest.mark.parametrize(
    ("subtotal", "bps", "taken"),
    [
        (3998, 1200, 480),
        (5, 1000, 1),
        (4, 1000, 0),
        (15, 1000, 2),
        (25, 1000, 3),
        (0, 9999, 0),
        (7, 10_000, 7),
        (7, 0, 0),
    ],
)
def test_it_is_rounded_half_up(subtotal: int, bps: int, taken: int) -> None:
    assert commission(subtotal, bps) == taken
