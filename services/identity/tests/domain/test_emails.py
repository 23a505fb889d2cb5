"""Which e-mail addresses are accepted, and when two are the same."""

import pytest

from services.identity.domain import emails
from shared.kit.errors import Invalid


@pytest.mark.parametrize(
    "given",
    ["admin@market.example", "o'neil+shop@mail.example.org", "Zoë@example.org", "ada@bücher.example", "用户@例子.广告"],
)
def test_an_address_is_accepted_and_kept_as_it_was_given(given: str) -> None:
    assert emails.parse(f" {given} ").given == given


@pytest.mark.parametrize(
    "given", ["", "ada", "ada@", "@example.org", "a b@example.org", "ada@example", "ada@ex..org", "a@b@c.org"]
)
def test_what_is_no_address_is_refused_by_the_name_of_its_field(given: str) -> None:
    with pytest.raises(Invalid) as refused:
        emails.parse(given)
    assert set(refused.value.fields) == {"email"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada@example.org", "ADA@EXAMPLE.ORG"),
        ("ada@bücher.example", "Ada@xn--bcher-kva.example"),
        ("zoë@example.org", "ZOE\u0308@example.org"),
        ("οδυσσεύς@example.org", "ΟΔΥΣΣΕΎΣ@example.org"),
    ],
)
def test_addresses_that_differ_in_case_or_in_form_are_one(one: str, other: str) -> None:
    assert emails.parse(one).key == emails.parse(other).key


@pytest.mark.parametrize(
    ("one", "other"), [("ada@example.org", "ada@example.com"), ("ada@example.org", "a.da@example.org")]
)
def test_other_addresses_are_others(one: str, other: str) -> None:
    assert emails.parse(one).key != emails.parse(other).key


def test_a_malformed_address_has_no_key_to_look_for() -> None:
    assert emails.key_of("no address") is None
