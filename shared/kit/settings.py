"""Settings: frozen objects read once from the environment, which name every variable that is missing or wrong."""

import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, dataclass, fields
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from environs import EnvValidationError, FileAwareEnv
from marshmallow.validate import Length, OneOf, Range

LOCAL_ONLY = ("demo-password", "local-only", "guest:guest@")
"""Marks of values made for the local system; production refuses any setting that contains one."""

S = TypeVar("S", bound="WebSettings")


class BadSetting(Exception):
    """The environment cannot be used; the message names every variable at fault and never shows a value."""


class Secret(str):
    """Text that does not show itself in a repr or a log."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret(hidden)"


Port = Annotated[int, Range(1, 65535)]


@dataclass(frozen=True, kw_only=True)
class WebSettings:
    """What any HTTP process needs; each field is read from the upper-case variable of its name.

    `Annotated[type, validator]` adds a marshmallow validator.
    """

    service: str
    environment: Literal["local", "production"]
    """`production` refuses whatever was made for the local system."""
    gateway_url: str
    """Where people reach the marketplace; links to it begin with this."""
    secret_key: Annotated[Secret, Length(min=16)]
    """Keys everything that is signed or kept sealed here; `openssl rand -hex 32` makes one."""
    http_host: str = "127.0.0.1"
    """The address that both ports listen on."""
    http_port: Port = 8000
    """The public port, for the gateway."""
    internal_port: Port = 9000
    """The port of `/healthz`, `/readyz` and `/metrics`, for the operator."""
    web_workers: Annotated[int, Range(1, 64)] = 1
    """Processes that answer requests."""
    web_threads: Annotated[int, Range(1, 256)] = 8
    """Requests that each of them answers at once; each may hold a database connection."""
    grace_seconds: Annotated[int, Range(1, 600)] = 20
    """How long what was begun may take to finish after SIGTERM."""
    trusted_proxies: Annotated[int, Range(0, 10)] = 1
    """How many proxies stand in front and are believed when they name the client's address."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least important lines that are written."""
    log_format: Literal["json", "console"] = "json"
    """`json` for machines, `console` for people."""

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yield `(field, reason)` for values that cannot stand together; subclasses add theirs."""
        if self.http_port == self.internal_port:
            yield "internal_port", "must not be the public port"
        if self.environment == "production":
            yield from self._unfit_for_production()

    def _unfit_for_production(self) -> Iterator[tuple[str, str]]:
        if urlsplit(self.gateway_url).scheme != "https":
            yield "gateway_url", "must be https in production"
        if urlsplit(self.gateway_url).hostname in {"localhost", "127.0.0.1", "::1"}:
            yield "gateway_url", "must not be this machine in production"
        if len(self.secret_key) < 32:
            yield "secret_key", "must have at least 32 characters in production"
        for one in fields(self):
            if any(mark in str(getattr(self, one.name)) for mark in LOCAL_ONLY):
                yield one.name, "holds a value made for the local system only"


@dataclass(frozen=True, kw_only=True)
class Settings(WebSettings):
    """What every service needs besides: its database, the broker, whose tokens it believes, where the others are."""

    database_url: Secret
    """The service's database, as the role that reads and writes rows; begins with `postgresql+psycopg2://`."""
    migrate_database_url: Secret | None = None
    """The same as the role that owns the tables, for `migrate` alone; else `DATABASE_URL`."""
    broker_url: Secret
    """RabbitMQ; begins with `amqp://` or `amqps://`."""
    broker_namespace: str = ""
    """Begins the names of all exchanges and queues, to keep systems apart that share a broker."""
    jwks_url: str
    """Where identity publishes the keys that access tokens are checked with."""
    token_issuer: str = "market"  # noqa: S105
    """The only issuer whose tokens are believed."""
    token_audience: str = "market"  # noqa: S105
    """The only audience whose tokens are believed."""
    scrub_erased_days: Annotated[int, Range(1, 3650)] = 30
    """How long after somebody has left their name, e-mail and token stay in the logs of events."""
    relay_doorbell: str = ""
    """`host:port` where the service's relay is woken after a commit (UDP); without it the relay polls."""
    rate_limits: bool = True
    """Off only in tests and benchmarks; production refuses that."""
    service_token: Secret | None = None
    """What services show each other on internal ports; of a comma-separated list the first is sent, all are good."""
    identity_internal_url: str = ""
    """Where the internal port of a web process of identity is; without it identity cannot be asked."""
    vendor_internal_url: str = ""
    """Where the internal port of a web process of vendor is; without it vendor cannot be asked."""
    catalog_internal_url: str = ""
    """Where the internal port of a web process of catalog is; without it catalog cannot be asked."""
    ordering_internal_url: str = ""
    """Where the internal port of a web process of ordering is; without it ordering cannot be asked."""
    notifications_internal_url: str = ""
    """Where the internal port of a web process of notifications is; without it notifications cannot be asked."""

    def faults(self) -> Iterator[tuple[str, str]]:
        """Add what is wrong with the addresses."""
        yield from super().faults()
        for name in ("database_url", "migrate_database_url"):
            url = getattr(self, name)
            if url and not url.startswith("postgresql+psycopg2://"):
                yield name, "must begin with postgresql+psycopg2://"
        if urlsplit(self.broker_url).scheme not in {"amqp", "amqps"}:
            yield "broker_url", "must begin with amqp:// or amqps://"
        if self.relay_doorbell and not self.relay_doorbell.rpartition(":")[2].isdecimal():
            yield "relay_doorbell", "must be host:port"
        if self.environment == "production" and not self.rate_limits:
            yield "rate_limits", "must be on in production"
        if self.environment == "production" and any(len(token) < 32 for token in self.service_tokens):
            yield "service_token", "must have at least 32 characters in production"

    @property
    def service_tokens(self) -> tuple[Secret, ...]:
        """The accepted service tokens, the one to send first."""
        given = (self.service_token or "").split(",")
        return tuple(Secret(token.strip()) for token in given if token.strip())

    @property
    def internal_urls(self) -> dict[str, str]:
        """Where the internal port of each known service is, by its name."""
        ending = "_internal_url"
        found = {one.name.removesuffix(ending): getattr(self, one.name) for one in fields(self) if ending in one.name}
        return {name: url for name, url in found.items() if url}

    @property
    def owner_database_url(self) -> Secret:
        """The URL that may change tables: the migration role's, or the only one there is."""
        return self.migrate_database_url or self.database_url


def read(cls: type[S], **fixed: Any) -> S:
    """Read a settings class from the environment; `fixed` fields are the code's own and not read.

    `X_FILE` is read when `X` is not set, as container secrets are mounted. Raises `BadSetting` naming all faults.
    """
    env = FileAwareEnv(eager=False)
    hints = typing.get_type_hints(cls, include_extras=True)
    values = {one.name: _read_one(env, one, hints[one.name]) for one in fields(cls) if one.name not in fixed}
    try:
        env.seal()
    except EnvValidationError as error:
        raise BadSetting(_sentence(error.error_messages)) from None
    settings = cls(**fixed, **values)
    if faults := [(name.upper(), [reason]) for name, reason in settings.faults()]:
        raise BadSetting("; ".join(f"{name}: {', '.join(reasons)}" for name, reasons in faults))
    return settings


def _read_one(env: FileAwareEnv, one: Field[Any], hint: Any) -> Any:
    kind, checks = _kind(hint)
    options: dict[str, Any] = {"validate": checks}
    if one.default is not MISSING:
        options["default"] = one.default
    elif issubclass(kind, str):
        checks.append(Length(min=1, error="Must not be empty."))
    value = _parsers(env)[kind](one.name.upper(), **options)
    return Secret(value) if kind is Secret and value is not None else value


def _parsers(env: FileAwareEnv) -> dict[type, Callable[..., Any]]:
    return {str: env.str, Secret: env.str, int: env.int, float: env.float, bool: env.bool, Path: env.path}


def _kind(hint: Any) -> tuple[Any, list[Any]]:
    """Take a type hint apart: the type to parse, and the checks that the value must pass."""
    if isinstance(hint, types.UnionType):
        return _kind(next(each for each in typing.get_args(hint) if each is not type(None)))
    if typing.get_origin(hint) is Annotated:
        kind, *checks = typing.get_args(hint)
        return kind, checks
    if typing.get_origin(hint) is Literal:
        return str, [OneOf(typing.get_args(hint))]
    return hint, []


def _sentence(messages: Any) -> str:
    return "; ".join(f"{name}: {' '.join(map(str, reasons))}" for name, reasons in messages.items())
