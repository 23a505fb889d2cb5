"""Three shop fronts with the same page of products, each a server behind an nginx of its own: ours, and two peers."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks.stage import Stage, Store
from deploy.local import nginx, processes
from gateway.edge.__main__ import TABLE, write
from gateway.edge.routes import read
from gateway.edge.site import Site
from gateway.static.files import build
from services.catalog.domain.search import Sort, statement
from shared.messaging.topology import Broker
from tests.infrastructure.servers import ROOT

OURS, PLAIN, NODE = "catalog", "Flask, ORM, marshmallow", "fastify, pg"
PEERS = Path(__file__).parent / "peers"
NODE_FOLDER = ROOT / ".local" / "benchmarks" / "node"
THREADS = "8"
LIMIT = 20
SORTS = (Sort.NEWEST, Sort.PRICE, Sort.PRICE_DESCENDING)
"""The orders of the page that is compared."""


class Front(NamedTuple):
    """The port of its gateway, and the processes that a request to it is paid with, PostgreSQL's among them."""

    port: int
    pids: tuple[int, ...]


class _Server(NamedTuple):
    command: list[str]
    environment: Mapping[str, str]


@contextmanager
def opened(stage: Stage, store: Store, *, peers: bool, node: bool) -> Iterator[dict[str, Front]]:
    """All of them, up, until the block ends; who is not asked does nothing."""
    build(stage.folder / "static")
    with ExitStack() as stack:
        servers = {OURS: _ours} | ({PLAIN: _plain} if peers else {}) | ({NODE: _node} if node else {})
        yield {
            name: stack.enter_context(_open(stage, server(store, port), port))
            for name, server, port in ((name, server, processes.free_port()) for name, server in servers.items())
        }


def install_node() -> str | None:
    """Install the peer's packages, once for each state of its package.json; None, or the reason why it cannot be."""
    if not (shutil.which("node") and shutil.which("npm")):
        return "there is no node, or no npm, on this machine"
    wanted, done = PEERS / "package.json", NODE_FOLDER / "installed"
    if not (done.exists() and done.read_text() == wanted.read_text()):
        NODE_FOLDER.mkdir(parents=True, exist_ok=True)
        shutil.copy(wanted, NODE_FOLDER)
        command = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent"]
        made = subprocess.run(command, cwd=NODE_FOLDER, capture_output=True, text=True, check=False)
        if made.returncode:
            return f"npm could not install {wanted}: {made.stderr.strip() or made.stdout.strip()}"
        done.write_text(wanted.read_text())
    shutil.copy(PEERS / "page.js", NODE_FOLDER)
    return None


def page_statements(rows: int) -> dict[str, dict[str, str]]:
    """The catalog's own statements for a visitor's page, `{order: {first, after}}`; the place is $1, $2, …"""
    return {
        sort: {which: _positional(statement((), sort, rows, after=which == "after")) for which in ("first", "after")}
        for sort in SORTS
    }


def _positional(sql: str) -> str:
    names: list[str] = []

    def place(found: re.Match[str]) -> str:
        if found[1] == "viewer":
            return "NULL"
        if found[1] not in names:
            names.append(found[1])
        return f"${names.index(found[1]) + 1}"

    return re.sub(r"(?<!:):(\w+)", place, sql)


def _ours(store: Store, port: int) -> _Server:
    """As it is deployed, every request logged."""
    given = {"HTTP_PORT": str(port), "LOG_LEVEL": "info", "WEB_THREADS": THREADS, "RATE_LIMITS": "false"}
    environment = {**store.environment(Broker("amqp://127.0.0.1:1//", "none")), **given}
    return _Server([sys.executable, "-m", "services.catalog", "web"], environment)


def _plain(store: Store, port: int) -> _Server:
    """Under the settings of `shared.kit.serve`."""
    options = ["--worker-class=gthread", "--workers=1", f"--threads={THREADS}", "--keep-alive=75", "--preload"]
    command = [sys.executable, "-m", "gunicorn", *options, "--no-control-socket", f"--bind=127.0.0.1:{port}"]
    return _Server([*command, "benchmarks.peers.orm_page:app"], {"PEER_DATABASE": store.names.url})


def _node(store: Store, port: int) -> _Server:
    url = store.names.url.replace("postgresql+psycopg2", "postgresql")
    given = {"PEER_DATABASE": url, "PEER_PORT": str(port), "PEER_SQL": json.dumps(page_statements(LIMIT + 1))}
    return _Server(["node", str(NODE_FOLDER / "page.js")], {**given, "NODE_ENV": "production"})


@contextmanager
def _open(stage: Stage, server: _Server, port: int) -> Iterator[Front]:
    gate, folder = processes.free_port(frozenset({port})), stage.folder / f"edge-{port}"
    folder.mkdir()
    names = {route.upstream for route in read(TABLE)}
    site = Site(
        listen=f"127.0.0.1:{gate}",
        upstreams=dict.fromkeys(names, (f"127.0.0.1:{port}",)),
        static=stage.folder / "static",
        state=folder,
        rate_factor=10_000,
        workers="1",
        access_log=str(folder / "access.log"),
    )
    write(site, folder / "nginx.conf")
    edge = [str(nginx.binary()), "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with stage.running(server.command, server.environment) as child, stage.running(edge, os.environ) as front:
        processes.wait_for(lambda: processes.listening(port), child, " ".join(server.command))
        processes.wait_for(lambda: processes.listening(gate), front, "nginx")
        urllib.request.urlopen(f"http://127.0.0.1:{gate}/api/products", timeout=10).close()
        yield Front(gate, (child.pid, front.pid, *stage.servers))
