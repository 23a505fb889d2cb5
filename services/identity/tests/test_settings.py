"""A process that is not told what it must know says so, and stops."""

import pytest

from services.identity.settings import read_settings
from shared.kit.settings import BadSetting

GIVEN = {
    "ENVIRONMENT": "local",
    "DATABASE_URL": "postgresql+psycopg2://a@127.0.0.1/identity",
    "BROKER_URL": "amqp://127.0.0.1//",
    "GATEWAY_URL": "http://localhost:8000",
    "JWKS_URL": "http://localhost:8101/.well-known/jwks.json",
    "SECRET_KEY": "0123456789abcdef0123456789abcdef",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)


def test_lifetimes_and_bounds_have_defaults() -> None:
    settings = read_settings()
    assert (settings.access_token_lifetime.seconds, settings.sign_in_lifetime.days) == (900, 30)
    assert (settings.service, settings.hash_concurrency) == ("identity", 2)


@pytest.mark.parametrize(
    ("name", "value"), [("SECRET_KEY", ""), ("ACCESS_TOKEN_SECONDS", "0"), ("HASH_CONCURRENCY", "many")]
)
def test_a_wrong_one_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting, match=name):
        read_settings()
