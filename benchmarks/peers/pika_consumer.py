"""Plain pika: a blocking connection with a prefetch; one transaction, then one ack, a message."""

import os

import pika
import psycopg2

from benchmarks.peers.inserts import apply

database = psycopg2.connect(os.environ["PEER_DATABASE"])
channel = pika.BlockingConnection(pika.URLParameters(os.environ["PEER_BROKER"])).channel()
channel.basic_qos(prefetch_count=200)
for method, _, body in channel.consume(os.environ["PEER_QUEUE"]):
    apply(database, body)
    channel.basic_ack(method.delivery_tag)
