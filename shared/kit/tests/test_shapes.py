"""Fields take what their documented type allows, and nothing that merely looks like it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from marshmallow import Schema, ValidationError, fields

from shared.kit.shapes import Flag, Instant, WholeNumber


def load(field: fields.Field[Any], value: Any) -> Any:
    return Schema.from_dict({"x": field})().load({"x": value})["x"]


@pytest.mark.parametrize("value", [0, 5, -5, 5.0, 2**63 - 1])
def test_a_whole_number(value: Any) -> None:
    assert load(WholeNumber(), value) == value


@pytest.mark.parametrize("value", ["5", 5.5, True, 2**63, 1e300, float("inf"), float("nan"), None, [], {}])
def test_no_whole_number(value: Any) -> None:
    with pytest.raises(ValidationError):
        load(WholeNumber(), value)


@pytest.mark.parametrize("value", ["true", 1, 0, "", "yes", None, 1.0, []])
def test_no_flag(value: Any) -> None:
    with pytest.raises(ValidationError):
        load(Flag(), value)


def test_a_flag() -> None:
    assert load(Flag(), True) is True
    assert load(Flag(), False) is False


@pytest.mark.parametrize("value", ["2026-01-01T12:00:00Z", "2026-01-01T13:00:00+01:00", "2026-01-01T07:00:00-05:00"])
def test_an_instant_is_utc_once_loaded(value: str) -> None:
    assert load(Instant(), value) == datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert load(Instant(), value).tzinfo is UTC


NO_TIMES = ["noon", "", 1, 1.5, None, "2026-01-01", "2026-13-01T00:00:00Z", "2026-01-01T25:00:00Z"]
NO_ZONE = ["2026-01-01T12:00:00"]
OUT_OF_RANGE = ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00"]


@pytest.mark.parametrize("value", [*NO_TIMES, *NO_ZONE, *OUT_OF_RANGE])
def test_no_instant(value: Any) -> None:
    with pytest.raises(ValidationError):
        load(Instant(), value)


def test_an_instant_is_written_in_utc() -> None:
    schema = Schema.from_dict({"x": Instant()})()
    assert schema.dump({"x": datetime.fromisoformat("2026-01-01T13:00:00.000001+01:00")}) == {
        "x": "2026-01-01T12:00:00.000001Z"
    }
    assert schema.dump({"x": None}) == {"x": None}
