"""Sharing an amount out exactly: by the method of the largest remainder, to the minor unit.

https://en.wikipedia.org/wiki/Quota_method#Hamilton_method
"""

from collections.abc import Mapping
from typing import TypeVar
from uuid import UUID

K = TypeVar("K", UUID, str)


def allocate(amount: int, weights: Mapping[K, int]) -> dict[K, int]:
    """Share `amount` (minor units) out by weight; the shares add up to it, and their order does not matter.

    Each gets its part rounded down, and what is left goes one by one to those that lost most, ties to the lesser key.
    No share is more than its weight if the amount is not more than all of them. Without any weight nothing is shared.
    """
    whole = sum(weights.values())
    if not whole:
        return dict.fromkeys(weights, 0)
    shares = {key: amount * weight // whole for key, weight in weights.items()}
    lost = sorted(weights, key=lambda key: (-(amount * weights[key] % whole), key))
    for key in lost[: amount - sum(shares.values())]:
        shares[key] += 1
    return shares
