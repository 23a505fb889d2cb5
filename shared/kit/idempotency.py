"""Idempotency keys: the first answer under a key is stored with the work it tells of, and given again.

@orders.post("/orders")
@requires(Role.CUSTOMER)
@idempotent
@accepts(NewOrder)
@answers(OrderView, 202)
def place(body: dict[str, Any], actor: Actor) -> Answer:
    with transaction() as session:
        return once(session, lambda: OrderView().dump(domain.place(session, actor.user_id, body)))
"""

import hashlib
import hmac
import re
from collections.abc import Callable
from typing import Any

import orjson
from flask import Response, request
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from shared.kit.errors import Invalid, Refusal
from shared.kit.stated import F, refuses, stated
from shared.kit.web import Answer, answer, current_settings, statements
from shared.sql import steady

_KEY = re.compile(r"[!-~]{1,128}")
_CLAIM = """
    INSERT INTO idempotency_key (scope, key, fingerprint) VALUES (:scope, :key, :fingerprint)
    ON CONFLICT (scope, key) DO NOTHING RETURNING true
"""
_FIND = text("SELECT fingerprint, status, body FROM idempotency_key WHERE scope = :scope AND key = :key")
_KEEP = "UPDATE idempotency_key SET status = :status, body = :body WHERE scope = :scope AND key = :key"


class IdempotencyKeyReused(Refusal):
    """This Idempotency-Key was already used for another request."""

    status = 422


def idempotent(view: F) -> F:
    """State that the operation takes an `Idempotency-Key`; its view answers through `once`."""
    stated(view).idempotent = True
    return refuses(IdempotencyKeyReused)(view)


def once(session: Session, produce: Callable[[], Answer]) -> Response:
    """Answer with `produce()`, or with what it answered when this key was first used by this caller.

    The answer is stored in `session`'s transaction: it is there if and only if the work is. A duplicate that comes
    while the first is at work waits for it; if the first is refused, the duplicate does the work. Without the header
    this is `produce()` alone. Status and body are stored, other headers are not. Raises `IdempotencyKeyReused`.
    """
    said = statements()
    if not said.idempotent:
        raise TypeError("state @idempotent on a view that uses once()")
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return answer(said, produce())
    if not _KEY.fullmatch(key):
        raise Invalid(fields={"Idempotency-Key": "Must be 1 to 128 visible ASCII characters."})
    place = {"scope": _scope(), "key": key}
    fingerprint = _fingerprint()
    while not steady.run(session, _CLAIM, {**place, "fingerprint": fingerprint}):
        if first := session.execute(_FIND, place).one_or_none():
            return _again(first, fingerprint)
    made = answer(said, produce())
    steady.run(session, _KEEP, {**place, "status": made.status_code, "body": made.get_data(as_text=True)})
    return made


def _again(first: Row[Any], fingerprint: bytes) -> Response:
    if not hmac.compare_digest(bytes(first.fingerprint), fingerprint):
        raise IdempotencyKeyReused
    replayed = Response(first.body, first.status, {"Idempotency-Replayed": "true"}, content_type="application/json")
    if not first.body:
        replayed.headers.pop("Content-Type")
    return replayed


def _scope() -> str:
    return f"{request.endpoint} {request.environ.get('kit.actor') or 'anonymous'}"


def _fingerprint() -> bytes:
    """Keyed, so that a stolen table is no oracle for the passwords and addresses that bodies contain."""
    sent = [request.path, request.query_string.decode("latin-1"), _canonical(request.get_data())]
    secret = current_settings().secret_key.encode()
    return hmac.new(secret, orjson.dumps(sent), hashlib.sha256).digest()


def _canonical(body: bytes) -> Any:
    """The order of keys makes no other request; a body that only a tolerant field lets pass counts as it was sent."""
    try:
        return orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS).decode() if body else None
    except orjson.JSONDecodeError:
        return body.decode("latin-1")
