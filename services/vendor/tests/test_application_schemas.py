"""What may be given may also be given empty."""

import pytest

from services.vendor.application_schemas import a_phone, a_website


@pytest.mark.parametrize("field", [a_phone(), a_website()], ids=["phone", "website"])
def test_nothing_but_spaces_is_none_and_not_judged(field: object) -> None:
    assert field.deserialize("   ") is None  # type: ignore[attr-defined]
