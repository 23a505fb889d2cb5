"""Only a token of our issuer, for us, in time, signed with Ed25519 by a known key, opens a door; roles open theirs."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import httpx
import pytest
from flask import Flask
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey, RSAKey

from shared.kit.app import Unstated, create_app, openapi_document
from shared.kit.auth import Role, TokenVerifier, anyone, requires
from shared.kit.database import Database
from shared.kit.errors import Unauthenticated, Unavailable
from shared.kit.keys import GivenKeys, RemoteKeys, usable_keys
from shared.kit.operations import Blueprint
from shared.kit.settings import Settings
from shared.kit.stated import answers
from shared.kit.tests.shop import KEY, Client, bearer, open_shop, token

PUBLIC_BYTES = KEY.as_dict(private=False)["x"]


@pytest.fixture(scope="module")
def shop(settings: Settings, database: Database) -> Flask:
    return open_shop(settings, database)


@pytest.fixture(scope="module")
def client(shop: Flask) -> Client:
    return shop.test_client()


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def crafted(header: Any, *, sign: bool = True) -> str:
    """Make a token with good claims and any header, signed with the good key or not at all."""
    claims = jwt.decode(token(), KEY, algorithms=["Ed25519"]).claims
    signed = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
    signature = KEY.private_key.sign(signed.encode()) if sign else b""  # type: ignore[union-attr]
    return f"{signed}.{base64url(signature)}"


def unsigned() -> str:
    return crafted({"alg": "none", "kid": "first"}, sign=False)


def signed_with_the_public_key() -> str:
    raw = base64.urlsafe_b64decode(str(PUBLIC_BYTES) + "=")
    return token(key=OctKey.import_key(raw, {"kid": "first"}), header={"alg": "HS256"})


def test_a_good_token_opens_the_door(client: Client) -> None:
    crafted_well = {"Authorization": f"Bearer {crafted({'alg': 'Ed25519', 'kid': 'first'})}"}
    assert client.post("/things", json={"name": "x"}, headers=crafted_well).status_code == 201
    answer = client.post("/things", json={"name": "x"}, headers=bearer())
    assert (answer.status_code, answer.json["name"]) == (201, "x")  # type: ignore[index]


@pytest.mark.parametrize(
    "bad",
    [
        lambda: "",
        lambda: "no-token-at-all",
        lambda: "a.b.c",
        lambda: "ä.ö.ü",
        lambda: token() + "x",
        lambda: token()[:-4],
        unsigned,
        signed_with_the_public_key,
        lambda: token(key=RSAKey.generate_key(2048, {"kid": "first"}), header={"alg": "RS256"}),
        lambda: token(header={"alg": "EdDSA"}),
        lambda: token(key=OKPKey.generate_key("Ed25519", {"kid": "first"})),
        lambda: token(key=OKPKey.generate_key("Ed25519", {"kid": "unknown"})),
        lambda: crafted({"alg": "Ed25519"}),
        lambda: crafted({"alg": "Ed25519", "kid": 1}),
        lambda: crafted({"alg": "Ed25519", "kid": "first", "crit": ["x"], "x": 1}),
        lambda: crafted({"alg": ["Ed25519"], "kid": "first"}),
        lambda: crafted({"kid": "first"}),
        lambda: crafted([]),
        lambda: token(aud="elsewhere"),
        lambda: token(aud=None),
        lambda: token(iss="somebody"),
        lambda: token(iss=None),
        lambda: token(sub="no-uuid"),
        lambda: token(sub=None),
        lambda: token("emperor"),
        lambda: token(role=None),  # type: ignore[arg-type]
        lambda: token(exp=None),
        lambda: token(exp="soon"),
        lambda: token(iat=int(time.time()) + 3600),
        lambda: token(jti=None),
        lambda: token(nbf=int(time.time()) + 3600),
        lambda: token(extra="x" * 5000),
    ],
)
def test_a_bad_token_is_told_so_whatever_is_wrong_with_it(client: Client, bad: Any) -> None:
    answer = client.post("/things", json={"name": "x"}, headers={"Authorization": f"Bearer {bad()}"})
    document = answer.get_json(force=True)
    assert (answer.status_code, document["type"]) == (401, "/problems/unauthenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_an_expired_token_says_that_a_new_one_would_do(client: Client) -> None:
    answer = client.post("/things", json={"name": "x"}, headers=bearer(exp=int(time.time()) - 10))
    assert (answer.status_code, answer.get_json(force=True)["type"]) == (401, "/problems/token-expired")


@pytest.mark.parametrize("header", ["", "Basic abc", "Bearer", "Bearer ", "Bearer  "])
def test_no_token(client: Client, header: str) -> None:
    assert client.post("/things", json={"name": "x"}, headers={"Authorization": header}).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/things", {"vendor"}),
        ("DELETE", "/parts/0198a000-0000-7000-8000-000000000000", {"customer", "vendor"}),
        ("GET", "/administration", {"admin"}),
    ],
)
def test_roles_open_their_doors_only(client: Client, method: str, path: str, allowed: set[str]) -> None:
    opened = {
        role.value
        for role in Role
        if client.open(path, method=method, json={"name": "x"}, headers=bearer(role)).status_code != 403
    }
    assert opened == allowed


def test_who_calls_is_settled_before_what_they_sent_is_read(client: Client) -> None:
    assert client.post("/things", data="{", content_type="application/json").status_code == 401
    wrong_role = client.post("/things", data="{", content_type="application/json", headers=bearer("customer"))
    assert wrong_role.status_code == 403


def test_an_optional_token_is_used_or_refused_but_never_needed(client: Client) -> None:
    assert client.get("/things/a").status_code == 200
    sub = "0198a000-0000-7000-8000-000000000001"
    assert client.get("/things/a", headers=bearer("customer", sub=sub)).json["id"] == sub  # type: ignore[index]
    assert client.get("/things/a", headers={"Authorization": "Bearer nonsense"}).status_code == 401


def test_an_operation_that_states_no_caller_stops_the_app(settings: Settings, database: Database) -> None:
    silent = Blueprint("silent", __name__)

    @silent.get("/silent")
    @answers(None, 204)
    def nobody_said() -> None:
        """Do nothing."""

    with pytest.raises(Unstated, match=r"silent\.nobody_said"):
        open_shop(settings, database, [silent])


def test_a_statement_above_the_route_comes_too_late(settings: Settings) -> None:
    late = Blueprint("late", __name__)
    with pytest.raises(TypeError, match="below the route"):

        @anyone
        @late.get("/late")
        def view() -> None:
            """Do nothing."""


def test_requires_needs_a_role() -> None:
    with pytest.raises(TypeError):
        requires()


def test_the_document_says_who_may_call(shop: Flask) -> None:
    paths = openapi_document(shop)["paths"]
    assert paths["/things"]["post"]["security"] == [{"bearer": []}]
    assert paths["/things"]["post"]["x-roles"] == ["vendor"]
    assert paths["/parts/{part_id}"]["delete"]["x-roles"] == ["customer", "vendor"]
    assert paths["/wishes"]["get"]["security"] == []
    assert paths["/things/{token}"]["get"]["security"] == [{}, {"bearer": []}]


class Identity:
    """Stands where identity's JWKS address is: keys to hand out, or silence."""

    def __init__(self, *keys: OKPKey) -> None:
        self.keys, self.up, self.asked, self.now = list(keys), True, 0, 1000.0

    def fetch(self, _url: str) -> dict[str, Any]:
        self.asked += 1
        if not self.up:
            raise httpx.ConnectError("refused")
        return {"keys": [key.as_dict(private=False) for key in self.keys]}

    def verifier(self) -> TokenVerifier:
        return TokenVerifier(RemoteKeys("http://identity", fetch=self.fetch, clock=lambda: self.now))


def key(name: str) -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": name})


def test_keys_are_fetched_once_and_kept_while_identity_is_down() -> None:
    identity = Identity(first := key("one"))
    verifier = identity.verifier()
    verifier.verify(token(key=first))
    identity.up = False
    for _ in range(5):
        identity.now += 1000
        assert verifier.verify(token(key=first)).role is Role.VENDOR
    assert identity.asked == 6, "asked again when the keys grew old, and went on without an answer"


def test_a_new_key_is_learned_at_once_and_the_old_one_keeps_verifying() -> None:
    identity = Identity(first := key("one"))
    verifier = identity.verifier()
    verifier.verify(token(key=first))
    identity.keys.append(second := key("two"))
    identity.now += 10
    verifier.verify(token(key=second))
    verifier.verify(token(key=first))
    assert identity.asked == 2


def test_a_withdrawn_key_ends() -> None:
    identity = Identity(first := key("one"), second := key("two"))
    verifier = identity.verifier()
    verifier.verify(token(key=first))
    identity.keys = [second]
    identity.now += 301
    with pytest.raises(Unauthenticated):
        verifier.verify(token(key=first))


def test_unknown_keys_do_not_make_a_flood_of_fetches() -> None:
    identity = Identity(first := key("one"))
    verifier = identity.verifier()
    verifier.verify(token(key=first))
    for _ in range(20):
        identity.now += 0.5
        with pytest.raises(Unauthenticated):
            verifier.verify(token(key=key("stranger")))
    assert identity.asked <= 5


def test_without_any_key_nobody_can_say() -> None:
    identity = Identity()
    identity.up = False
    verifier = identity.verifier()
    for _ in range(3):
        with pytest.raises(Unavailable):
            verifier.verify(token())
    assert identity.asked == 1
    identity.up, identity.keys, identity.now = True, [KEY], identity.now + 10
    verifier.verify(token())


@pytest.mark.parametrize("nonsense", [{}, {"keys": None}, {"keys": [None]}, {"keys": []}, []])
def test_a_nonsensical_key_set_changes_nothing(nonsense: Any) -> None:
    verifier = TokenVerifier(RemoteKeys("http://identity", fetch=lambda _: nonsense))
    with pytest.raises(Unavailable):
        verifier.verify(token())


def test_keys_for_other_software_are_left_alone() -> None:
    broken = {"kty": "OKP", "crv": "Ed25519", "kid": "broken", "x": "?"}
    others = [{"kty": "RSA", "kid": "r"}, {"kty": "OKP", "crv": "X25519", "kid": "x"}, broken]
    assert list(usable_keys({"keys": [*others, KEY.as_dict(private=False)]})) == ["first"]


def test_a_real_address_is_asked(settings: Settings, database: Database) -> None:
    app = create_app(settings, title="Shop", version="1", blueprints=[], database=database)
    verifier = app.extensions["kit"].verifier
    with pytest.raises(Unavailable):
        verifier.verify(token())


def test_given_keys_are_looked_up_by_their_id_each_time() -> None:
    keys = [key("other"), KEY]
    verifier = TokenVerifier(GivenKeys(lambda: keys))
    verifier.verify(token())
    keys.remove(KEY)
    with pytest.raises(Unauthenticated):
        verifier.verify(token())
