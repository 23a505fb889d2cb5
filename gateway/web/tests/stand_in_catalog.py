"""Stand-in for the catalog's HTTP: products, their stock and pictures, the tree of categories and files, in memory."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, abort, request

from gateway.web.tests.answers import now, problem, refusal

Person = dict[str, Any]
Acting = Callable[[], Person]
COUNTS = ("checked", "create", "update", "unchanged", "faulty", "created", "updated", "refused")


@dataclass
class Goods:
    """What the catalog holds, and what it was asked for lists."""

    products: list[dict[str, Any]] = field(default_factory=list)
    categories: list[dict[str, Any]] = field(default_factory=list)
    movements: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    sought: list[dict[str, str]] = field(default_factory=list)
    merged: list[tuple[str, str]] = field(default_factory=list)
    at_least: list[str] = field(default_factory=list)

    def product(self, title: str, **more: Any) -> dict[str, Any]:
        """A product on sale; without a vendor, the marketplace's own."""
        slug = title.lower().replace(" ", "-")
        it: dict[str, Any] = {"id": str(uuid.uuid4()), "slug": slug, "title": title, "sku": slug}
        it |= {"vendor_id": None, "vendor": None}
        it |= {"vendor_name": None, "vendor_slug": None, "description": "", "description_html": "", "language": "en"}
        it |= {"category_id": None, "categories": [], "price": {"amount": 1999, "currency": "EUR"}, "stock": 12}
        it |= {"status": "active", "visibility": "public", "images": [], "version": 1, "deleted_at": None}
        self.products.insert(0, {**it, "created_at": now(), "updated_at": now(), **more})
        return self.products[0]

    def category(self, name: str, parent: dict[str, Any] | None = None) -> dict[str, Any]:
        """A category, after those that are there."""
        it: dict[str, Any] = {"id": str(uuid.uuid4()), "name": name, "slug": name.lower(), "position": 1}
        path = [*(parent["path"] if parent else []), it["id"]]
        it |= {"parent_id": parent["id"] if parent else None, "path": path, "depth": len(path)}
        self.categories.append(it)
        return it

    def job(self, state: str, **rows: int) -> dict[str, Any]:
        """A file on its way."""
        it: dict[str, Any] = {
            "id": str(uuid.uuid4()),
            "name": "products.csv",
            "format": "csv",
            "size": 400,
            "state": state,
        }
        it |= {"problem": None, "ignored": [], "rows": dict.fromkeys(COUNTS, 0) | rows, "uploaded_at": now()}
        self.jobs.insert(0, {**it, "checked_at": None, "applied_at": None})
        return self.jobs[0]

    def move(self, it: dict[str, Any], kind: str, quantity: int, reason: str | None = None) -> None:
        """Change the stock and note it."""
        it["stock"] += quantity
        row = {"id": str(uuid.uuid4()), "kind": kind, "on_hand": quantity, "reserved": 0, "on_hand_after": it["stock"]}
        row |= {"reserved_after": 0, "reason": reason, "order_id": None, "at": now()}
        self.movements.setdefault(it["id"], []).insert(0, row)

    def level(self, it: dict[str, Any]) -> dict[str, Any]:
        """What there is of a product."""
        threshold = it.setdefault("threshold", 0)
        counts = {"on_hand": it["stock"], "reserved": 0, "available": it["stock"], "threshold": threshold}
        return {"product_id": it["id"], **counts, "low": it["stock"] <= threshold}


def picture(alt: str = "") -> dict[str, Any]:
    """A picture in two sizes."""
    sizes = [{"url": f"/api/products/media/{width}.webp", "width": width, "height": width} for width in (600, 240)]
    return {"id": str(uuid.uuid4()), "alt": alt, "sizes": sizes}


def catalog(goods: Goods, acting: Acting) -> Flask:
    """The part of catalog that the pages use."""
    app = Flask("catalog")
    _showing(app, goods)
    for side in ("vendor", "admin"):
        _keeping(app, goods, f"/{side}/products", acting)
        _changing(app, goods, f"/{side}/products")
        _pictures(app, goods, f"/{side}/products")
        _stock(app, goods, f"/{side}/products")
    _files(app, goods)
    _categories(app, goods)
    return app


def _found(goods: Goods, product_id: str) -> dict[str, Any]:
    fits = (it for it in goods.products if product_id in (it["id"], it["slug"]))
    return next(fits, None) or abort(problem(404, "unknown-product"))


def _page(items: list[dict[str, Any]]) -> dict[str, Any]:
    start, limit = int(request.args.get("cursor", 0)), int(request.args.get("limit", 20))
    more = str(start + limit) if start + limit < len(items) else None
    return {"items": items[start : start + limit], "next_cursor": more}


def _showing(app: Flask, goods: Goods) -> None:
    @app.get("/products")
    def products() -> Any:
        goods.sought.append(dict(request.args))
        if int(request.args.get("price_min", 0)) > int(request.args.get("price_max", 10**9)):
            return problem(422, "invalid", "No.", price_max="Must not be less than price_min.")
        q, vendor = request.args.get("q", "").lower(), request.args.get("vendor")
        public = [it for it in goods.products if it["visibility"] == "public" and q in it["title"].lower()]
        items = [it for it in public if vendor in (None, it["vendor_id"], (it["vendor"] or {}).get("slug"))]
        shops = {it["vendor"]["slug"]: it["vendor"] for it in items if it["vendor"]}
        facets: dict[str, Any] = {
            "categories": [{**it, "count": 7} for it in goods.categories],
            "vendors": [{**it, "count": 3} for it in shops.values()],
            "prices": [{"currency": "EUR", "least": 500, "most": 9900, "count": 4}],
            "in_stock": 3,
            "at_least": goods.at_least,
        }
        return {**_page(items), **({"facets": facets} if request.args.get("facets") else {})}

    @app.get("/products/<reference>")
    def product(reference: str) -> Any:
        return _found(goods, reference)

    @app.get("/categories")
    def categories() -> Any:
        return {"items": goods.categories}


def _keeping(app: Flask, goods: Goods, path: str, acting: Acting) -> None:
    name = path.replace("/", "_")

    @app.route(path, methods=["GET", "POST"], endpoint=f"{name}_list")
    def listed() -> Any:
        if acting()["role"] not in path:
            return problem(403, "forbidden")
        if request.method == "POST":
            body = request.get_json()
            if any(it["sku"] == body.get("sku") for it in goods.products):
                return problem(409, "sku-taken", "Another product has the SKU.", sku="Another product has this SKU.")
            return goods.product(**{**body, "stock": 0}), 201
        goods.sought.append(dict(request.args))
        status, deleted = request.args.get("status"), request.args.get("deleted") == "true"
        q = request.args.get("q", "").lower()
        items = [it for it in goods.products if q in it["title"].lower() and bool(it["deleted_at"]) == deleted]
        return _page([it for it in items if status in (None, it["status"])])


def _changing(app: Flask, goods: Goods, path: str) -> None:
    name = path.replace("/", "_")

    @app.post(f"{path}/status", endpoint=f"{name}_status")
    def status() -> Any:
        body, changed = request.get_json(), []
        for it in (_found(goods, each) for each in body["ids"]):
            if it["status"] != body["status"]:
                it["status"] = body["status"]
                changed.append(it["id"])
        return {"changed": changed, "unchanged": [each for each in body["ids"] if each not in changed]}

    @app.route(f"{path}/<product_id>", methods=["GET", "PATCH", "DELETE"], endpoint=f"{name}_one")
    def one(product_id: str) -> Any:
        it = _found(goods, product_id)
        if request.method == "DELETE":
            it["deleted_at"] = now()
            return "", 204
        if request.method == "PATCH":
            if request.headers["If-Match"] != f'"{it["version"]}"':
                return refusal(412, "stale", "It changed.", {}, {"version": str(it["version"]), "current": it})
            it.update(request.get_json(), version=it["version"] + 1)
        return it

    @app.post(f"{path}/<product_id>/restore", endpoint=f"{name}_restore")
    def restore(product_id: str) -> Any:
        _found(goods, product_id)["deleted_at"] = None
        return _found(goods, product_id)


def _pictures(app: Flask, goods: Goods, path: str) -> None:
    name = path.replace("/", "_")

    @app.route(f"{path}/<product_id>/images", methods=["POST", "PUT"], endpoint=f"{name}_images")
    def images(product_id: str) -> Any:
        it = _found(goods, product_id)
        if request.method == "PUT":
            known = {each["id"]: each for each in it["images"]}
            placed = request.get_json()["images"]
            it["images"] = [{**known[each["id"]], "alt": each.get("alt", known[each["id"]]["alt"])} for each in placed]
            return it
        if not request.stream.read().startswith(b"\x89PNG"):
            return problem(415, "wrong-file-type", "Send JPEG or PNG or WEBP.")
        it["images"].append(picture(request.args.get("alt", "")))
        return it["images"][-1], 201

    @app.delete(f"{path}/<product_id>/images/<image_id>", endpoint=f"{name}_image")
    def image(product_id: str, image_id: str) -> Any:
        it = _found(goods, product_id)
        it["images"] = [each for each in it["images"] if each["id"] != image_id]
        return "", 204


def _stock(app: Flask, goods: Goods, path: str) -> None:
    name = path.replace("/", "_")

    @app.route(f"{path}/<product_id>/stock", methods=["GET", "POST", "PATCH"], endpoint=f"{name}_stock")
    def stock(product_id: str) -> Any:
        it, body = _found(goods, product_id), request.get_json(silent=True) or {}
        if request.method == "POST":
            if body["kind"] == "adjustment" and not body["reason"]:
                return problem(422, "invalid", "No.", reason="Say why.")
            if it["stock"] + body["quantity"] < 0:
                return problem(409, "too-few", "There are not so many.")
            goods.move(it, body["kind"], body["quantity"], body["reason"])
            return goods.level(it), 201
        if request.method == "PATCH":
            it["threshold"] = body["threshold"]
        return {**goods.level(it), "items": goods.movements.get(it["id"], []), "next_cursor": None}


def _files(app: Flask, goods: Goods) -> None:
    path = "/vendor/products/import"

    def one(job_id: str) -> dict[str, Any]:
        return next((it for it in goods.jobs if it["id"] == job_id), None) or abort(problem(404, "unknown-import"))

    @app.route(path, methods=["GET", "POST"])
    def files() -> Any:
        if request.method == "GET":
            return _page(goods.jobs)
        if not request.stream.read().startswith(b"sku"):
            return problem(422, "unreadable-sheet", "The first row must name the columns.")
        return goods.job("checking"), 202

    @app.get(f"{path}/<job_id>")
    def file(job_id: str) -> Any:
        return one(job_id)

    @app.get(f"{path}/<job_id>/rows")
    def rows(job_id: str) -> Any:
        state = request.args.get("state")
        return one(job_id) and _page([it for it in goods.rows if state in (None, it["state"])])

    @app.post(f"{path}/<job_id>/apply")
    def apply(job_id: str) -> Any:
        if one(job_id)["state"] != "ready":
            return problem(409, "not-ready", "Only a checked file can be applied.")
        one(job_id)["state"] = "applying"
        return one(job_id), 202

    @app.get(f"{path}/<job_id>/errors")
    def errors(job_id: str) -> Any:
        return one(job_id) and _download("errors.csv", b"sku,problem\r\n")

    @app.get("/vendor/products/export")
    def export() -> Any:
        return _download(f"products.{request.args['format']}", b"sku\r\n" * 50_000)


def _download(name: str, content: bytes) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, headers=headers, content_type="text/csv; charset=utf-8")


def _categories(app: Flask, goods: Goods) -> None:
    path = "/admin/categories"

    def one(category_id: str) -> dict[str, Any]:
        return next(it for it in goods.categories if it["id"] == category_id)

    @app.post(path)
    def create() -> Any:
        body = request.get_json()
        return goods.category(body["name"], one(body["parent_id"]) if body["parent_id"] else None), 201

    @app.route(f"{path}/<category_id>", methods=["PATCH", "DELETE"])
    def change(category_id: str) -> Any:
        body = request.get_json(silent=True) or {}
        if request.method == "DELETE":
            return problem(409, "category-in-use", "Products or other categories are in it.")
        if body["parent_id"] == category_id:
            return problem(422, "category-loop", "No.", parent_id="This is the category itself, or one below it.")
        one(category_id).update(body)
        return one(category_id)

    @app.post(f"{path}/<category_id>/merge")
    def merge(category_id: str) -> Any:
        goods.merged.append((category_id, request.get_json()["into"]))
        goods.categories.remove(one(category_id))
        return one(request.get_json()["into"])
