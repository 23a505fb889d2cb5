"""What the marketplace takes of a sale, in basis points, rounded half-up to the minor unit."""

WHOLE = 10_000
"""Basis points: 100 %."""


def commission(subtotal: int, bps: int) -> int:
    """The commission on a subtotal that is not negative, in its minor units; half a unit is a whole one."""
    return (subtotal * bps + WHOLE // 2) // WHOLE
