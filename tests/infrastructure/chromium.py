"""A real Chromium for the browser tests: this machine's, or Debian's package unpacked privately."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import playwright

from deploy.local.apt import library_path, unpack
from tests.infrastructure.servers import ROOT, own_folder

_FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{root}/usr/share/fonts</dir><cachedir>{cache}</cachedir>
<alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>
<alias><family>system-ui</family><prefer><family>DejaVu Sans</family></prefer></alias>
<alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
"""


@dataclass(frozen=True)
class Chromium:
    """What `playwright.chromium.launch(**chromium.options)` needs."""

    executable: Path
    environment: dict[str, str]

    @property
    def options(self) -> dict[str, Any]:
        """Arguments for Playwright's launch; the sandbox is off because tests may run as root or in a container."""
        return {"executable_path": str(self.executable), "args": _FLAGS, "env": self.environment}


def chromium() -> Chromium:
    """Find a Chromium, or fetch one with everything it needs; its profile and caches stay in the project."""
    _let_the_driver_run()
    home = own_folder()
    private = {"HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_CACHE_HOME": str(home)}
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return Chromium(Path(found), {**os.environ, **private})
    root = unpack(["chromium", "fonts-dejavu-core"], ROOT / ".local" / "packages" / "chromium")
    fonts = home / "fonts.conf"
    fonts.write_text(_FONTS.format(root=root, cache=home / "fonts"))
    places = {"LD_LIBRARY_PATH": library_path(root), "FONTCONFIG_FILE": str(fonts)}
    nss = {"XDG_DATA_DIRS": str(root / "usr/share")}
    return Chromium(root / "usr/lib/chromium/chromium", {**os.environ, **private, **places, **nss})


def _let_the_driver_run() -> None:
    """Give Playwright's driver, which is a Node, the one library that it brings not along and a bare Debian lacks."""
    node = Path(playwright.__file__).parent / "driver" / "node"
    if node.exists() and subprocess.run([node, "--version"], capture_output=True, check=False).returncode:
        root = unpack(["libatomic1"], ROOT / ".local" / "packages" / "driver")
        os.environ["LD_LIBRARY_PATH"] = library_path(root)
