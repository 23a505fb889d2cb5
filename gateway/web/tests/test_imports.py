"""Products by the file, and the tree of categories."""

from __future__ import annotations

import io
import re
from typing import Any

from gateway.web.tests.conftest import Breakable, Visitor
from gateway.web.tests.stand_in import World

PATH = "/vendor/products/import"


def test_a_file_is_sent_checked_shown_and_applied(world: World, vendor: Visitor) -> None:
    vendor.open(PATH)
    vendor.send(PATH, file=(io.BytesIO(b"sku,title\r\nRYE,Rye bread\r\n"), "breads.csv", "text/csv"))
    text = vendor.follow()
    job = world.goods.jobs[0]
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in text
    assert 'hx-trigger="every 1s"' in text
    assert "<html" in vendor.open(f"{PATH}/{job['id']}", HX_Request="true"), "a form that was sent takes the whole page"
    job.update(state="ready", rows=job["rows"] | {"checked": 3, "create": 1, "faulty": 1, "unchanged": 1})
    fault = {"column": "E", "field": "price", "message": "Not an amount."}
    change: list[dict[str, Any]] = [{"field": "title", "before": None, "after": "<b>Rye</b>"}]
    change += [{"field": "price", "before": None, "after": {"amount": 420, "currency": "EUR"}}]
    world.goods.rows = [
        {"row": 2, "state": "create", "sku": "RYE", "product_id": None, "change": change, "faults": []},
        {"row": 3, "state": "faulty", "sku": "X", "product_id": None, "change": [], "faults": [fault]},
    ]
    text = vendor.open(f"{PATH}/{job['id']}", HX_Request="true", HX_Target="job")
    assert "<html" not in text
    assert "every 1s" not in text
    assert "Column E (price): Not an amount." in text
    assert "&lt;b&gt;Rye&lt;/b&gt;" in text
    assert "€4.20</li>" in text
    assert "Apply 1 row" in text
    assert "RYE" not in vendor.open(f"{PATH}/{job['id']}?state=faulty")
    vendor.send(f"{PATH}/{job['id']}/apply")
    assert "0 of 1 row applied." in vendor.follow()
    job.update(state="done", rows=job["rows"] | {"create": 0, "created": 1})
    assert "Your file is applied" in vendor.open(f"{PATH}/{job['id']}")
    assert "Only a checked file" in (vendor.send(f"{PATH}/{job['id']}/apply") and vendor.follow())


def test_a_file_that_cannot_be_used_is_told_beside_the_field(vendor: Visitor, ways: dict[str, Breakable]) -> None:
    vendor.open(PATH)
    text = vendor.send(PATH, file=(io.BytesIO(b"nonsense"), "breads.csv", "text/csv"))
    assert vendor.status == 422
    assert "The first row must name the columns." in text.split('id="file-wrong"')[1]
    assert "Choose a file first." in vendor.send(PATH)
    ways["catalog"].down = True
    assert "could not be taken right now" in vendor.send(PATH, file=(io.BytesIO(b"sku"), "a.csv", "text/csv"))


def test_files_are_handed_on_in_pieces(world: World, vendor: Visitor) -> None:
    assert len(vendor.open("/vendor/products/export?format=xlsx")) == 250_000
    assert vendor.page.headers["Content-Disposition"] == 'attachment; filename="products.xlsx"'
    vendor.open("/vendor/products/export?format=exe")
    assert vendor.page.headers["Content-Disposition"] == 'attachment; filename="products.csv"'
    assert "sku,problem" in vendor.open(f"{PATH}/{world.goods.job('done', faulty=1)['id']}/errors")
    vendor.open(f"{PATH}/019a9d3c-2f00-7c1e-8a55-3c7b1e0f9d21/errors")
    assert vendor.status == 404


def test_the_tree_is_shaped_by_admins(world: World, admin: Visitor) -> None:
    assert "No category yet" in admin.open("/admin/categories")
    admin.send("/admin/categories", name="Home", parent_id="")
    assert "Home is made." in admin.follow()
    home = world.goods.categories[0]
    admin.send("/admin/categories", name="Cookware", parent_id=home["id"])
    inside = world.goods.categories[1]
    admin.follow()
    assert "Enter a name." in admin.send("/admin/categories", name=" ", parent_id="")
    text = admin.open(f"/admin/categories/{home['id']}")
    assert f'value="{inside["id"]}"' not in text, "nothing goes below itself"
    assert "There are categories in it" in text
    admin.send(f"/admin/categories/{inside['id']}", name="Pots", parent_id="", position="3")
    assert (inside["name"], inside["parent_id"], inside["position"]) == ("Pots", None, 3)
    admin.open(f"/admin/categories/{inside['id']}")
    text = admin.send(f"/admin/categories/{inside['id']}", name="Pots", parent_id=inside["id"])
    assert "This is the category itself" in text.split('id="parent_id-wrong"')[1]
    admin.send(f"/admin/categories/{inside['id']}/delete")
    assert re.search("Products or other categories are in it", admin.follow())
    admin.send(f"/admin/categories/{inside['id']}/merge", into=home["id"])
    assert "They are one category now." in admin.follow()
    assert world.goods.merged == [(inside["id"], home["id"])]
