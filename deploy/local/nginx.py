"""An nginx to run: this machine's, or Debian's package unpacked privately."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from deploy.local import checkout
from deploy.local.apt import Say, library_path, unpack

_STARTER = '#!/bin/sh\nLD_LIBRARY_PATH="{libraries}" exec "{program}" "$@"\n'


def installed() -> Path | None:
    """This machine's nginx; Debian keeps it where an ordinary user's PATH does not lead."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    return Path(found) if found else None


def binary(say: Say = print) -> Path:
    """This machine's nginx, else a private one, fetched at the first use; refuses with `Unavailable`."""
    return installed() or _private(say)


def _private(say: Say) -> Path:
    root = unpack(["nginx-light"], checkout.PACKAGES / "nginx", say=say)
    starter = root / "nginx"
    if not starter.exists():
        new = root / f".nginx.{os.getpid()}"
        new.write_text(_STARTER.format(libraries=library_path(root), program=root / "usr/sbin/nginx"))
        new.chmod(0o755)
        new.replace(starter)
    return starter
