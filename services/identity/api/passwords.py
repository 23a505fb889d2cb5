"""Changing a password, and getting back in without one."""

from __future__ import annotations

from typing import Any

from services.identity.api import cookies
from services.identity.api.current import current_hashing, current_settings
from services.identity.domain import credentials, emails, password_resets, password_rules
from services.identity.domain.credentials import Credentials, WrongCredentials
from services.identity.domain.hashing import TooBusy
from services.identity.domain.password_resets import ResetLinkInvalid
from services.identity.domain.password_rules import Candidate, WeakPassword
from services.identity.schemas import PasswordChange, PasswordForgotten, PasswordReset
from shared.kit.auth import Actor, Role, anyone, requires
from shared.kit.operations import Blueprint
from shared.kit.rate import limited
from shared.kit.stated import accepts, answers, refuses
from shared.kit.web import Answer, transaction

blueprint = Blueprint("passwords", __name__, description="Passwords")


@blueprint.post("/password/change")
@requires(Role.CUSTOMER, Role.ADMIN)
@limited("10/15m", "actor")
@accepts(PasswordChange)
@answers(None, 204)
@refuses(WrongCredentials, WeakPassword, TooBusy)
def change(body: dict[str, Any], actor: Actor) -> Answer:
    """Replace one's own password; every other device is signed out, the one with this refresh cookie stays."""
    hashing = current_hashing()
    proven = credentials.prove_own(transaction, hashing, actor.user_id, body["current_password"])
    _check(proven.credentials, body["new_password"], field="new_password")
    password_hash = hashing.hash(body["new_password"])
    with transaction() as session:
        credentials.confirmed(session, proven)
        kept = cookies.given_token({})
        credentials.replace(session, actor.user_id, password_hash, "the password was changed", kept)


@blueprint.post("/password/forgot")
@anyone
@limited("5/h", "email")
@limited("30/h", "address")
@accepts(PasswordForgotten)
@answers(None, 202)
def forgot(body: dict[str, Any]) -> Answer:
    """Ask for a link to set a new password with.

    Anyone may; the answer is the same, and takes the same time, whether or not there is such an account. The link is
    sent by mail, and is made at that moment: a secret never travels in an event, nor lies in a table.
    """
    with transaction() as session:
        password_resets.request(session, emails.key_of(body["email"]))


@blueprint.post("/password/reset")
@anyone
@limited("30/h", "address")
@accepts(PasswordReset)
@answers(None, 204)
@refuses(ResetLinkInvalid, WeakPassword, TooBusy)
def reset(body: dict[str, Any]) -> Answer:
    """Set a new password with the token of a reset link; every device is signed out.

    Anyone who holds the token may, once, within an hour.
    """
    with transaction() as session:
        owner = password_resets.owner(session, body["token"])
    _check(owner, body["password"], field="password")
    password_hash = current_hashing().hash(body["password"])
    with transaction() as session:
        password_resets.use(session, body["token"], password_hash)


def _check(owner: Credentials, password: str, field: str) -> None:
    candidate = Candidate(password, owner.email, owner.name)
    password_rules.check(candidate, current_settings().forbidden_passwords, field)
