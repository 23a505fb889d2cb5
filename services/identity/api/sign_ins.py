"""Signing in, staying signed in, signing out."""

from __future__ import annotations

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from services.identity.api import cookies
from services.identity.api.current import current_hashing, current_settings
from services.identity.domain import access_tokens, credentials, emails, sign_ins
from services.identity.domain.credentials import WrongCredentials
from services.identity.domain.hashing import TooBusy
from services.identity.domain.sign_ins import Issued, SignInEnded
from services.identity.schemas import Login, RefreshTokenGiven, Tokens
from shared.kit.auth import anyone
from shared.kit.operations import Blueprint
from shared.kit.rate import limited
from shared.kit.stated import accepts, answers, refuses
from shared.kit.web import Answer, transaction

blueprint = Blueprint("sign-ins", __name__, description="Signing in and out")


@blueprint.post("/login")
@anyone
@limited("30/15m", "email")
@limited("60/m", "address")
@accepts(Login)
@answers(Tokens)
@refuses(WrongCredentials, TooBusy)
def login(body: dict[str, Any]) -> Answer:
    """Sign in with an e-mail and its password.

    Anyone may. An unknown e-mail takes as long as a wrong password and is answered alike.
    """
    key = emails.key_of(body["email"])
    proven = credentials.prove(transaction, current_hashing(), key, body["password"])
    with transaction() as session:
        user = credentials.confirmed(session, proven)
        issued = sign_ins.begin(session, user, current_settings().sign_in_lifetime)
        access_token = _access_token(session, issued)
    return _signed_in(access_token, issued)


@blueprint.post("/token/refresh")
@anyone
@accepts(RefreshTokenGiven, required=False)
@answers(Tokens)
@refuses(SignInEnded)
def refresh(body: dict[str, Any]) -> Answer:
    """Exchange a refresh token for an access token with the role of today, and for the next refresh token.

    Anyone who holds one may. A token that was used before ends the whole sign-in, except that the one just exchanged
    is taken again for ten seconds, for parallel requests of one browser.
    """
    with transaction() as session:
        issued = sign_ins.rotate(session, cookies.given_token(body))
        if isinstance(issued, Issued):
            access_token = _access_token(session, issued)
    if isinstance(issued, SignInEnded):
        raise issued
    return _signed_in(access_token, issued, in_body=bool(body.get("refresh_token")))


@blueprint.post("/logout")
@anyone
@accepts(RefreshTokenGiven, required=False)
@answers(None, 204)
def logout(body: dict[str, Any]) -> Answer:
    """End the sign-in that a refresh token belongs to, on this device only.

    Anyone who holds one may; without one there is nothing to end, and that is fine too.
    """
    with transaction() as session:
        sign_ins.end(session, cookies.given_token(body))
    return cookies.take_back()


def _access_token(session: Session, issued: Issued) -> str:
    return access_tokens.issue(session, current_settings().issuer, issued.user_id, issued.role, issued.locale)


def _signed_in(access_token: str, issued: Issued, *, in_body: bool = False) -> Response:
    tokens = {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": current_settings().access_token_seconds,
        **({"refresh_token": issued.token} if in_body else {}),
    }
    return cookies.hand_over(Tokens().dump(tokens), issued)
