"""`python -m deploy.local.mailbox FOLDER --smtp PORT --http PORT`: takes mails and shows them, until SIGTERM."""

from __future__ import annotations

import asyncio
import signal
import threading
from pathlib import Path

import click
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from deploy.local.mailbox.pages import create_app
from deploy.local.mailbox.store import KEPT, Store
from deploy.local.mailbox.taking import receiver

HOST = "127.0.0.1"


class Quietly(WSGIRequestHandler):
    """Answers over connections that stay open, and logs none of it."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: what people look at is in no log."""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--smtp", type=int, required=True, help="The port that mails come in by.")
@click.option("--http", type=int, required=True, help="The port of the pages.")
@click.option("--kept", type=click.IntRange(1), default=KEPT, show_default=True, help="How many mails stay.")
def main(folder: Path, smtp: int, http: int, kept: int) -> None:
    """Take every mail, deliver none. Example: python -m deploy.local.mailbox mail --smtp 1025 --http 8025"""
    store = Store(folder, kept=kept)
    pages = make_server(HOST, http, create_app(store), threaded=True, request_handler=Quietly)
    try:
        asyncio.run(_serve(store, smtp, pages))
    finally:
        store.close()


async def _serve(store: Store, smtp: int, pages: BaseWSGIServer) -> None:
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stopped.set)
    server = await loop.create_server(lambda: receiver(store), HOST, smtp)
    showing = threading.Thread(target=pages.serve_forever, name="pages", daemon=True)
    showing.start()
    await stopped.wait()
    server.close()
    pages.shutdown()
    pages.server_close()


if __name__ == "__main__":
    main()
