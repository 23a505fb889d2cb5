"""Country codes are ISO's."""

from services.identity.domain.countries import COUNTRIES


def test_every_officially_assigned_code_is_there() -> None:
    assert len(COUNTRIES) == 249
    assert {"DE", "GB", "AX", "ZW"} <= COUNTRIES
    assert not {"UK", "EU", "XX"} & COUNTRIES
