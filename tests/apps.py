"""The services' applications on real databases, the people who call them, and tokens signed with identity's key."""

from __future__ import annotations

import itertools
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

from flask import Flask
from joserfc import jwt
from joserfc.jwk import OKPKey
from sqlalchemy import text

from services.catalog.app import create_app as create_catalog
from services.catalog.domain import vendors as replicas
from services.catalog.domain.vendors import News
from services.catalog.settings import Settings as CatalogSettings
from services.identity.app import create_app as create_identity
from services.identity.domain import emails, signing_keys, users
from services.identity.domain.hashing import ARGON2
from services.identity.models import User
from services.identity.settings import Settings as IdentitySettings
from services.notifications.app import create_app as create_notifications
from services.notifications.settings import Settings as NotificationsSettings
from services.ordering.app import create_app as create_ordering
from services.ordering.consumers import on_vendor_approved, on_vendor_suspended
from services.ordering.settings import Settings as OrderingSettings
from services.vendor.app import create_app as create_vendor
from services.vendor.domain import standing, vendors
from services.vendor.models import Vendor
from services.vendor.settings import Settings as VendorSettings
from shared.events.envelope import Envelope
from shared.events.event import Event
from shared.events.ids import new_id
from shared.events.vendor import VendorApproved, VendorSuspended
from shared.kit.auth import TokenVerifier
from shared.kit.database import Database
from shared.kit.keys import GivenKeys
from tests.infrastructure.databases import TestDatabase
from tests.infrastructure.settings import settings_of

PASSWORD = "a long walk by the sea"
PASSWORD_HASH = ARGON2.hash(PASSWORD)
NUMBERS = itertools.count(1)
ROOMS = ("identity", "vendor", "catalog", "ordering", "notifications")
"""The services that a marketplace of the tests is made of."""


@dataclass(frozen=True)
class Person:
    """Somebody with an account; `vendor` if they sell."""

    user_id: UUID
    email: str
    role: str
    vendor: Vendor | None = None


@dataclass
class Marketplace:
    """The services, each on its own database; only tokens travel, and news of vendors to catalog and ordering."""

    at: Mapping[str, TestDatabase]
    databases: dict[str, Database] = field(default_factory=dict)
    apps: dict[str, Flask] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.databases = {name: Database(where.url, application_name="tests") for name, where in self.at.items()}
        self.apps["identity"] = create_identity(self.identity_settings, self.databases["identity"])
        key = self.signing_key
        verifier = TokenVerifier(GivenKeys(lambda: [key]))
        self.apps["vendor"] = create_vendor(self.vendor_settings, self.databases["vendor"], verifier)
        self.apps["catalog"] = create_catalog(self.catalog_settings, self.databases["catalog"], verifier)
        self.apps["ordering"] = create_ordering(self.ordering_settings, self.databases["ordering"], verifier)
        told = (self.notifications_settings, self.databases["notifications"])
        self.apps["notifications"] = create_notifications(*told, verifier)

    @cached_property
    def identity_settings(self) -> IdentitySettings:
        """Identity's settings."""
        return settings_of(IdentitySettings, self.at["identity"])

    @cached_property
    def vendor_settings(self) -> VendorSettings:
        """Vendor's settings, with a folder of its own for files."""
        at = self.at["vendor"]
        return settings_of(VendorSettings, at, storage_folder=Path(tempfile.gettempdir()) / at.name)

    @cached_property
    def catalog_settings(self) -> CatalogSettings:
        """Catalog's settings, with a folder of its own for files."""
        at = self.at["catalog"]
        return settings_of(CatalogSettings, at, storage_folder=Path(tempfile.gettempdir()) / at.name)

    @cached_property
    def ordering_settings(self) -> OrderingSettings:
        """Ordering's settings, with a catalog that does not answer."""
        return settings_of(OrderingSettings, self.at["ordering"])

    @cached_property
    def notifications_settings(self) -> NotificationsSettings:
        """Notifications' settings, without a mail server."""
        return settings_of(NotificationsSettings, self.at["notifications"])

    @cached_property
    def signing_key(self) -> OKPKey:
        """The pair of keys that identity signs with."""
        with self.databases["identity"].transaction() as session:
            key = signing_keys.current(session, self.identity_settings.seal)
            return signing_keys.opened(key, self.identity_settings.seal)

    def person(self, role: str = "customer") -> Person:
        """Register somebody new, whose password is `PASSWORD`."""
        email = f"person.{next(NUMBERS)}@shop.example"
        wanted = users.Registration(email=emails.parse(email), name="Some Body", password_hash=PASSWORD_HASH, role=role)
        with self.databases["identity"].transaction() as session:
            user: User = users.register(session, wanted)
            return Person(user.id, email, role)

    def seller(self, *, suspended: bool = False) -> Person:
        """Register somebody who is an approved vendor, or one that was suspended."""
        person, now = self.person("vendor"), datetime.now(UTC)
        with self.databases["vendor"].transaction() as session:
            vendor = vendors.create(session, person.user_id, f"Shop {next(NUMBERS)}", commission_bps=1000, now=now)
            if suspended:
                standing.suspend(session, vendor.slug, "Many complaints", now)
        self._tell(vendor, now)
        return Person(person.user_id, person.email, person.role, vendor)

    def _tell(self, vendor: Vendor, now: datetime) -> None:
        """Let catalog and ordering know what their consumers would have told them."""
        names = (vendor.name, vendor.slug, vendor.code)
        news = News(vendor.id, vendor.user_id, vendor.version, vendor.status, now, uuid4(), *names)
        with self.databases["catalog"].transaction() as session:
            replicas.learn(session, news)
        with self.databases["ordering"].transaction() as session:
            on_vendor_approved(session, _approved(vendor, now))
            if vendor.status == "suspended":
                on_vendor_suspended(session, _suspended(vendor, now))

    def claims(self, person: Person, **changes: Any) -> dict[str, Any]:
        """What a sound access token of this person says, with changes."""
        now = int(time.time())
        sound = {"iss": "market", "aud": "market", "sub": str(person.user_id), "role": person.role, "jti": uuid4().hex}
        return {**sound, "iat": now, "exp": now + 86_400, **changes}

    def token(self, person: Person, **changes: Any) -> str:
        """An access token of this person, signed by identity's key; changes replace claims."""
        return sign(self.claims(person, **changes), self.signing_key)

    def rows(self, *services: str) -> dict[str, tuple[int, int]]:
        """A fingerprint of every table of these services, or of all, to see whether anything was written."""
        return {
            f"{service}.{table}": fingerprint
            for service in services or self.databases
            for table, fingerprint in _fingerprints(self.databases[service]).items()
        }

    def dispose(self) -> None:
        """Close all connections."""
        for database in self.databases.values():
            database.dispose()
        for settings in (self.vendor_settings, self.catalog_settings):
            shutil.rmtree(settings.storage_folder, ignore_errors=True)


def _approved(vendor: Vendor, now: datetime) -> Envelope[VendorApproved]:
    who: dict[str, Any] = {"vendor_id": vendor.id, "user_id": vendor.user_id}
    called: dict[str, Any] = {"name": vendor.name, "slug": vendor.slug, "code": vendor.code}
    return told(VendorApproved(**who, **called, commission_bps=vendor.commission_bps, approved_at=now), 1, now)


def _suspended(vendor: Vendor, now: datetime) -> Envelope[VendorSuspended]:
    who: dict[str, Any] = {"vendor_id": vendor.id, "user_id": vendor.user_id}
    return told(VendorSuspended(**who, reason="Many complaints", suspended_at=now), vendor.version, now)


E = TypeVar("E", bound=Event)


def told(event: E, version: int, at: datetime) -> Envelope[E]:
    """An event as a consumer is given it."""
    return Envelope(
        id=new_id(),
        source=event.publisher,
        aggregate_id=event.aggregate_id,
        aggregate_version=version,
        occurred_at=at,
        correlation_id="test",
        event=event,
    )


def sign(claims: Mapping[str, Any], key: OKPKey) -> str:
    """Sign claims as identity does."""
    return jwt.encode({"alg": "Ed25519", "typ": "JWT", "kid": key.kid}, dict(claims), key, algorithms=["Ed25519"])


def bearer(token: str) -> dict[str, str]:
    """The header of a request with this token; nothing without one."""
    return {"Authorization": f"Bearer {token}"} if token else {}


def _fingerprints(database: Database) -> dict[str, tuple[int, int]]:
    """How many rows each table has, and the sum of the transactions that wrote them: any write changes one of both."""
    with database.engine.connect() as connection:
        names = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        each = (f"SELECT '{name}', count(*), coalesce(sum(xmin::text::bigint), 0) FROM \"{name}\"" for name in names)
        return {
            name: (rows, int(written)) for name, rows, written in connection.execute(text(" UNION ALL ".join(each)))
        }
