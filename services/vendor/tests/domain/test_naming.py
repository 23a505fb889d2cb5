"""Names that nobody has yet."""

import pytest

from services.vendor.domain.naming import Naming, Taken, free_naming

NOBODY = Taken(set(), set(), set())


@pytest.mark.parametrize(
    ("wanted", "taken", "expected"),
    [
        ("Acme", NOBODY, Naming("Acme", "acme", "ACME")),
        ("Acme", Taken({"acme"}, {"acme"}, {"ACME"}), Naming("Acme 2", "acme-2", "ACME2")),
        ("Acme", Taken({"acme", "acme 2"}, {"acme", "acme-2"}, {"ACME", "ACME2"}), Naming("Acme 3", "acme-3", "ACME3")),
        ("ACME!", Taken({"acme"}, {"acme"}, {"ACME"}), Naming("ACME! 2", "acme-2", "ACME2")),
        (
            "Garden Toys",
            Taken({"garden tools"}, {"garden-tools"}, {"GARDENTO"}),
            Naming("Garden Toys", "garden-toys", "GARDENTO2"),
        ),
        ("Café Zürich", NOBODY, Naming("Café Zürich", "cafe-zurich", "CAFEZURI")),
        ("★", NOBODY, Naming("★", "vendor", "VENDOR")),
    ],
)
def test_the_first_free_name_slug_and_code(wanted: str, taken: Taken, expected: Naming) -> None:
    assert free_naming(wanted, taken) == expected
