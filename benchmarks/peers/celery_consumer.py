"""Celery: a late-acknowledged task in a worker of ten threads; `fill` sends a task for each line of its input."""

import os
import sys
import threading

import psycopg2
from celery import Celery
from kombu import Queue

from benchmarks.peers.inserts import apply

THREADS = 10

app = Celery("vendor", broker=os.environ["PEER_BROKER"])
app.conf.update(
    task_queues=[Queue(os.environ["PEER_QUEUE"], queue_arguments={"x-queue-type": "quorum"})],
    task_default_queue=os.environ["PEER_QUEUE"],
    task_ignore_result=True,
    task_acks_late=True,
    worker_prefetch_multiplier=4,
    worker_enable_remote_control=False,
)
own = threading.local()


@app.task(name="on_customer_created")
def on_customer_created(raw: str) -> None:
    if not hasattr(own, "database"):
        own.database = psycopg2.connect(os.environ["PEER_DATABASE"])
    apply(own.database, raw)


if sys.argv[1:] == ["fill"]:
    with app.producer_pool.acquire() as producer:
        for line in sys.stdin:
            on_customer_created.apply_async((line,), producer=producer)
else:
    options = ["--pool=threads", f"--concurrency={THREADS}", "--without-gossip", "--without-mingle"]
    app.worker_main(["worker", "--loglevel=warning", "--without-heartbeat", *options])
