"""Every operation by every caller: what its OpenAPI document says of roles and what is stated here is what happens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from docs.generate import openapi
from docs.generate.declared import services
from services.vendor.domain import invitations, links
from tests.apps import Marketplace, Person, bearer
from tests.authorisation.callers import ANONYMOUS, OTHER_VENDOR, PRETENDERS, ROLE_OF, SUSPENDED_VENDOR, VENDOR
from tests.authorisation.catalog import SOLD
from tests.authorisation.notifications import TOLD
from tests.authorisation.ordering import BOUGHT
from tests.authorisation.statements import ANYONE, Scene
from tests.authorisation.statements import STATEMENTS as STATED_OF_PEOPLE
from tests.authorisation.stock import STOCKED

METHODS = ("get", "post", "put", "patch", "delete")
Operation = tuple[str, str]
STATEMENTS = {**STATED_OF_PEOPLE, **SOLD, **STOCKED, **BOUGHT, **TOLD}


def operations() -> dict[Operation, dict[str, Any]]:
    """Every operation of every service, as its document says it."""
    return {
        (service.name, f"{method.upper()} {path}"): operations[method]
        for service in services()
        for path, operations in openapi.document(service)["paths"].items()
        for method in METHODS
        if method in operations
    }


DOCUMENTED = operations()
ROLES = {operation: said["x-roles"] for operation, said in DOCUMENTED.items()}
STATED = sorted(STATEMENTS.keys() & ROLES.keys())
every_operation = pytest.mark.parametrize("operation", STATED, ids=" ".join)


def is_public(operation: Operation) -> bool:
    return list(ROLES[operation]) == [ANYONE]


def person_called(caller: str, market: Marketplace, owner: Person) -> Person:
    if caller == VENDOR:
        return owner
    if caller in (OTHER_VENDOR, SUSPENDED_VENDOR):
        return market.seller(suspended=caller == SUSPENDED_VENDOR)
    return market.person(ROLE_OF.get(caller, "customer"))


@dataclass(frozen=True)
class Call:
    """A call of an operation, with all in the database that it is about."""

    scene: Scene
    operation: Operation
    url: str
    sent: dict[str, Any]

    @classmethod
    def of(cls, operation: Operation, scene: Scene) -> Call:
        """Write what it is about, and what it sends."""
        says, (_, path) = STATEMENTS[operation], operation[1].split(" ")
        sent: dict[str, Any] = {"json": says.body(scene)} if says.body else {"data": says.file}
        url = path.format(**says.path(scene)) + (f"?{says.query(scene)}" if says.query else "")
        return cls(scene, operation, url, sent)

    def make(self, token: str) -> tuple[TestResponse, bool]:
        """Call it; the answer, and whether anything was written meanwhile."""
        (service, name), market = self.operation, self.scene.market
        before, client = market.rows(service), market.apps[service].test_client()
        answer = client.open(self.url, method=name.split(" ")[0], headers=bearer(token), **self.sent)
        return answer, market.rows(service) != before


def refused(answer: TestResponse) -> tuple[int, str]:
    """The status and the type of a problem document."""
    assert answer.content_type == "application/problem+json"
    assert answer.json
    return answer.status_code, answer.json["type"].removeprefix("/problems/")


def test_every_operation_is_stated_here_and_no_other() -> None:
    assert STATEMENTS.keys() == ROLES.keys()


@every_operation
def test_exactly_the_callers_whose_role_may_call_it_are_stated(operation: Operation) -> None:
    allowed = {caller for caller, role in ROLE_OF.items() if role in ROLES[operation]}
    assert STATEMENTS[operation].answers.keys() == ({ANYONE} if is_public(operation) else allowed)


@pytest.mark.parametrize("caller", ROLE_OF)
@every_operation
def test_a_caller_is_answered_as_stated(operation: Operation, caller: str, marketplace: Marketplace) -> None:
    owner = marketplace.seller()
    scene = Scene(marketplace, person_called(caller, marketplace, owner), owner)
    answers = STATEMENTS[operation].answers
    answer, written = Call.of(operation, scene).make(marketplace.token(scene.caller))
    if is_public(operation) or caller in answers:
        assert answer.status_code == answers.get(caller, answers.get(ANYONE)), answer.text
    else:
        assert refused(answer) == (403, "forbidden")
    if answer.status_code >= 400:
        assert not written


@every_operation
def test_without_a_token_only_what_is_public_answers(operation: Operation, marketplace: Marketplace) -> None:
    owner = marketplace.seller()
    scene = Scene(marketplace, person_called(ANONYMOUS, marketplace, owner), owner)
    answer, written = Call.of(operation, scene).make("")
    if is_public(operation):
        assert answer.status_code == STATEMENTS[operation].answers[ANYONE], answer.text
    else:
        assert refused(answer) == (401, "unauthenticated")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert not written


@every_operation
def test_what_is_public_asks_for_no_token_and_so_refuses_none(operation: Operation, marketplace: Marketplace) -> None:
    if is_public(operation):
        owner = marketplace.seller()
        token = PRETENDERS["expired token"](marketplace, owner)
        answer, _ = Call.of(operation, Scene(marketplace, owner, owner)).make(token)
        if {"bearer": []} in DOCUMENTED[operation]["security"]:
            assert refused(answer) == (401, "token-expired"), "who is told apart by a token is told that it is too old"
        else:
            assert answer.status_code == STATEMENTS[operation].answers[ANYONE], answer.text


@pytest.fixture(scope="module", params=[each for each in STATED if not is_public(each)], ids=" ".join)
def guarded(request: pytest.FixtureRequest, marketplace: Marketplace) -> Call:
    """An operation that asks for a token, to be called by somebody who may."""
    owner = marketplace.seller()
    caller = next(name for name in (VENDOR, *ROLE_OF) if ROLE_OF[name] in ROLES[request.param])
    return Call.of(request.param, Scene(marketplace, person_called(caller, marketplace, owner), owner))


@pytest.mark.parametrize("pretender", PRETENDERS)
def test_no_pretender_is_believed(guarded: Call, pretender: str, marketplace: Marketplace) -> None:
    answer, written = guarded.make(PRETENDERS[pretender](marketplace, guarded.scene.caller))
    assert refused(answer) == (401, "token-expired" if pretender == "expired token" else "unauthenticated")
    assert not written


@pytest.mark.parametrize(
    "name", ["GET /vendors/me/invites", "GET /vendors/me/invites/refusals", "GET /vendors/me/customers"]
)
def test_a_list_shows_its_vendor_everything_and_another_vendor_nothing(name: str, marketplace: Marketplace) -> None:
    owner, other = marketplace.seller(), marketplace.seller()
    scene = Scene(marketplace, owner, owner)
    link, listed = scene.invite.link, scene.listed
    with marketplace.databases["vendor"].transaction() as session:
        links.revoke(session, link.vendor_id, link.id, datetime.now(UTC))
    late = uuid4()
    with marketplace.databases["vendor"].transaction() as session:
        invitations.accept(session, link.token, late, datetime.now(UTC))
    shown, hidden = (
        Call.of(("vendor", name), Scene(marketplace, caller, owner)).make(marketplace.token(caller))[0].text
        for caller in (owner, other)
    )
    marks = [str(mark) for mark in (link.id, listed, late)]
    assert any(mark in shown for mark in marks)
    assert not any(mark in hidden for mark in marks)
