"""What a body brings: text that cannot be stored is refused by name, or dropped where any text will do."""

import pytest

from shared.kit.errors import Invalid
from shared.kit.inputs import BadJson, parse_json


@pytest.mark.parametrize("raw", [rb'{"name": "a\u0000b"}', rb'{"name": "a\ud800b"}'])
def test_text_that_cannot_be_stored_is_refused_by_its_field(raw: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        parse_json(raw, tolerant=["token"])
    assert set(refused.value.fields) == {"name"}


@pytest.mark.parametrize("raw", [rb'{"token": "a\u0000b", "n": 1}', rb'{"token": "a\ud800b", "n": 1}'])
def test_a_tolerant_field_loses_what_cannot_be_stored(raw: bytes) -> None:
    assert parse_json(raw, tolerant=["token"]) == {"token": "ab", "n": 1}


@pytest.mark.parametrize(
    "raw", [b'{"token": NaN}', b'{"token": "a" "b"}', b"[" * 100_000, b'{"token": "\\ud800", "n": NaN}']
)
def test_tolerance_makes_no_json_of_what_is_none(raw: bytes) -> None:
    with pytest.raises(BadJson):
        parse_json(raw, tolerant=["token"])


@pytest.mark.parametrize("raw", [b"[1]", b"5", b'{"token": 5}', b'{"token": null}'])
def test_tolerance_is_for_text_alone(raw: bytes) -> None:
    assert parse_json(raw, tolerant=["token"]) == parse_json(raw)
