"""`python -m gateway.web`: serves the pages."""

from __future__ import annotations

import sys

from gateway.static.files import NotBuilt
from gateway.web.app import close, create_app
from gateway.web.settings import read_settings
from shared.kit import logging
from shared.kit.serve import serve
from shared.kit.settings import BadSetting


def main() -> None:
    """Serve until SIGTERM. Exit code 2: a setting is missing or wrong, or the static files are not built."""
    try:
        settings = read_settings()
        logging.configure(service="web", process="web", level=settings.log_level, style=settings.log_format)
        app = create_app(settings)
    except (BadSetting, NotBuilt) as bad:
        print(f"settings: {bad}", file=sys.stderr)  # noqa: T201 - no log is configured yet
        raise SystemExit(2) from None
    serve(app, settings, {}, close=lambda: close(app))


if __name__ == "__main__":
    main()
