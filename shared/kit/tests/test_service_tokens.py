"""Services let each other in by a token that can be rotated, on the internal port, and nobody else."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from shared.kit.app import create_app
from shared.kit.auth import Actor, Role, TokenVerifier, requires, services_only
from shared.kit.database import Database
from shared.kit.health import InternalApp
from shared.kit.keys import GivenKeys
from shared.kit.operations import Blueprint
from shared.kit.serve import Ports
from shared.kit.settings import BadSetting, Secret, Settings, read
from shared.kit.stated import answers
from shared.kit.tests.shop import KEY, bearer
from shared.kit.web import Answer

OLD, NEW = "the-old-token-of-all-services-000", "the-new-token-of-all-services-000"
INTERNAL_PORT = "9000"


@pytest.fixture
def client(settings: Settings, database: Database) -> Any:
    inside = Blueprint("inside", __name__)

    @inside.get("/internal/thing")
    @services_only
    @answers(None, 204)
    def thing() -> Answer:
        """Answer services."""

    @inside.get("/internal/shared")
    @requires(Role.ADMIN, Role.SERVICE)
    def shared(actor: Actor) -> Answer:
        """Answer services and admins."""
        return {"role": actor.role}

    rotated = dataclasses.replace(settings, service_token=Secret(f"{NEW}, {OLD}"))
    verifier = TokenVerifier(GivenKeys(lambda: [KEY]))
    app = create_app(rotated, title="x", version="1", blueprints=[inside], database=database, verifier=verifier)
    return app.test_client()


@pytest.mark.parametrize("token", [OLD, NEW])
def test_both_tokens_of_a_rotation_are_good(client: Any, token: str) -> None:
    assert client.get("/internal/thing", headers={"Authorization": f"Bearer {token}"}).status_code == 204


@pytest.mark.parametrize("token", ["", "x", NEW[:-1], f"{NEW},{OLD}", "ü" * 30])
def test_no_other_token_is(client: Any, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}".encode().decode("latin-1")}
    assert client.get("/internal/thing", headers=headers).status_code == 401


def test_a_person_s_token_is_no_service_s_whatever_its_role(client: Any) -> None:
    assert client.get("/internal/thing", headers=bearer("admin")).status_code == 401
    assert client.get("/internal/shared", headers=bearer("admin")).json == {"role": "admin"}
    assert client.get("/internal/shared", headers=bearer("vendor")).status_code == 403
    assert client.get("/internal/shared", headers={"Authorization": f"Bearer {NEW}"}).json == {"role": "service"}


def test_without_a_setting_nobody_is_let_in(settings: Settings) -> None:
    assert dataclasses.replace(settings, service_token=None).service_tokens == ()
    assert dataclasses.replace(settings, service_token=Secret(" , ")).service_tokens == ()


def test_addresses_of_other_services_are_read_by_their_names(settings: Settings) -> None:
    known = dataclasses.replace(settings, vendor_internal_url="http://10.0.0.2:9000")
    assert known.internal_urls == {"vendor": "http://10.0.0.2:9000"}


def test_production_wants_a_long_token(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "ENVIRONMENT": "production", "GATEWAY_URL": "https://market.example", "SECRET_KEY": "0" * 40,
        "DATABASE_URL": "postgresql+psycopg2://x@y/z", "BROKER_URL": "amqp://x", "JWKS_URL": "https://i/jwks",
        "SERVICE_TOKEN": f"{'a' * 40},short",
    }  # fmt: skip
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting, match="SERVICE_TOKEN: must have at least 32"):
        read(Settings, service="x")


@pytest.mark.parametrize(("port", "path", "served"), [
    (INTERNAL_PORT, "/internal/x", "mounted"), (INTERNAL_PORT, "/x", "404"), (INTERNAL_PORT, "/internalx", "404"),
    ("8000", "/internal/x", "public"),
])  # fmt: skip
def test_what_is_mounted_is_on_the_internal_port_only(port: str, path: str, served: str) -> None:
    def app(name: str) -> Any:
        return lambda _environ, _start: [name.encode()]

    def start(status: str, _headers: Any) -> None:
        said.append(status[:3])

    said: list[str] = []
    ports = Ports(app("public"), InternalApp({}, mounted=app("mounted")), int(INTERNAL_PORT))
    body = b"".join(ports({"SERVER_PORT": port, "PATH_INFO": path, "REQUEST_METHOD": "GET"}, start))  # type: ignore[arg-type]
    assert (said[0] if said else body.decode()) == served
