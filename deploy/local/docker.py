"""The Docker engine of this machine, if one answers: components run as foreground containers under the supervisor."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess

from deploy.local import checkout
from deploy.local.apt import Say

POSTGRES, RABBITMQ, NGINX = "postgres:18", "rabbitmq:4", "nginx:1-alpine"


def offers(image: str, say: Say) -> bool:
    """Whether an engine answers and has, or can fetch, the image; an engine without it is told and passed by."""
    if not _answers():
        return False
    if _quietly("image", "inspect", image) or _quietly("pull", "-q", image, timeout=300):
        return True
    say(f"Docker answers but cannot fetch {image}: using this machine's own instead")
    return False


def run(image: str, name: str, options: list[str], command: list[str]) -> list[str]:
    """A foreground container of this checkout: ends with the command, owned by this user, sees the checkout's files."""
    user = f"--user={os.getuid()}:{os.getgid()}"
    own = [f"--name={container(name)}", user, f"--volume={checkout.ROOT}:{checkout.ROOT}"]
    return ["docker", "run", "--rm", "--init", *own, *options, image, *command]


def container(name: str) -> str:
    """The container's name, different in every checkout."""
    return f"{checkout.NAME}-{name}"


def healthy(name: str, check: list[str]) -> bool:
    """Whether a check succeeds inside the container."""
    return _quietly("exec", container(name), *check, timeout=10)


def remove(name: str) -> None:
    """Remove what a killed run may have left under that name."""
    _quietly("rm", "-f", container(name))


@functools.cache
def _answers() -> bool:
    return shutil.which("docker") is not None and _quietly("version", timeout=5)


def _quietly(*arguments: str, timeout: float = 30) -> bool:
    try:
        done = subprocess.run(["docker", *arguments], capture_output=True, check=False, timeout=timeout)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
