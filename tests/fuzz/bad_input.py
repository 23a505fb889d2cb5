"""The bad-input list: each kind of wrong request, and the problem document that must name what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SECRET_PASSWORD = "canary-password-4711"
SECRET_TOKEN = "canary-token-4711"
PERSON = {"email": "grace@shop.example", "password": SECRET_PASSWORD, "name": "Grace", "invite_token": SECRET_TOKEN}
JSON = "application/json"
Refused = tuple[int, str, set[str]]
NOBODY: Refused = (401, "unauthenticated", set())


@dataclass(frozen=True)
class Bad:
    """One wrong request: where to, what, and its refusal as status, type and the fields that it names."""

    name: str
    to: str
    refusal: Refused
    raw: bytes = b""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.to.split(" ")[0]

    @property
    def path(self) -> str:
        """The path, with its query."""
        return self.to.split(" ")[1]


def invalid(*fields: str) -> Refused:
    return 422, "invalid", set(fields)


def body(name: str, to: str, refusal: Refused, sent: Any) -> Bad:
    return Bad(name, to, refusal, json.dumps(sent).encode())


def registration(what: str, refusal: Refused, /, **changes: Any) -> Bad:
    return body(what, "POST /register", refusal, {**PERSON, **changes})


def invite(what: str, refusal: Refused, /, **sent: Any) -> Bad:
    return body(what, "POST /vendors/me/invite", refusal, sent)


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in PERSON.items() if key != name}


WEAK = (422, "weak-password", {"password"})
HUGE = b'{"name": "' + b"x" * 70_000 + b'"}'
LISTS = ("/vendors/me/invites", "/vendors/me/invites/refusals", "/vendors/me/customers", "/vendor/invitations/mine")
CURSORS = {"nonsense": "nonsense", "not base64": "%C3%A9%C3%A9", "another shape": "W10", "a NUL": "%00", "empty": ""}

IDENTITY = [
    Bad("wrong JSON", "POST /register", (400, "bad-json", set()), b'{"email": "grace@shop.example", '),
    Bad("JSON with a comma too many", "POST /login", (400, "bad-json", set()), b'{"email": "a@b.example",}'),
    Bad("NaN is no JSON", "POST /login", (400, "bad-json", set()), b'{"email": NaN}'),
    Bad("no body", "POST /register", (400, "bad-json", set())),
    Bad("nested without end", "POST /register", (400, "bad-json", set()), b"[" * 30_000),
    Bad("bytes that are no text", "POST /register", (400, "bad-json", set()), b'{"name": "\xff\xfe"}'),
    Bad("a form", "POST /register", (415, "not-json", set()), b"email=a", "application/x-www-form-urlencoded"),
    Bad("a huge body", "POST /register", (413, "body-too-large", set()), HUGE),
    body("a list where an object belongs", "POST /register", invalid("body"), []),
    body("a missing field", "POST /register", invalid("name"), without("name")),
    body("all fields missing", "POST /register", invalid("email", "password", "name"), {}),
    registration("an unknown field", invalid("nickname"), nickname="Gracie"),
    registration("a role for oneself", invalid("role"), role="admin"),
    registration("a number for a name", invalid("name"), name=5),
    registration("a name of nothing", invalid("name"), name=""),
    registration("a name of two lines", invalid("name"), name="Grace\nBcc: all@shop.example"),
    registration("a NUL in a name", invalid("name"), name="Gr\x00ace"),
    registration("half a character in a name", invalid("name"), name="\ud83d"),
    registration("a language that is none", invalid("locale"), locale="??"),
    registration("an e-mail without @", invalid("email"), email="grace.example"),
    registration("an e-mail with a line break", invalid("email"), email="grace@shop.example\r\nBcc: a@b.example"),
    registration("an e-mail of two", invalid("email"), email="grace@shop.example,ada@shop.example"),
    registration("an e-mail too long", invalid("email"), email="g" * 250 + "@shop.example"),
    registration("a short password", WEAK, password="canary471"),
    registration("a breached-style password", WEAK, password="Password2024!"),
    registration("one's own e-mail as password", WEAK, password="grace@shop.example"),
    registration("a sequence as password", WEAK, password="qwertyuiop1234"),
    registration("a password too long", WEAK, password="canary-" + "x4z" * 70),
    registration("a taken e-mail", (409, "email-taken", {"email"}), email="TAKEN@Shop.Example"),
    body("a bad reset token", "POST /password/reset", (422, "reset-link-invalid", {"token"}),
         {"token": SECRET_TOKEN, "password": SECRET_PASSWORD}),
    body("a bad refresh token", "POST /token/refresh", (401, "sign-in-ended", set()), {"refresh_token": SECRET_TOKEN}),
    body("a wrong password", "POST /login", (401, "wrong-credentials", set()),
         {"email": "taken@shop.example", "password": SECRET_PASSWORD}),
    body("an unknown e-mail", "POST /login", (401, "wrong-credentials", set()),
         {"email": "nobody@shop.example", "password": SECRET_PASSWORD}),
    Bad("a bad access token", "GET /me", NOBODY, headers={"Authorization": f"Bearer {SECRET_TOKEN}"}),
    Bad("another scheme", "GET /me", NOBODY, headers={"Authorization": f"Basic {SECRET_TOKEN}"}),
    Bad("no such path", "GET /nothing/here", (404, "not-found", set())),
    Bad("no such method", "PUT /register", (405, "method-not-allowed", set())),
]  # fmt: skip

VENDOR = [
    invite("a negative max_uses", invalid("max_uses"), max_uses=-1),
    invite("a max_uses of nobody", invalid("max_uses"), max_uses=0),
    invite("half a use", invalid("max_uses"), max_uses=1.5),
    invite("a text as max_uses", invalid("max_uses"), max_uses="5"),
    invite("true as max_uses", invalid("max_uses"), max_uses=True),
    invite("a max_uses beyond the database", invalid("max_uses"), max_uses=2**63),
    invite("an expiry in the past", invalid("expires_at"), expires_at="2020-01-01T00:00:00Z"),
    invite("an expiry without a zone", invalid("expires_at"), expires_at="2036-01-01T00:00:00"),
    invite("an expiry that is no time", invalid("expires_at"), expires_at="tomorrow"),
    invite("an expiry outside the calendar", invalid("expires_at"), expires_at="0001-01-01T00:00:00+14:00"),
    invite("a label too long", invalid("label"), label="x" * 81),
    invite("an unknown field", invalid("vendor_id"), vendor_id="019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21"),
    invite("several at once", invalid("max_uses", "expires_at"), max_uses=-1, expires_at="soon"),
    Bad("no such link", "POST /vendors/me/invites/019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21/revoke",
        (404, "unknown-invite", set())),
    Bad("nobody on the list", "DELETE /vendors/me/customers/019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21",
        (404, "not-on-your-list", set())),
    *(Bad(f"a cursor of {what} at {path}", f"GET {path}?cursor={cursor}", invalid("cursor"))
      for path in LISTS for what, cursor in CURSORS.items()),
    *(Bad(f"a limit of {limit} at {path}", f"GET {path}?limit={limit}", invalid("limit"))
      for path in LISTS for limit in ("0", "101", "-1", "many", "1.5")),
    *(Bad(f"an unknown parameter at {path}", f"GET {path}?page=2", invalid("page")) for path in LISTS),
]  # fmt: skip
