"""A RabbitMQ node in one folder, from this machine's binaries or from Debian's packages unpacked privately."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import subprocess
from pathlib import Path

from deploy.local import processes
from deploy.local.apt import Say, library_path, unpack

_CONFIG = """\
listeners.tcp.1 = 127.0.0.1:{port}
default_user = market
default_pass = {password}
default_vhost = /
loopback_users = none
log.console = true
log.console.level = {level}
log.file = false
vm_memory_high_watermark.absolute = 512MB
disk_free_limit.absolute = 50MB
"""
_LEAN_BEAM = "+S 2:2 +SDcpu 1:1 +SDio 2 +A 4 +sbwt none +sbwtdcpu none +sbwtdio none"


def installation(private: Path, say: Say = print) -> Path:
    """The root that holds `usr/lib/rabbitmq` and Erlang: `/` where installed, else `private`, filled when needed."""
    if Path("/usr/lib/rabbitmq/lib").is_dir() and shutil.which("erl"):
        return Path("/")
    root = unpack(["rabbitmq-server"], private, say=say)
    for script in ("erl", "start"):
        _point_home(root / "usr/lib/erlang/bin" / script, root)
    return root


class RabbitMQ:
    """One node in one folder; `port` is AMQP's, the node's other ports are chosen free."""

    def __init__(self, folder: Path, root: Path, *, port: int = 0, level: str = "warning") -> None:
        self.folder, self.root, self.level = folder, root, level
        self.port = port or processes.free_port()
        self.dist_port = processes.free_port(frozenset({self.port}))
        self.epmd_port = processes.free_port(frozenset({self.port, self.dist_port}))
        self.epmd: subprocess.Popen[bytes] | None = None
        self.child: subprocess.Popen[bytes] | None = None

    @property
    def password(self) -> str:
        return (self.folder / "password").read_text().strip()

    @property
    def url(self) -> str:
        return f"amqp://market:{self.password}@127.0.0.1:{self.port}//"

    @property
    def home(self) -> Path:
        return next((self.root / "usr/lib/rabbitmq/lib").glob("rabbitmq_server-*"))

    def prepare(self) -> None:
        """Write configuration and secrets; the password is made once and kept with the data."""
        self.folder.mkdir(parents=True, exist_ok=True)
        secret = self.folder / "password"
        if not secret.exists():
            secret.touch(mode=0o600)
            secret.write_text(secrets.token_urlsafe(24))
        config = self.folder / "rabbitmq.conf"
        config.touch(mode=0o600)
        config.write_text(_CONFIG.format(port=self.port, password=self.password, level=self.level))
        (self.folder / "enabled_plugins").write_text("[].\n")

    def epmd_command(self) -> list[str]:
        return [str(self._erlang() / "bin/epmd"), "-port", str(self.epmd_port), "-address", "127.0.0.1"]

    def command(self) -> list[str]:
        return [str(self.home / "sbin/rabbitmq-server")]

    def start(self, *, wait: bool = True) -> None:
        """Start the node, and unless told otherwise wait until it takes connections."""
        self.prepare()
        with (self.folder / "log").open("ab") as log:
            if self.epmd is None or self.epmd.poll() is not None:
                self.epmd = processes.spawn(self.epmd_command(), env=self.env(), output=log)
            self.child = processes.spawn(self.command(), env=self.env(), output=log, death_signal=signal.SIGKILL)
        if wait:
            self.wait()

    def wait(self) -> None:
        processes.wait_for(lambda: processes.listening(self.port), self.child, f"RabbitMQ (log: {self.folder / 'log'})")

    def stop(self) -> None:
        """Stop the node in order, keeping its data, then its name server."""
        if self.child:
            processes.stop(self.child, signal.SIGTERM, grace=20)
        if self.epmd:
            processes.stop(self.epmd, signal.SIGKILL)
        self.child = self.epmd = None

    def kill(self) -> None:
        """SIGKILL the node."""
        if self.child:
            processes.end_group(self.child)
            self.child.wait()
            self.child = None

    def control(self, *arguments: str) -> str:
        """Run `rabbitmqctl` against this node; its output."""
        command = [str(self.home / "sbin/rabbitmqctl"), "-q", *arguments]
        done = subprocess.run(command, env=self.env(), capture_output=True, text=True, check=True)
        return done.stdout

    def env(self) -> dict[str, str]:
        folder = str(self.folder)
        keep = {name: value for name, value in os.environ.items() if not name.startswith(("RABBITMQ_", "ERL_"))}
        return keep | {
            "HOME": folder,
            "TMPDIR": folder,
            "PATH": f"{self._erlang() / 'bin'}:/usr/sbin:{os.environ.get('PATH', '/usr/bin:/bin')}",
            "LD_LIBRARY_PATH": library_path(self.root) if self.root != Path("/") else "",
            "LC_ALL": "C.UTF-8",
            "RUNNING_UNDER_SYSTEMD": "true",  # makes the script exec the node instead of standing before it
            "RABBITMQ_NODENAME": "market@localhost",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self.dist_port),
            "RABBITMQ_MNESIA_BASE": f"{folder}/mnesia",
            "RABBITMQ_LOG_BASE": f"{folder}/logs",
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_CONFIG_FILE": f"{folder}/rabbitmq",
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/enabled_plugins",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"{_LEAN_BEAM} -kernel inet_dist_use_interface {{127,0,0,1}}",
            "ERL_EPMD_PORT": str(self.epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        }

    def _erlang(self) -> Path:
        return self.root / "usr/lib/erlang"


def _point_home(script: Path, root: Path) -> None:
    """Make an Erlang start script look for its files below `root`; it is written for `/usr/lib/erlang`."""
    if script.exists():
        text = script.read_text()
        moved = re.sub(r"(?m)^(\s*ROOTDIR=).*/usr/lib/erlang$", rf"\g<1>{root}/usr/lib/erlang", text)
        if moved != text:
            script.write_text(moved)
