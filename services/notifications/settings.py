"""What the notifications service reads from its environment."""

from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from marshmallow.validate import Range

from services.notifications.domain.mails import Post
from services.notifications.domain.unsubscribing import UnsubscribeLinks
from shared.kit import settings as kit
from shared.kit.settings import Secret

MIGRATIONS = Path(__file__).parent / "migrations"
NOBODY = "Market <nobody@market.invalid>"
SCHEMES = ("smtp", "smtps", "smtp+starttls")


@dataclass(frozen=True, kw_only=True)
class Settings(kit.Settings):
    """Every variable of this service."""

    notifications_smtp_url: Secret | None = None
    """The mail server: `smtp://`, `smtps://` or `smtp+starttls://`, then `[user:password@]host:port`; without it mails
    wait, which production refuses."""
    notifications_from: str = ""
    """Who mails come from, as `Market <post@market.example>`; needed with a mail server."""
    mail_timeout_seconds: Annotated[float, Range(0.1, 300)] = 30.0
    """How long the mail server may take for one answer."""
    mail_retry_seconds: Annotated[float, Range(0.01, 3600)] = 30.0
    """How long a mail waits after its first failure; each further one doubles it, up to six hours."""
    mail_max_attempts: Annotated[int, Range(1, 1000)] = 40
    """How often a mail is tried before it is given up."""
    mail_max_hours: Annotated[float, Range(1, 8760)] = 96.0
    """How long after its event a mail is still tried; what was never tried by then has lapsed."""
    mails_per_second: Annotated[float, Range(0, 10_000)] = 0.0
    """How many mails one dispatcher sends at most in a second; 0 is no limit."""
    mails_per_person_hour: Annotated[int, Range(0, 100_000)] = 0
    """How many mails one person is sent at most in an hour, later ones wait; 0 is no limit."""
    read_messages_days: Annotated[int, Range(1, 3650)] = 180
    """How long a message is kept after it was read."""
    stream_limit: Annotated[int, Range(1, 10_000)] = 200
    """How many pages a stream process keeps informed at once; others are told to ask now and then instead."""
    stream_tick_milliseconds: Annotated[int, Range(20, 10_000)] = 400
    """How often a stream process looks for news, for all its pages at once."""
    stream_heartbeat_seconds: Annotated[float, Range(0.1, 300)] = 15.0
    """How often a silent stream says that it is still there."""

    def faults(self) -> Iterator[tuple[str, str]]:
        """Add what is wrong with the mail server and the sender."""
        yield from super().faults()
        url = self.notifications_smtp_url
        if url and (urlsplit(url).scheme not in SCHEMES or not urlsplit(url).hostname):
            yield "notifications_smtp_url", f"must be one of {', '.join(SCHEMES)} and name a host"
        if url and "@" not in parseaddr(self.notifications_from)[1]:
            yield "notifications_from", "must be an address, as in Market <post@market.example>"
        if self.environment == "production" and not url:
            yield "notifications_smtp_url", "must name a mail server in production"

    @property
    def post(self) -> Post:
        """Who writes mails, and where their links lead; without a sender, nobody in particular."""
        return Post(self.notifications_from or NOBODY, self.gateway_url, self.unsubscribe_links)

    @property
    def unsubscribe_links(self) -> UnsubscribeLinks:
        """What signs the links by which mails are switched off."""
        return UnsubscribeLinks(self.secret_key, self.gateway_url)


def read_settings() -> Settings:
    """Read the environment; `BadSetting` names every variable that is missing or wrong."""
    return kit.read(Settings, service="notifications")
