"""The demonstration's look into the mailbox sees what is there, what is missing and what came twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from deploy.local import mailed
from deploy.local.mailbox.pages import create_app
from deploy.local.mailbox.store import Store
from deploy.local.mailed import Expected, Mailed, now


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path)
    for to in ("ada@x.example", "ben@x.example", "ben@x.example"):
        made.keep("post@x.example", [to], b"Subject: You are on the list\r\n\r\nHello")
    yield made
    made.close()


@pytest.fixture
def claims(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, tuple[bool, str]]]:
    """What was claimed of each of these people, whether it was so, and what was seen."""
    monkeypatch.setattr(mailed, "PATIENCE_SECONDS", 0.1)
    server = make_server("127.0.0.1", 0, create_app(store), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found: dict[str, tuple[bool, str]] = {}
    look = Mailed(f"http://127.0.0.1:{server.port}", lambda claim, ok, seen: found.update({claim: (ok, seen)}))
    for name in ("ada", "ben", "cid"):
        look.verify(name, [Expected(f"{name}@x.example", "on the list")], now())
    look.close()
    yield found
    server.shutdown()
    server.server_close()


def test_one_mail_is_as_it_should_be_none_and_two_are_not(claims: dict[str, tuple[bool, str]]) -> None:
    assert {name: ok for name, (ok, _) in claims.items()} == {"ada": True, "ben": False, "cid": False}
    assert "more than once" in claims["ben"][1]
    assert "cid@x.example has none of “on the list”" in claims["cid"][1]
