"""A process with a missing or bad setting stops, and says every name and no value."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated

import pytest
from marshmallow.validate import Range

from shared.kit.settings import BadSetting, Secret, Settings, WebSettings, read

GOOD = {
    "ENVIRONMENT": "local",
    "GATEWAY_URL": "http://localhost:8000",
    "SECRET_KEY": "0123456789abcdef",
    "DATABASE_URL": "postgresql+psycopg2://app:pw@localhost/x",
    "BROKER_URL": "amqp://localhost//",
    "JWKS_URL": "http://127.0.0.1:8101/.well-known/jwks.json",
}
PRODUCTION = GOOD | {
    "ENVIRONMENT": "production",
    "GATEWAY_URL": "https://market.example",
    "SECRET_KEY": "k" * 32,
}


@dataclass(frozen=True, kw_only=True)
class ShopSettings(Settings):
    """Settings of a shop."""

    open_hours: Annotated[int, Range(1, 24)] = 8
    ratio: float = 0.5
    mail_password: Secret
    logo: Path | None = None


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for one in fields(ShopSettings):
        monkeypatch.delenv(one.name.upper(), raising=False)
    set_all(monkeypatch, GOOD)


def set_all(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_what_is_set_is_read_and_the_rest_has_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, {"MAIL_PASSWORD": "m", "OPEN_HOURS": "9", "LOGO": "/a/b.png", "RATE_LIMITS": "false"})
    settings = read(ShopSettings, service="shop")
    assert (settings.service, settings.open_hours, settings.ratio) == ("shop", 9, 0.5)
    assert (settings.logo, settings.mail_password, settings.rate_limits) == (Path("/a/b.png"), "m", False)
    assert (settings.http_port, settings.owner_database_url) == (8000, GOOD["DATABASE_URL"])


def test_every_missing_and_bad_one_is_named_at_once_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "GATEWAY_URL"):
        monkeypatch.delenv(name)
    set_all(monkeypatch, {"HTTP_PORT": "s3cret", "OPEN_HOURS": "25", "ENVIRONMENT": "moon", "JWKS_URL": ""})
    with pytest.raises(BadSetting) as raised:
        read(ShopSettings, service="shop")
    message = str(raised.value)
    for name in ("DATABASE_URL", "GATEWAY_URL", "HTTP_PORT", "OPEN_HOURS", "ENVIRONMENT", "JWKS_URL", "MAIL_PASSWORD"):
        assert name in message
    assert "s3cret" not in message


def test_secrets_have_no_default_and_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "s3cret")
    settings = read(ShopSettings, service="shop")
    assert "s3cret" not in repr(settings)
    assert "pw@" not in repr(settings)
    assert f"{settings.mail_password}" == "s3cret"


def test_a_secret_can_be_mounted_as_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from-a-file-0123456")
    monkeypatch.delenv("SECRET_KEY")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))
    assert read(Settings, service="shop").secret_key == "from-a-file-0123456"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql://app@localhost/x"),
        ("MIGRATE_DATABASE_URL", "mysql://app@localhost/x"),
        ("BROKER_URL", "http://localhost"),
        ("SECRET_KEY", "short"),
        ("INTERNAL_PORT", "8000"),
        ("INTERNAL_PORT", "0"),
        ("HTTP_PORT", "70000"),
        ("RELAY_DOORBELL", "nowhere"),
        ("LOG_FORMAT", "xml"),
    ],
)
def test_a_bad_value_names_its_variable(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting, match=name):
        read(Settings, service="shop")


def test_production_takes_production_values(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, PRODUCTION)
    assert read(Settings, service="shop").environment == "production"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GATEWAY_URL", "http://market.example"),
        ("GATEWAY_URL", "https://localhost:8000"),
        ("GATEWAY_URL", "https://127.0.0.1"),
        ("SECRET_KEY", "k" * 31),
        ("SECRET_KEY", "local-only-" + "k" * 32),
        ("DATABASE_URL", "postgresql+psycopg2://app:demo-password-1@db/x"),
        ("DATABASE_URL", "postgresql+psycopg2://app:local-only@db/x"),
        ("BROKER_URL", "amqp://guest:guest@broker//"),
        ("RATE_LIMITS", "off"),
    ],
)
def test_production_refuses_what_was_made_for_the_local_system(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    set_all(monkeypatch, PRODUCTION | {name: value})
    with pytest.raises(BadSetting, match=name):
        read(Settings, service="shop")


def test_a_process_without_a_database_needs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "BROKER_URL", "JWKS_URL"):
        monkeypatch.delenv(name)
    assert read(WebSettings, service="gateway").web_threads == 8
