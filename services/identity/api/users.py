"""Registering, and everything a person does with their own account."""

from __future__ import annotations

from typing import Any

from services.identity.api import cookies
from services.identity.api.current import current_hashing, current_settings
from services.identity.domain import demo, emails, erasure, password_rules, users
from services.identity.domain.demo import DemoPersonRefused
from services.identity.domain.hashing import TooBusy
from services.identity.domain.password_rules import Candidate, WeakPassword
from services.identity.domain.users import EmailTaken, Registration
from services.identity.schemas import Registration as RegistrationSchema
from services.identity.schemas import UserChange, UserView
from shared.kit.auth import Actor, Role, anyone, requires
from shared.kit.idempotency import idempotent, once
from shared.kit.operations import Blueprint
from shared.kit.rate import limited
from shared.kit.stated import accepts, answers, refuses
from shared.kit.web import Answer, transaction

blueprint = Blueprint("users", __name__, description="Accounts")


@blueprint.post("/register")
@anyone
@idempotent
@limited("60/m", "address")
@accepts(RegistrationSchema)
@answers(UserView, 201)
@refuses(EmailTaken, WeakPassword, DemoPersonRefused, TooBusy)
def register(body: dict[str, Any]) -> Answer:
    """Create an account.

    Anyone may. The answer does not wait for anything but the database. An invite token that is no good stops nobody:
    the vendor service judges it afterwards, as of the moment of the registration, and says why if it links nobody.
    """
    email = emails.parse(body["email"])
    demo.refuse_person(email, allowed=current_settings().environment == "local")
    candidate = Candidate(body["password"], email.given, body["name"])
    password_rules.check(candidate, current_settings().forbidden_passwords)
    wanted = Registration(
        email=email,
        name=body["name"],
        locale=body["locale"],
        password_hash=current_hashing().hash(body["password"]),
        invite_token=users.clean_invite_token(body["invite_token"]),
    )
    with transaction() as session:
        return once(session, lambda: UserView().dump(users.register(session, wanted)))


@blueprint.get("/me")
@requires(Role.CUSTOMER, Role.ADMIN)
@answers(UserView)
def show(actor: Actor) -> Answer:
    """Show the account of the person who is signed in."""
    with transaction() as session:
        user = users.present(session, actor.user_id)
    return UserView().dump(user)


@blueprint.patch("/me")
@requires(Role.CUSTOMER, Role.ADMIN)
@accepts(UserChange)
@answers(UserView)
def change(body: dict[str, Any], actor: Actor) -> Answer:
    """Change one's own name or language; what is not sent stays as it is."""
    with transaction() as session:
        user = users.change(session, actor.user_id, body)
    return UserView().dump(user)


@blueprint.delete("/me")
@requires(Role.CUSTOMER, Role.ADMIN)
@answers(None, 204)
def erase(actor: Actor) -> Answer:
    """Leave: the name, the e-mail, the addresses and every sign-in of this person are erased for good.

    The same e-mail may register again afterwards, as somebody new.
    """
    with transaction() as session:
        erasure.erase(session, actor.user_id)
    return cookies.take_back()
