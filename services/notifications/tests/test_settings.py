"""What production needs is missed by name, and what the local system may lack is not."""

import pytest

from docs.generate.declared import NOWHERE
from services.notifications.settings import read_settings
from shared.kit.settings import BadSetting

PRODUCTION = {
    **NOWHERE,
    "ENVIRONMENT": "production",
    "GATEWAY_URL": "https://market.example",
    "SECRET_KEY": "0" * 32,
    "NOTIFICATIONS_SMTP_URL": "smtps://user:hunter2@mail.market.example",
    "NOTIFICATIONS_FROM": "Market <post@market.example>",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A production's environment."""
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_a_sound_environment_is_read(environment: pytest.MonkeyPatch) -> None:
    settings = read_settings()
    assert settings.post.sender == "Market <post@market.example>"
    assert "hunter2" not in repr(settings)


def test_a_missing_mail_server_stops_production_by_its_name(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("NOTIFICATIONS_SMTP_URL")
    with pytest.raises(BadSetting, match="NOTIFICATIONS_SMTP_URL"):
        read_settings()
    environment.setenv("ENVIRONMENT", "local")
    assert read_settings().notifications_smtp_url is None


@pytest.mark.parametrize("sender", ["", "Market", "post"])
def test_a_mail_server_needs_a_sender(environment: pytest.MonkeyPatch, sender: str) -> None:
    environment.setenv("NOTIFICATIONS_FROM", sender)
    with pytest.raises(BadSetting, match="NOTIFICATIONS_FROM"):
        read_settings()


@pytest.mark.parametrize("url", ["http://mail.market.example", "smtp://", "mail.market.example:25"])
def test_what_is_no_mail_server_is_refused_without_showing_it(environment: pytest.MonkeyPatch, url: str) -> None:
    environment.setenv("NOTIFICATIONS_SMTP_URL", url)
    with pytest.raises(BadSetting, match="NOTIFICATIONS_SMTP_URL") as refused:
        read_settings()
    assert url not in str(refused.value)
