"""Money is whole minor units of a known currency, and is written with the currency's own decimals."""

import marshmallow as ma
import pytest

from shared.kit.money import DECIMALS, Money, written


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"amount": -1, "currency": "EUR"}, "amount"),
        ({"amount": 19.99, "currency": "EUR"}, "amount"),
        ({"amount": "1999", "currency": "EUR"}, "amount"),
        ({"amount": 10**16, "currency": "EUR"}, "amount"),
        ({"amount": True, "currency": "EUR"}, "amount"),
        ({"amount": 1, "currency": "EURO"}, "currency"),
        ({"amount": 1, "currency": "eur"}, "currency"),
        ({"amount": 1, "currency": "XXX"}, "currency"),
        ({"amount": 1}, "currency"),
    ],
)
def test_bad_money_is_refused_by_the_field_at_fault(given: dict[str, object], field: str) -> None:
    with pytest.raises(ma.ValidationError) as refused:
        Money().load(given)
    assert set(refused.value.normalized_messages()) == {field}  # type: ignore[no-untyped-call]


def test_amounts_are_written_with_the_decimals_of_their_currency() -> None:
    assert Money().load({"amount": 0, "currency": "JPY"}) == {"amount": 0, "currency": "JPY"}
    assert [written(5, "EUR"), written(1999, "EUR"), written(1999, "JPY"), written(-1999, "KWD")] == [
        "0.05",
        "19.99",
        "1999",
        "-1.999",
    ]
    assert set(DECIMALS.values()) == {0, 2, 3}
