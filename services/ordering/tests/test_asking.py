"""What is available is asked of catalog, with little patience; without an answer a cart is shown all the same."""

import dataclasses
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from services.ordering.app import create_app
from services.ordering.asking import Catalog
from services.ordering.settings import Settings
from services.ordering.tests.api.conftest import Client, Place, customer
from shared.events.ids import new_id
from shared.kit.auth import TokenVerifier
from shared.kit.database import Database
from shared.kit.keys import GivenKeys
from shared.kit.settings import Secret
from shared.kit.tests.shop import KEY

TOKEN = "a-token-of-the-tests-for-services"


class Answering(BaseHTTPRequestHandler):
    """A catalog that says seven of everything, nonsense, or nothing for a while."""

    manner = "well"

    def do_GET(self) -> None:
        if self.manner == "late":
            time.sleep(1)
        ids = parse_qs(urlsplit(self.path).query)["ids"][0].split(",")
        known = self.headers["Authorization"] == f"Bearer {TOKEN}"
        self.send_response(200 if known and self.manner != "badly" else 500)
        self.end_headers()
        said: Any = {"items": [{"product_id": one, "available": 7} for one in ids]}
        self.wfile.write(orjson.dumps(said if self.manner != "strangely" else [1]))

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def catalog(settings: Settings) -> Iterator[Settings]:
    """Settings that know a catalog."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    where = f"http://127.0.0.1:{server.server_port}"
    yield dataclasses.replace(settings, catalog_internal_url=where, service_token=Secret(TOKEN))
    server.shutdown()
    server.server_close()
    Answering.manner = "well"


def test_a_cart_shows_what_catalog_says_is_there(catalog: Settings, database: Database) -> None:
    client: Client = create_app(catalog, database, TokenVerifier(GivenKeys(lambda: [KEY]))).test_client()
    place, me = Place(database, client), customer()
    cart = place.fill(me, dict.fromkeys(place.shop(100, 200)[1], 1))
    assert [item["available"] for item in cart["items"]] == [7, 7]
    Answering.manner = "badly"
    assert [item["available"] for item in client.get("/cart", headers=me).json["items"]] == [None, None]


@pytest.mark.parametrize("manner", ["late", "badly", "strangely"])
def test_who_does_not_answer_well_and_soon_has_said_nothing(catalog: Settings, manner: str) -> None:
    Answering.manner = manner
    began = time.monotonic()
    assert Catalog(catalog).available([new_id()]) == {}
    assert time.monotonic() - began < 0.9


def test_nobody_is_there_to_ask(settings: Settings) -> None:
    nowhere = dataclasses.replace(settings, catalog_internal_url="http://127.0.0.1:1")
    assert Catalog(nowhere).available([new_id()]) == {}
