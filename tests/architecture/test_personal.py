"""Whatever an event says of a person is declared, so that it can be scrubbed once they have left."""

from dataclasses import fields

import pytest

from docs.generate.declared import services
from shared.events.event import Event, known

TELLING = ("email", "phone", "address", "name")
OF_A_BUSINESS = {"vendor.approved", "vendor.updated", "vendor_application.submitted", "vendor_application.rejected"}
"""These carry the name of a shop, which everybody may read."""

services()  # with them the events are known that they speak of


@pytest.mark.parametrize("cls", known().values(), ids=known())
def test_what_tells_of_a_person_is_declared_as_personal(cls: type[Event]) -> None:
    declared = {path.partition(".")[0] for path in cls.personal}
    for field in fields(cls):
        named = field.name.rpartition("_")[2]
        if named in TELLING and not (named == "name" and cls.type in OF_A_BUSINESS):
            assert field.name in declared, f"{cls.__name__}.{field.name} is personal: say so, or why not"
    assert declared <= {field.name for field in fields(cls)}
    assert not declared or cls.person in {field.name for field in fields(cls)}
