"""The database of one service: an engine with bounded waits, and transactions that end where their block ends."""

import select
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import orjson
from sqlalchemy import MetaData, Text, Uuid, create_engine, event, text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from shared.kit.reading import Reading

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Tables of a service: constraints have predictable names, times are with time zone, ids are native UUIDs."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: TIMESTAMP(timezone=True),
        UUID: Uuid(as_uuid=True),
        str: Text(),
        dict[str, Any]: JSONB(),
        dict[str, str]: JSONB(),
    }


class Database:
    """Connections of one process to its own database.

    Waits are bounded so that a stuck neighbour becomes an error that a caller can answer: 5 s for a connection of the
    pool, 3 s to connect, `statement_timeout`, `lock_timeout` and a limit on idling inside a transaction on the server.
    Up to `max_overflow` connections beside the `pool_size` that are kept are closed as soon as they are given back.
    """

    def __init__(
        self,
        url: str,
        *,
        application_name: str,
        pool_size: int = 8,
        max_overflow: int = 2,
        session_info: Mapping[str, Any] | None = None,
        statement_timeout: float = 10,
        lock_timeout: float = 5,
    ) -> None:
        self.engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=max_overflow,
            pool_timeout=5,
            pool_recycle=1800,
            hide_parameters=True,
            json_serializer=_dump_json,
            json_deserializer=orjson.loads,
            connect_args={
                "application_name": application_name,
                "connect_timeout": 3,
                "options": _options(
                    TimeZone="UTC",
                    statement_timeout=round(statement_timeout * 1000),
                    lock_timeout=round(lock_timeout * 1000),
                    idle_in_transaction_session_timeout=30_000,
                ),
                **_KEEPALIVE,
            },
        )
        event.listen(self.engine, "checkout", _refuse_dead)
        # Rows outlive their transaction: views dump them after the commit, without another query.
        self._sessions = sessionmaker(self.engine, expire_on_commit=False, info=dict(session_info or {}))

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session whose work is committed at the end of the block, or wholly undone if the block raises."""
        with self._sessions.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """Give a connection for statements that only read, each for itself: no transaction, one round trip each."""
        pooled = self.engine.raw_connection()
        connection: Any = pooled.dbapi_connection
        try:
            connection.autocommit = True
            yield Reading(connection, pooled.info.setdefault("prepared", {}))
        finally:
            if not connection.closed:
                connection.autocommit = False
            pooled.close()

    def ping(self) -> None:
        """Ask the database one question; raises what SQLAlchemy raises if it does not answer."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def forked(self) -> None:
        """Leave the connections of the parent process alone and begin with an empty pool."""
        self.engine.dispose(close=False)

    def dispose(self) -> None:
        """Close the pooled connections."""
        self.engine.dispose()


def _refuse_dead(connection: Any, _record: Any, _pooled: Any) -> None:
    """Let the pool replace a connection that the server has ended: what it said last waits to be read, or the end does.

    A quiet connection has nothing to read, so no question is asked for each request, as SQLAlchemy's ping does, and
    which costs a quarter of a page. One that died without a word is found by TCP (`_KEEPALIVE`), as by a ping.
    """
    if connection.closed or _has_spoken(connection.fileno()):
        raise InvalidatePoolError


def _has_spoken(descriptor: int) -> bool:
    look = select.poll()
    look.register(descriptor, select.POLLIN)
    return bool(look.poll(0))


_KEEPALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 15_000}


def _options(**parameters: Any) -> str:
    return " ".join(f"-c {name}={value}" for name, value in parameters.items())


def _dump_json(value: Any) -> str:
    return orjson.dumps(value).decode()
