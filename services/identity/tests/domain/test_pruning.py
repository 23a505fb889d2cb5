"""What is over is removed, what is not stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, update

from services.identity.domain import password_resets, pruning, secret_tokens, sign_ins, signing_keys
from services.identity.models import Base, PasswordReset, RefreshToken, SignIn, SigningKey
from services.identity.tests.conftest import Registers, Transaction
from shared.kit.sealing import Seal

LONG_AGO = datetime.now(UTC) - timedelta(days=31)


def counted(transaction: Transaction, *tables: type[Base]) -> list[int]:
    with transaction() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def test_what_has_ended_goes_and_what_lives_stays(registered: Registers, transaction: Transaction, seal: Seal) -> None:
    user = registered()
    with transaction() as session:
        live, ended, over = (sign_ins.begin(session, user, timedelta(days=1)).token for _ in range(3))
        sign_ins.end(session, ended)
        sign_ins.end(session, over)
        session.flush()
        session.execute(update(SignIn).where(SignIn.id == _family(over)).values(revoked_at=LONG_AGO))
        password_resets.request(session, user.email_key)
        session.execute(update(PasswordReset).values(expires_at=datetime.now(UTC)))
        password_resets.request(session, user.email_key)
        signing_keys.current(session, seal)
        session.execute(update(SigningKey).values(expires_at=LONG_AGO))
        signing_keys.current(session, seal)
    with transaction() as session:
        assert pruning.prune(session) == {"sign_ins": 1, "password_resets": 1, "signing_keys": 1}
    with transaction() as session:
        assert set(pruning.prune(session).values()) == {0}
        assert isinstance(sign_ins.rotate(session, live), sign_ins.Issued)
    assert counted(transaction, SignIn, PasswordReset, SigningKey) == [2, 1, 1]


def _family(token: str) -> object:
    hashed = secret_tokens.digest(token)
    return select(RefreshToken.sign_in_id).where(RefreshToken.token_hash == hashed).scalar_subquery()
