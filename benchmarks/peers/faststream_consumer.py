"""FastStream: an asyncio subscriber with a prefetch, on a pool of asyncpg connections that prepare their statements."""

import asyncio
import os
import re
from functools import cache
from itertools import count

import asyncpg
from faststream import FastStream
from faststream.rabbit import Channel, RabbitBroker, RabbitMessage, RabbitQueue

from benchmarks.peers.inserts import INVITE, Registration

CONNECTIONS = 10
pool: asyncpg.Pool

broker = RabbitBroker(os.environ["PEER_BROKER"], logger=None, default_channel=Channel(prefetch_count=CONNECTIONS * 2))
queue = RabbitQueue(os.environ["PEER_QUEUE"], declare=False)
app = FastStream(broker)


@cache
def numbered(sql: str) -> str:
    """asyncpg's placeholders for psycopg2's."""
    numbers = count(1)
    return re.sub("%s", lambda _: f"${next(numbers)}", sql)


@app.on_startup
async def connect() -> None:
    global pool
    pool = await asyncpg.create_pool(os.environ["PEER_DATABASE"], min_size=CONNECTIONS, max_size=CONNECTIONS)


@broker.subscriber(queue)
async def on_customer_created(message: RabbitMessage) -> None:
    registration = Registration(message.body)
    async with pool.acquire() as connection, connection.transaction():
        sql, row = registration.inbox()
        if await connection.fetchval(numbered(sql), *row):
            invite = await connection.fetchrow(numbered(INVITE), registration.token)
            for sql, row in registration.effects(*invite):
                await connection.execute(numbered(sql), *row)


asyncio.run(app.run())
