"""Debian packages, fetched and unpacked into a private folder without root (standard library only)."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

Say = Callable[[str], None]


class Unavailable(RuntimeError):
    """A component cannot be had on this machine; the message says what to install."""


def unpack(names: list[str], into: Path, *, say: Say = print) -> Path:
    """Unpack `names` and whatever this machine lacks of their dependencies below `into`; once, then remembered.

    Refuses with `Unavailable` where apt is missing or the packages cannot be fetched.
    """
    into.parent.mkdir(parents=True, exist_ok=True)
    with _locked(into.with_name(f".{into.name}.lock")):
        done = into / ".unpacked"
        if done.exists() and done.read_text() == " ".join(names):
            return into
        _unpack_anew(names, into, say)
        done.write_text(" ".join(names))
    return into


def library_path(root: Path) -> str:
    """The folders of a private root that hold shared libraries, for LD_LIBRARY_PATH."""
    found = [*root.glob("usr/lib/*-linux-gnu*"), *root.glob("lib/*-linux-gnu*")]
    nested = [folder for base in found for folder in (base / "pulseaudio", base / "blas", base / "lapack")]
    return ":".join(str(folder) for folder in [*found, *nested] if folder.is_dir())


def _unpack_anew(names: list[str], into: Path, say: Say) -> None:
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        raise Unavailable(f"install {' '.join(names)} with this system's package manager (there is no apt-get here)")
    work = into.with_name(f".{into.name}.apt")
    env = _own_apt(work)
    say(f"fetching Debian packages: {' '.join(names)}")
    try:
        _run(["apt-get", "update", "-qq"], env, work, tolerate=True)
        wanted = _missing(names, env, work)
        debs = work / "debs"
        debs.mkdir(exist_ok=True)
        _run(["apt-get", "download", "-qq", *wanted], env, debs)
        fresh = into.with_name(f".{into.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        for deb in sorted(debs.glob("*.deb")):
            _run(["dpkg", "-x", str(deb), str(fresh)], env, work)
        shutil.rmtree(into, ignore_errors=True)
        fresh.rename(into)
    except subprocess.CalledProcessError as error:
        told = " ".join((error.stderr or error.stdout or "").split())[-400:]
        raise Unavailable(f"install {' '.join(names)}: apt-get could not fetch them here: {told}") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _missing(names: list[str], env: dict[str, str], cwd: Path) -> list[str]:
    """What apt would install for `names` here, dependencies included; `names` themselves always."""
    plan = _run(["apt-get", "install", "-s", "-qq", "--no-install-recommends", *names], env, cwd)
    planned = [line.split()[1].split(":")[0] for line in plan.splitlines() if line.startswith("Inst ")]
    return sorted({*planned, *names})


def _own_apt(work: Path) -> dict[str, str]:
    """An apt configuration whose state, cache and temporary files live in `work`."""
    shutil.rmtree(work, ignore_errors=True)
    for folder in ("state/lists/partial", "cache/archives/partial", "log", "tmp"):
        (work / folder).mkdir(parents=True)
    conf = work / "apt.conf"
    conf.write_text(
        f'Dir::State "{work}/state";\nDir::State::status "/var/lib/dpkg/status";\nDir::Cache "{work}/cache";\n'
        f'Dir::Log "{work}/log";\nAcquire::Languages "none";\nAcquire::Retries "3";\nDebug::NoLocking "true";\n'
        f'APT::Sandbox::User "";\n'
    )
    return {**os.environ, "APT_CONFIG": str(conf), "TMPDIR": str(work / "tmp"), "LC_ALL": "C"}


def _run(command: list[str], env: dict[str, str], cwd: Path, *, tolerate: bool = False) -> str:
    done = subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True, check=not tolerate)
    return done.stdout


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
