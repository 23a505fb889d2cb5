"""The doors that an invited person comes to."""

import logging
from collections.abc import Callable, Iterator

import pytest
import structlog

from services.vendor.tests.api.conftest import Client, Seller, customer
from services.vendor.tests.building import LONG_AGO, invite
from shared.events.ids import new_id
from shared.kit.database import Database
from shared.kit.logging import configure
from shared.kit.tests.shop import bearer


def link(database: Database, seller: Seller, **more: object) -> str:
    with database.transaction() as session:
        return invite(session, seller[0], **more).token


def test_anybody_may_look_at_an_invitation(client: Client, seller: Seller, database: Database) -> None:
    vendor = {"name": seller[0].name, "slug": seller[0].slug}
    good = client.get(f"/invites/{link(database, seller)}").json
    assert good == {"valid": True, "reason": None, "vendor": vendor, "sentence": f"{seller[0].name} invites you."}
    revoked = client.get(f"/invites/{link(database, seller, revoked_at=LONG_AGO)}").json
    assert (revoked["valid"], revoked["reason"], revoked["vendor"]) == (False, "revoked", vendor)
    unknown = client.get("/invites/nonsense")
    assert (unknown.status_code, unknown.json["reason"], unknown.json["vendor"]) == (200, "unknown_token", None)


def test_a_customer_accepts_and_reads_of_it(client: Client, seller: Seller, database: Database) -> None:
    token, headers = link(database, seller), customer(new_id())
    accepted = client.post(f"/invites/{token}/accept", headers=headers)
    assert (accepted.status_code, accepted.json["outcome"]) == (200, "linked")
    assert accepted.json["vendor"]["slug"] == seller[0].slug
    assert client.post(f"/invites/{token}/accept", headers=headers).json["outcome"] == "already_linked"
    refused = client.post("/invites/nonsense/accept", headers=headers)
    assert (refused.status_code, refused.json["outcome"], refused.json["vendor"]) == (200, "unknown_token", None)
    mine = client.get("/vendor/invitations/mine", headers=headers).json["items"]
    assert [item["outcome"] for item in mine] == ["unknown_token", "already_linked", "linked"]
    assert (mine[2]["on_list"], mine[2]["sentence"]) == (True, accepted.json["sentence"])
    (listed,) = client.get("/vendors/me/customers", headers=seller[1]).json["items"]
    assert (listed["source"], listed["name"]) == ("acceptance", None)


def test_the_person_sees_only_their_own_outcomes(client: Client, seller: Seller, database: Database) -> None:
    client.post(f"/invites/{link(database, seller)}/accept", headers=customer(new_id()))
    assert client.get("/vendor/invitations/mine", headers=customer(new_id())).json["items"] == []


def test_a_vendor_accepts_others_invitations_but_not_their_own(
    client: Client, seller: Seller, sellers: Callable[..., Seller], database: Database
) -> None:
    token = link(database, seller)
    own = client.post(f"/invites/{token}/accept", headers=seller[1])
    assert (own.status_code, own.json["type"]) == (409, "/problems/own-invitation")
    other = sellers(name="Vendor B")
    assert client.post(f"/invites/{token}/accept", headers=other[1]).json["outcome"] == "linked"


def test_who_may_accept(client: Client) -> None:
    assert client.post("/invites/x/accept").status_code == 401
    assert client.post("/invites/x/accept", headers=bearer("admin")).status_code == 403


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """What a process would log, down to the finest level."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    configure(service="vendor", process="web", level="debug")
    yield lambda: capsys.readouterr().out
    root.handlers[:], root.level = before
    structlog.reset_defaults()


def test_the_token_is_not_logged(client: Client, seller: Seller, database: Database, logged: Callable[[], str]) -> None:
    token = link(database, seller)
    client.get(f"/invites/{token}")
    client.post(f"/invites/{token}/accept", headers=customer(new_id()))
    said = logged()
    assert "/invites/<token>" in said
    assert token not in said
