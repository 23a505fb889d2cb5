"""The marketplace as tests meet it: real processes of identity and vendor, people, sellers, and the books of both."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx

from deploy.local import processes
from shared.kit.database import Database
from shared.messaging.doorbell import Doorbell
from shared.messaging.outbox import DOORBELL
from tests.eventually import eventually
from tests.infrastructure.databases import TestDatabase
from tests.infrastructure.migrations import service_environment
from tests.infrastructure.servers import ROOT
from tests.integration.processes import Ended, ServiceProcess

PASSWORD = "a long walk by the sea"
ALL = ("identity.web", "identity.relay", "identity.consumer", "vendor.web", "vendor.relay", "vendor.consumer")
_numbers = itertools.count(1)


@dataclass
class Person:
    """Somebody with an account, and their access token once they have signed in."""

    id: UUID
    email: str
    access_token: str = field(default="", repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """What makes a request theirs."""
        return {"Authorization": f"Bearer {self.access_token}"} if self.access_token else {}


@dataclass
class Seller(Person):
    """Somebody who is a vendor too."""

    vendor_id: UUID = field(default_factory=uuid4)
    slug: str = ""


class Room:
    """One service: its database, its addresses, and what its processes read from the environment."""

    def __init__(self, name: str, database: TestDatabase) -> None:
        self.name, self.database = name, database
        self.http_port, self.doorbell = processes.free_port(), f"127.0.0.1:{processes.free_port()}"

    @cached_property
    def db(self) -> Database:
        """The database as the service itself sees it; a commit here rings the service's relay too."""
        info = {DOORBELL: Doorbell(self.doorbell)}
        return Database(self.database.url, application_name="tests", session_info=info, pool_size=16)

    @property
    def address(self) -> str:
        """Where its web process answers."""
        return f"http://127.0.0.1:{self.http_port}"

    def environment(self, **more: str) -> dict[str, str]:
        """The variables of its processes; the limits of rate are off, since all of a test comes from one address."""
        own = {"HTTP_PORT": str(self.http_port), "RELAY_DOORBELL": self.doorbell, "RATE_LIMITS": "false"}
        return service_environment(self.name, self.database, **{**own, **more})


class Marketplace:
    """Both services on their own databases and one broker namespace. Processes run only if started.

    A process is called `service.kind`, a second one of its kind `service.kind.2`.
    """

    def __init__(self, rooms: Mapping[str, Room], broker_url: str, namespace: str, folder: Path) -> None:
        self.identity, self.vendor = rooms["identity"], rooms["vendor"]
        self.broker_url, self.namespace = broker_url, namespace
        self._rooms, self._folder = rooms, folder
        self.processes: dict[str, ServiceProcess] = {}
        self.browser = httpx.Client(timeout=60)

    def process(self, name: str) -> ServiceProcess:
        """The process of this name, running or not."""
        if name not in self.processes:
            service, kind, *_ = name.split(".")
            self.processes[name] = ServiceProcess(
                service, kind, self._environment(service), self._folder / f"{name}.log"
            )
        return self.processes[name]

    def start(self, *names: str, **environment: str) -> None:
        """Start processes side by side and wait until each is ready; variables hold for this start alone."""
        for name in names:
            self.process(name).start(**environment)
        for name in names:
            self.process(name).wait_until_ready()

    def kill(self, *names: str) -> None:
        """SIGKILL."""
        for name in names:
            self.process(name).kill()

    def stop(self, *names: str) -> dict[str, Ended]:
        """SIGTERM, and wait for the end of each."""
        return {name: self.process(name).stop() for name in names}

    def close(self) -> None:
        """End everything."""
        for process in self.processes.values():
            if process.running:
                process.kill()
        self.browser.close()
        for room in self._rooms.values():
            room.db.dispose()

    def job(self, service: str, *arguments: str) -> Any:
        """Run an operator's job to its end; the JSON that it prints."""
        command = [sys.executable, "-m", f"services.{service}", "job", *arguments]
        done = subprocess.run(
            command, env=self._environment(service), cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout}{done.stderr}"
        return json.loads(done.stdout.splitlines()[-1])

    def call(self, room: Room, method: str, path: str, by: Person | None = None, **request: Any) -> httpx.Response:
        """Send one request, as somebody or as nobody."""
        headers = {**(by.headers if by else {}), **request.pop("headers", {})}
        return self.browser.request(method, room.address + path, headers=headers, **request)

    def send_registration(self, name: str, token: str | None = None, **more: Any) -> httpx.Response:
        """Send `POST /register` and return the answer, whatever it is."""
        email = more.pop("email", None) or fresh_email(name)
        headers = more.pop("headers", {})
        body = {
            "email": email,
            "password": PASSWORD,
            "name": name,
            **({"invite_token": token} if token else {}),
            **more,
        }
        return self.call(self.identity, "POST", "/register", json=body, headers=headers)

    def register(self, name: str, token: str | None = None, **more: Any) -> Person:
        """Register somebody, who is answered 201."""
        answer = self.send_registration(name, token, **more)
        assert answer.status_code == 201, answer.text
        return Person(UUID(answer.json()["id"]), answer.json()["email"])

    def sign_in(self, person: Person) -> str:
        """Sign somebody in; the role that their token carries."""
        answer = self.call(self.identity, "POST", "/login", json={"email": person.email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        person.access_token = answer.json()["access_token"]
        role: str = self.call(self.identity, "GET", "/me", by=person).json()["role"]
        return role

    def seller(self, name: str) -> Seller:
        """Register somebody, approve them as a vendor, and sign them in once identity has heard of it."""
        person = self.register(name)
        vendor = self.job("vendor", "create-vendor", "--user-id", str(person.id), "--name", name)
        seller = Seller(person.id, person.email, vendor_id=UUID(vendor["id"]), slug=vendor["slug"])
        eventually(lambda: self.sign_in(seller) == "vendor", timeout=30, every=0.1)
        return seller

    def invite(self, seller: Seller, **limits: Any) -> dict[str, Any]:
        """Make a link; what the vendor is shown of it."""
        answer = self.call(self.vendor, "POST", "/vendors/me/invite", by=seller, json=limits)
        assert answer.status_code == 201, answer.text
        invite: dict[str, Any] = answer.json()
        return invite

    def vendor_with_invite(self, name: str, **limits: Any) -> tuple[Seller, str]:
        """Make a vendor and a link of theirs."""
        seller = self.seller(name)
        return seller, self.invite(seller, **limits)["token"]

    def customers(self, seller: Seller) -> dict[UUID, dict[str, Any]]:
        """A vendor's whole customer list, by customer."""
        found: dict[UUID, dict[str, Any]] = {}
        query: dict[str, Any] = {"limit": 100}
        while True:
            answer = self.call(self.vendor, "GET", "/vendors/me/customers", by=seller, params=query).json()
            found |= {UUID(item["customer_id"]): item for item in answer["items"]}
            if answer["next_cursor"] is None:
                return found
            query["cursor"] = answer["next_cursor"]

    def _environment(self, service: str) -> dict[str, str]:
        keys = f"{self.identity.address}/.well-known/jwks.json"
        shared = {"BROKER_URL": self.broker_url, "BROKER_NAMESPACE": self.namespace, "JWKS_URL": keys}
        return self._rooms[service].environment(**shared)


def fresh_email(name: str) -> str:
    """An address that nobody has yet."""
    return f"{''.join(name.split()).lower()}.{next(_numbers)}.{uuid4().hex[:8]}@shop.example"
