"""Every body that was ever published still loads, and says the same when it is written again."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import jsonschema_rs
import pytest

from shared.events.envelope import decode, encode
from shared.events.event import known
from tests.contracts.samples import DIGESTS, ROOT, Sample, samples

every_sample = pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)


def without_extras(stored: dict[str, Any], written: dict[str, Any]) -> dict[str, Any]:
    """What is written now, without the fields that came after the sample was stored."""
    return {name: value for name, value in written.items() if name in stored}


@every_sample
def test_it_still_loads_as_what_it_was_stored_as(sample: Sample) -> None:
    envelope = decode(sample.raw)
    assert envelope.type == sample.type
    assert envelope.aggregate_id == envelope.event.aggregate_id
    assert sample.envelope["schemaversion"] == sample.version
    assert envelope.source == envelope.event.publisher


@every_sample
def test_it_is_written_again_with_the_same_data(sample: Sample) -> None:
    stored, written = sample.envelope, json.loads(encode(decode(sample.raw)))
    data = written.pop("data")
    assert written == {
        **{name: stored[name] for name in stored if name != "data"},
        "schemaversion": data_version(sample),
    }
    if sample.version == data_version(sample):
        assert without_extras(stored["data"], data) == stored["data"]


def data_version(sample: Sample) -> int:
    return known()[sample.type].version


@every_sample
def test_it_is_what_the_schema_of_its_version_says(sample: Sample) -> None:
    schema = json.loads((ROOT / "docs" / "schemas" / sample.type / f"{sample.version}.json").read_text())
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    assert [error.message for error in validator.iter_errors(sample.envelope)] == []


def test_every_version_of_every_event_has_a_sample_and_a_schema() -> None:
    declared = {(cls.type, version) for cls in known().values() for version in range(1, cls.version + 1)}
    assert {(sample.type, sample.version) for sample in samples()} == declared
    assert {(file.parent.name, int(file.stem)) for file in (ROOT / "docs" / "schemas").glob("*/*.json")} == declared


def test_optional_fields_are_shown_with_and_without_a_value() -> None:
    shown = [sample.envelope["data"] for sample in samples() if sample.type == "vendor_invite.refused"]
    assert {data["vendor_id"] is None for data in shown} == {True, False}
    created = [sample.envelope["data"]["metadata"] for sample in samples() if sample.type == "customer.created"]
    assert {"invite_token" in metadata for metadata in created} == {True, False}


def test_a_stored_sample_is_never_changed_removed_or_left_unlisted() -> None:
    """`sha256sum -c SHA256SUMS` says the same; a new sample is listed by `sha256sum NEW.json >> SHA256SUMS`."""
    listed = [line.split("  ", 1) for line in DIGESTS.read_text().splitlines()]
    present = {sample.name: hashlib.sha256(sample.raw).hexdigest() for sample in samples()}
    assert {name: digest for digest, name in listed} == present
    assert len(listed) == len(present)
