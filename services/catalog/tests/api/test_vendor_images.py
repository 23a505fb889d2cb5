"""Pictures of products: taken, written anew in their sizes, put in order, and gone when nobody names them."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from services.catalog.domain import images
from services.catalog.tests.api.conftest import Client, Seller, faults, problem
from services.catalog.tests.building import PRICE
from services.catalog.tests.pictures import image
from shared.events.ids import new_id

AT = "/vendor/products"


@pytest.fixture
def product(client: Client, seller: Seller) -> str:
    """The id of a published product of the seller's."""
    body = {"title": "Cedar bowl", "price": PRICE, "status": "active"}
    return str(client.post(AT, json=body, headers=seller[1]).json["id"])


def shown(client: Client, product: str) -> list[dict[str, Any]]:
    return list(client.get(f"/products/{product}").json["images"])


def test_a_picture_is_shown_in_its_sizes_and_stands_for_its_product(
    client: Client, seller: Seller, product: str
) -> None:
    answer = client.post(f"{AT}/{product}/images?alt=A+bowl", data=image(900, 600), headers=seller[1])
    assert (answer.status_code, answer.json["alt"]) == (201, "A bowl")
    assert [(each["width"], each["height"]) for each in answer.json["sizes"]] == [(900, 600), (600, 400), (240, 160)]
    for size in answer.json["sizes"]:
        served = client.get(size["url"].removeprefix("/api"))
        assert (served.content_type, served.headers["Cache-Control"]) == (
            "image/webp",
            "public, max-age=31536000, immutable",
        )
        with Image.open(BytesIO(served.data)) as made:
            assert made.size == (size["width"], size["height"])
    assert shown(client, product) == [answer.json]
    (listed,) = client.get(f"/products?ids={product}").json["items"]
    assert listed["images"] == [answer.json]


def test_the_same_picture_twice_is_one(client: Client, seller: Seller, product: str) -> None:
    same = [client.post(f"{AT}/{product}/images", data=image(), headers=seller[1]).json for _ in "12"]
    assert same[0] == same[1]
    assert (len(shown(client, product)), same[0]["alt"]) == (1, "Cedar bowl")


def test_pictures_are_put_in_order_and_taken_away(client: Client, seller: Seller, product: str) -> None:
    at = f"{AT}/{product}/images"
    first, second = (client.post(at, data=image(shade=n), headers=seller[1]).json for n in (1, 2))
    order = {"images": [{"id": second["id"], "alt": "The back"}, {"id": first["id"]}]}
    changed = client.put(at, json=order, headers=seller[1])
    assert [(each["id"], each["alt"]) for each in changed.json["images"]] == [
        (second["id"], "The back"),
        (first["id"], "Cedar bowl"),
    ]
    assert client.put(at, json=order, headers=seller[1]).json["version"] == changed.json["version"]
    for wrong in ([], [{"id": first["id"]}], [{"id": first["id"]}] * 2, [{"id": str(new_id())}]):
        answer = client.put(at, json={"images": wrong}, headers=seller[1])
        assert (answer.status_code, faults(answer)) == (422, {"images"})
    url = second["sizes"][0]["url"].removeprefix("/api")
    assert client.get(url).status_code == 200
    assert client.delete(f"{at}/{second['id']}", headers=seller[1]).status_code == 204
    assert client.get(url).status_code == 404
    assert [each["id"] for each in shown(client, product)] == [first["id"]]
    assert problem(client.delete(f"{at}/{second['id']}", headers=seller[1])) == (404, "unknown-image")


def test_there_are_not_too_many(client: Client, seller: Seller, product: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MOST", 2)
    answers = [client.post(f"{AT}/{product}/images", data=image(shade=n), headers=seller[1]) for n in range(3)]
    assert [each.status_code for each in answers] == [201, 201, 409]
    assert problem(answers[2])[1] == "too-many-images"


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", (422, "empty-file")), (b"<svg/>", (415, "wrong-file-type")), (image()[:-30], (422, "unreadable-file"))],
    ids=["empty", "svg", "cut"],
)
def test_bad_pictures_are_refused_and_nothing_changes(
    client: Client, seller: Seller, product: str, content: bytes, said: tuple[int, str]
) -> None:
    assert problem(client.post(f"{AT}/{product}/images", data=content, headers=seller[1])) == said
    assert shown(client, product) == []


def test_another_s_product_gets_no_picture(client: Client, sellers: Any, product: str) -> None:
    answer = client.post(f"{AT}/{product}/images", data=image(), headers=sellers()[1])
    assert problem(answer) == (403, "not-your-product")
