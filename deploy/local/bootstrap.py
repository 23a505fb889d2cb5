"""Make the virtual environment of this checkout, from a bare Python 3.11 (standard library only; run it by path).

`python3 deploy/local/bootstrap.py run|test` is quick when nothing changed: the files that decide are digested.
Everything it writes lies in `.venv` and `.local`.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - the one file that an older Python may be asked to run
    sys.exit(f"install Python 3.11 or newer: this is {sys.version.split()[0]}")

import tomllib

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from deploy.local.apt import Unavailable, unpack  # noqa: E402 - the path above makes it importable

LOCAL = ROOT / ".local"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
DECIDING = ("pyproject.toml", "constraints.txt", "deploy/local/bootstrap.py")
RUN = ("identity", "vendor", "catalog", "gateway", "local")
EXTRAS = {"run": RUN, "test": (*RUN, "test")}


def main(arguments: list[str]) -> int:
    """Set up for `run` or `test`; 0 when the environment is ready, else 1 with one sentence."""
    level = arguments[0] if arguments else "run"
    if level not in EXTRAS:
        print(f"bootstrap: {level!r} is neither run nor test", file=sys.stderr)
        return 2
    try:
        ensure(level)
    except (Unavailable, subprocess.CalledProcessError) as problem:
        print(f"set-up failed: {problem}", file=sys.stderr)
        return 1
    return 0


def ensure(level: str) -> None:
    """Bring the environment to `level`; at once when it is there already."""
    if _is_ready(level):
        return
    LOCAL.mkdir(exist_ok=True)
    with (LOCAL / ".bootstrap.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_ready(level):
            _install(level)


def environment() -> dict[str, str]:
    """This process's environment with every place a tool might write to moved into the checkout."""
    for folder in ("tmp", "cache"):
        (LOCAL / folder).mkdir(parents=True, exist_ok=True)
    places = {
        "TMPDIR": str(LOCAL / "tmp"),
        "XDG_CACHE_HOME": str(LOCAL / "cache"),
        "PIP_CACHE_DIR": str(LOCAL / "cache" / "pip"),
        "PYTHONPYCACHEPREFIX": "",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
    }
    return {**os.environ, **places}


def _install(level: str) -> None:
    began = time.monotonic()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = list(project["dependencies"])
    for extra in EXTRAS[level]:
        wanted += project["optional-dependencies"].get(extra, [])
    bare = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["market"]["bare"]
    pip = _pip()
    _say(f"installing {len(wanted)} libraries and what they need, at the versions of constraints.txt")
    common = ["install", "-qq", "--no-warn-script-location", "-c", str(ROOT / "constraints.txt")]
    _call([*pip, *common, *wanted])
    _call([*pip, *common, "--no-deps", *bare])
    (VENV / f".ready-{level}").write_text(_digest())
    _say(f"the environment is ready ({time.monotonic() - began:.0f} s)")


def _pip() -> list[str]:
    """A command that is pip for `.venv`, which is made first if need be, also without ensurepip."""
    if not PYTHON.exists():
        _say(f"making .venv (Python {sys.version.split()[0]})")
        shutil.rmtree(VENV, ignore_errors=True)
        _call([sys.executable, "-m", "venv", "--without-pip", str(VENV)])
    if _has_pip():
        return [str(PYTHON), "-m", "pip"]
    if importlib.util.find_spec("ensurepip"):
        _call([str(PYTHON), "-m", "ensurepip", "--default-pip"], quiet=True)
    if _has_pip():
        return [str(PYTHON), "-m", "pip"]
    root = unpack(["python3-pip-whl"], LOCAL / "packages" / "pip", say=_say)
    wheel = next((root / "usr/share/python-wheels").glob("pip-*.whl"))
    return [str(PYTHON), f"{wheel}/pip"]


def _has_pip() -> bool:
    return any((VENV / "lib").glob("python3*/site-packages/pip"))


def _is_ready(level: str) -> bool:
    digest = _digest()
    marks = [VENV / f".ready-{each}" for each in EXTRAS if set(EXTRAS[each]) >= set(EXTRAS[level])]
    return PYTHON.exists() and any(mark.exists() and mark.read_text() == digest for mark in marks)


def _digest() -> str:
    content = b"\0".join((ROOT / name).read_bytes() for name in DECIDING)
    return hashlib.sha256(content + sys.version.encode() + str(ROOT).encode()).hexdigest()


def _call(command: list[str], *, quiet: bool = False) -> None:
    output = subprocess.DEVNULL if quiet else None
    subprocess.run(command, cwd=ROOT, env=environment(), check=True, stdout=output)


def _say(text: str) -> None:
    print(f"  {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
