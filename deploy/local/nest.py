"""The nest: one process that has imported all programs and forks their processes, which share what was imported.

`python -m deploy.local.nest SOCKET MODULE…` answers whoever may open the socket, which is its owner alone. An order is
one line of JSON and a descriptor for the output; the answers are the child's pid, and its exit code when it has ended.
Nothing but imports happens before a fork: no thread, no connection, no random number is shared. A child whose source
has changed since is `python -m MODULE` afresh.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import selectors
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from runpy import run_module
from typing import TypedDict

_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15
_LIBC = ctypes.CDLL(None, use_errno=True)
_LONGEST = 65536


class Order(TypedDict):
    """Which process to become: its name in lists of processes, its module and arguments, its whole environment."""

    name: str
    module: str
    arguments: list[str]
    env: dict[str, str]


@contextmanager
def reachable(place: Path) -> Iterator[str]:
    """A name for a socket that is short enough for the kernel (108 bytes), however deep its folder lies."""
    folder = os.open(place.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{place.name}"
    finally:
        os.close(folder)


def main(place: Path, modules: Sequence[str]) -> None:
    """Import, and serve; what comes behind `take_orders` happens in the children."""
    for module in modules:
        _import(module)
    if threading.active_count() > 1:
        raise RuntimeError(f"importing {' '.join(modules)} started a thread: this cannot be forked")
    files = _files()
    before = _changed_at(files)
    gc.collect()
    gc.freeze()  # the collector then leaves the shared pages alone
    order = take_orders(place)
    sys.argv = [order["module"], *order["arguments"]]
    if _changed_at(files) != before:
        os.execve(sys.executable, [sys.executable, "-m", *sys.argv], order["env"])  # noqa: S606 - it is the order's
    run_module(order["module"], run_name="__main__", alter_sys=True)


def _import(module: str) -> None:
    """Import a program; one that cannot be imported says so again in its own process."""
    try:
        import_module(module)
    except Exception:  # noqa: BLE001 - whatever is wrong with it is the program's to say
        traceback.print_exc()


def _files() -> str:
    """The imported files of this checkout, in one text: a child that asks the modules would copy their pages."""
    here = f"{Path.cwd()}/"
    files = (str(getattr(module, "__file__", None)) for module in list(sys.modules.values()))
    return "\n".join(sorted(file for file in files if file.startswith(here)))


def _changed_at(files: str) -> str:
    return " ".join(_changed(file) for file in files.split("\n"))


def _changed(file: str) -> str:
    try:
        return str(os.stat(file).st_mtime_ns)  # noqa: PTH116 - thousands of `Path`s would stay in every child's memory
    except OSError:
        return "gone"


def take_orders(place: Path) -> Order:
    """Fork for every order and tell of every end, for ever; returns in each child with its order."""
    selector, listener = selectors.DefaultSelector(), listening(place)
    selector.register(listener, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.fileobj is not listener:
                selector.unregister(key.fileobj)
                _tell_end(key.fd, *key.data)
                continue
            line, _ = listener.accept()
            order, output = _receive(line)
            if pid := os.fork():
                os.close(output)
                line.sendall(f"{pid}\n".encode())
                selector.register(os.pidfd_open(pid), selectors.EVENT_READ, (pid, line))
                continue
            kept = [each.data[1] for each in selector.get_map().values() if each.data]
            for each in (selector, listener, line, *kept):
                each.close()
            _become(order, output)
            return order


def listening(place: Path) -> socket.socket:
    """A socket at this place that its owner alone may connect to. No other thread may make files meanwhile."""
    place.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    before = os.umask(0o077)
    with reachable(place) as name:
        listener.bind(name)
    os.umask(before)
    listener.listen(16)
    return listener


def _receive(line: socket.socket) -> tuple[Order, int]:
    said, descriptors, _, _ = socket.recv_fds(line, _LONGEST, 1)
    while not said.endswith(b"\n"):
        said += line.recv(_LONGEST)
    order: Order = json.loads(said)
    return order, descriptors[0]


def _tell_end(pidfd: int, pid: int, line: socket.socket) -> None:
    _, status = os.waitpid(pid, 0)
    os.close(pidfd)
    with line, suppress(OSError):
        line.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())


def _become(order: Order, output: int) -> None:
    """Be a process of its own, in a group of its own, that ends when the nest does."""
    nest = os.getppid()
    os.setsid()
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM))
    if os.getppid() != nest:
        os._exit(1)
    _LIBC.prctl(_PR_SET_NAME, order["name"].encode())
    for standard in (1, 2):
        os.dup2(output, standard)
    os.close(output)
    os.environ.clear()
    os.environ.update(order["env"])
    time.tzset()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
