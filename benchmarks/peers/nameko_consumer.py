"""nameko: a `@consume` entrypoint with ten workers; psycogreen lets psycopg2 yield to the others while it waits."""

# ruff: noqa: E402 - eventlet must have patched the standard library before anything else imports it

import eventlet

eventlet.monkey_patch()

import json
import os
from queue import Queue as Pool
from typing import Any

import psycopg2
from kombu import Queue
from kombu.serialization import register
from nameko.messaging import consume
from nameko.runners import ServiceRunner
from psycogreen.eventlet import patch_psycopg

from benchmarks.peers.inserts import apply

WORKERS = 10


def _as_it_came(raw: str) -> str:
    return raw


patch_psycopg()
register("cloudevents", json.dumps, _as_it_came, content_type="application/cloudevents+json", content_encoding="utf-8")
pool: Pool[Any] = Pool()
for _ in range(WORKERS):
    pool.put(psycopg2.connect(os.environ["PEER_DATABASE"]))


class Vendor:
    """A service with one handler."""

    name = "vendor"

    @consume(Queue(os.environ["PEER_QUEUE"], no_declare=True))
    def on_customer_created(self, raw: str) -> None:
        """One transaction; nameko acknowledges after it."""
        database = pool.get()
        try:
            apply(database, raw)
        finally:
            pool.put(database)


config = {"AMQP_URI": os.environ["PEER_BROKER"], "max_workers": WORKERS, "serializer": "cloudevents"}
runner = ServiceRunner(config)
runner.add_service(Vendor)
runner.start()
runner.wait()
