"""What is sealed opens with the same secret and under the same name only."""

import pytest

from shared.kit.sealing import Seal, Unreadable

SEALED = Seal("secret one", "keys").close(b"private", "kid-1")


def test_what_was_sealed_opens() -> None:
    assert Seal("secret one", "keys").open(SEALED, "kid-1") == b"private"
    assert b"private" not in SEALED


@pytest.mark.parametrize(
    ("secret", "purpose", "name"),
    [("secret two", "keys", "kid-1"), ("secret one", "mail", "kid-1"), ("secret one", "keys", "kid-2")],
)
def test_another_secret_purpose_or_name_does_not_open_it(secret: str, purpose: str, name: str) -> None:
    with pytest.raises(Unreadable):
        Seal(secret, purpose).open(SEALED, name)
