"""A running nginx in front of services that echo."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from deploy.local.nginx import binary
from gateway.edge.__main__ import TABLE, write
from gateway.edge.routes import read
from gateway.edge.site import Site
from gateway.edge.tests.echo import Echo, running
from gateway.static.files import build

UPSTREAMS = sorted({route.upstream for route in read(TABLE)})


@dataclass(frozen=True)
class Edge:
    """The address of a running nginx, its log, and the services behind it."""

    url: str
    log: Path
    errors: Path
    services: dict[str, Echo]
    client: httpx.Client = field(default_factory=httpx.Client)

    def ask(self, method: str, path: str, **more: object) -> httpx.Response:
        """Ask with the path exactly as given."""
        return self.client.request(method, self.url + path, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def nginx() -> str:
    """The nginx that the environment's NGINX names, else the local system's."""
    return os.environ.get("NGINX") or str(binary())


def free_port() -> int:
    """A port that nobody has right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(nginx: str, site: Site) -> Iterator[None]:
    """Run nginx for a site until the block ends."""
    conf = site.state / "nginx.conf"
    write(site, conf)
    process = subprocess.Popen([nginx, "-e", str(site.state / "start.log"), "-p", str(site.state), "-c", str(conf)])
    try:
        _wait_for(int(site.listen.rpartition(":")[2]))
        yield
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    pytest.fail("nginx did not start")


def site_in(folder: Path, services: dict[str, Echo]) -> Site:
    """A site on a free port whose upstreams are the given services."""
    build(folder / "static")
    (folder / "state").mkdir()
    return Site(
        listen=f"127.0.0.1:{free_port()}",
        upstreams={name: (echo.address,) for name, echo in services.items()},
        static=folder / "static",
        state=folder / "state",
        workers="1",
        read_timeout=1,
        access_log=str(folder / "state" / "access.log"),
        error_log=str(folder / "state" / "error.log"),
    )


@pytest.fixture(scope="module")
def edge(nginx: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """nginx with all its services up."""
    with ExitStack() as stack:
        services = {name: stack.enter_context(running(Echo(name))) for name in UPSTREAMS}
        site = site_in(tmp_path_factory.mktemp("edge"), services)
        stack.enter_context(serving(nginx, site))
        yield Edge(f"http://{site.listen}", Path(site.access_log), Path(site.error_log), services)


@pytest.fixture(scope="module")
def alone(nginx: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """nginx with every service down, but one that takes connections and never answers."""
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen(64)
        services = {name: Echo(name, free_port()) for name in UPSTREAMS}
        services["vendor"].port = mute.getsockname()[1]
        site = site_in(tmp_path_factory.mktemp("alone"), services)
        with serving(nginx, site):
            yield Edge(f"http://{site.listen}", Path(site.access_log), Path(site.error_log), services)
