"""The till: ordering and catalog with all of their processes behind a gateway, and the people who buy there."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import NamedTuple

from benchmarks import contestants
from benchmarks.stage import Stage, Store
from deploy.local import nginx, processes
from gateway.edge.__main__ import TABLE, write
from gateway.edge.routes import read
from gateway.edge.site import Site
from gateway.static.files import build
from shared.events.ids import new_id
from shared.kit.tests.shop import bearer
from tests.infrastructure.keys import published_key

KINDS = ("web", "relay", "consumer", "scheduler")
TOKEN = "the-token-of-the-benchmark-for-services"


class Till(NamedTuple):
    """The gateway's port, and the processes by name, PostgreSQL and RabbitMQ among them."""

    port: int
    pids: Mapping[str, int]


@contextmanager
def opened(stage: Stage, catalog: Store, ordering: Store) -> Iterator[Till]:
    """All of it, up, until the block ends."""
    build(stage.folder / "static")
    inside = {(store.service, kind): processes.free_port() for store in (catalog, ordering) for kind in KINDS}
    pids = dict(zip(("PostgreSQL", "RabbitMQ"), stage.servers, strict=True))
    with ExitStack() as stack:
        told = _told(stack.enter_context(published_key()), inside)
        broker, web = stage.broker(), {}
        for store in (catalog, ordering):
            given = {**store.environment(broker), **told, "RELAY_DOORBELL": f"127.0.0.1:{processes.free_port()}"}
            web[store.service] = f"127.0.0.1:{given['HTTP_PORT']}"
            for kind in KINDS:
                port, name = inside[store.service, kind], f"{store.service}-{kind}"
                command = contestants.ours(store.service, kind)
                child = stack.enter_context(stage.running(command, {**given, "INTERNAL_PORT": str(port)}))
                processes.wait_for(partial(processes.listening, port), child, name)
                pids[name] = child.pid
        port, pids["nginx"] = stack.enter_context(_gate(stage, web))
        yield Till(port, pids)


def customers(count: int) -> list[str]:
    """Tokens of so many customers."""
    return [bearer("customer", sub=str(new_id()))["Authorization"].removeprefix("Bearer ") for _ in range(count)]


def _told(keys: str, inside: Mapping[tuple[str, str], int]) -> dict[str, str]:
    """What all processes read: as they are deployed, but for the limits of rate, which one address would reach."""
    web = {name: port for (name, kind), port in inside.items() if kind == "web"}
    return {
        "JWKS_URL": keys,
        "SERVICE_TOKEN": TOKEN,
        "RATE_LIMITS": "false",
        "LOG_LEVEL": "info",
        **{f"{name.upper()}_INTERNAL_URL": f"http://127.0.0.1:{port}" for name, port in web.items()},
    }


@contextmanager
def _gate(stage: Stage, web: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    """The nginx that `gateway.edge` renders: its port and its pid."""
    port, folder = processes.free_port(), stage.folder / "edge"
    folder.mkdir()
    site = Site(
        listen=f"127.0.0.1:{port}",
        upstreams={route.upstream: (web.get(route.service, web["catalog"]),) for route in read(TABLE)},
        static=stage.folder / "static",
        state=folder,
        rate_factor=10_000,
        workers="1",
        access_log=str(folder / "access.log"),
    )
    write(site, folder / "nginx.conf")
    command = [str(nginx.binary()), "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with stage.running(command, os.environ) as child:
        processes.wait_for(lambda: processes.listening(port), child, "nginx")
        yield port, child.pid
