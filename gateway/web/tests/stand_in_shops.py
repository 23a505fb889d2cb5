"""The part of the vendor service that is about applications and shops, kept in memory."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, abort, request

from gateway.web.tests.answers import now, problem, refusal

Person = dict[str, Any]
Acting = Callable[[], Person]
NOTHING: dict[str, Any] = dict.fromkeys(("description", "email", "phone", "website", "address", "bank"))


@dataclass
class Shops:
    """Applications, shops, documents and what was done; `decided_by_another` makes every decision come too late."""

    applications: list[dict[str, Any]] = field(default_factory=list)
    shops: list[dict[str, Any]] = field(default_factory=list)
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    acts: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[tuple[str, int, str]] = field(default_factory=list)
    decided_by_another: bool = False

    def open(self, owner: Person, name: str, slug: str, **more: Any) -> dict[str, Any]:
        """A shop that sells."""
        shop = {**NOTHING, "id": str(uuid.uuid4()), "user_id": owner["id"], "name": name, "slug": slug, "code": "LUCA"}
        shop |= {"status": "approved", "status_since": now(), "status_reason": None, "commission_bps": 1000}
        shop |= {"owner_name": owner["name"], "owner_email": owner["email"], "created_at": now(), "customers": 3}
        shop |= {"logo": [], "banner": [], "commissions": [], "city": "Turin", "country": "IT", "since": now()}
        shop["shown"] = ["website", "city"]
        shop["statuses"] = [{"status": "approved", "since": now(), "reason": None}]
        self.shops.insert(0, {**shop, **more})
        return self.shops[0]

    def apply(self, person: Person, **said: Any) -> dict[str, Any]:
        """An application that waits."""
        it = {**NOTHING, "tax_id": None, "id": str(uuid.uuid4()), "user_id": person["id"], "status": "pending"}
        it |= {"business_email": person["email"], "submitted_at": now(), "decided_at": None, "decided_by": None}
        it |= {"reason": None, "vendor_id": None, "vendor_name": None, "vendor_slug": None, "decided_by_name": None}
        it |= {"applicant_name": person["name"], "applicant_email": person["email"], "others": []}
        self.applications.insert(0, {**it, **{name: value for name, value in said.items() if value}})
        return self.applications[0]

    def act(self, person: Person, action: str, vendor_id: str | None = None, **more: Any) -> None:
        """Leave a row of the audit trail."""
        row = {"id": str(uuid.uuid4()), "at": now(), "actor_name": person["name"], "actor_role": person["role"]}
        row |= {"address": "203.0.113.7", "action": action, "vendor_id": vendor_id}
        self.acts.insert(0, {"before": None, "after": None, "reason": None, **row, **more})

    def of(self, person: Person) -> dict[str, Any] | None:
        """Somebody's shop."""
        return next((it for it in self.shops if it["user_id"] == person["id"] and it["status"] != "deleted"), None)

    def papers(self, person_id: str) -> list[dict[str, Any]]:
        """Somebody's documents."""
        return [it for it in self.documents.values() if it["user_id"] == person_id]


def serve(app: Flask, shops: Shops, acting: Acting) -> None:
    """Answer what is asked of applications and shops."""
    _applying(app, shops, acting)
    _documents(app, shops, acting)
    _selling(app, shops, acting)
    _deciding(app, shops, acting)
    _watching(app, shops, acting)


def _applying(app: Flask, shops: Shops, acting: Acting) -> None:
    def mine() -> dict[str, Any]:
        found = next((it for it in shops.applications if it["user_id"] == acting()["id"]), None)
        return found or abort(problem(404, "no-application"))

    @app.post("/vendor/apply")
    def apply() -> Any:
        body = request.get_json()
        if body["website"] == "nonsense":
            return problem(422, "invalid", website="Must be a web address that begins with https:// or http://.")
        if (body["address"] or {}).get("city") == "Nowhere":
            return refusal(422, "invalid", "No.", {"address.city": "There is no such town."}, {})
        if any(it["user_id"] == acting()["id"] and it["status"] == "pending" for it in shops.applications):
            return problem(409, "already-applied", "You have an application that is not decided yet.")
        return shops.apply(acting(), **body), 201

    @app.get("/vendor/application")
    def application() -> Any:
        return {**mine(), "documents": shops.papers(acting()["id"])}

    @app.post("/vendor/application/withdraw")
    def withdraw() -> Any:
        if mine()["status"] != "pending":
            return problem(409, "wrong-application-status", f"It is {mine()['status']}.")
        mine().update(status="withdrawn", decided_at=now())
        return mine()


def _documents(app: Flask, shops: Shops, acting: Acting) -> None:
    @app.route("/vendor/documents", methods=["GET", "POST"])
    def documents() -> Any:
        if request.method == "GET":
            return {"items": shops.papers(acting()["id"]), "next_cursor": None}
        content = request.stream.read()
        shops.bodies.append((request.args["name"], len(content), request.headers["Content-Type"]))
        if not content.startswith(b"%PDF-"):
            return problem(415, "wrong-file-type", "Send a PDF or a JPEG or a PNG.")
        facts = {"id": str(uuid.uuid4()), "user_id": acting()["id"], "name": request.args["name"]}
        facts |= {"media_type": "application/pdf", "size": len(content), "uploaded_at": now()}
        shops.documents[facts["id"]] = facts
        return facts, 201

    @app.route("/vendor/documents/<document_id>", methods=["GET", "DELETE"])
    def document(document_id: str) -> Any:
        found = shops.documents.get(document_id)
        if found is None:
            return problem(404, "unknown-document")
        if acting()["role"] != "admin" and found["user_id"] != acting()["id"]:
            return problem(403, "not-your-document")
        if request.method == "DELETE" and found["name"].startswith("decided"):
            return problem(409, "on-record", "An application was decided with this document in view, so it is kept.")
        if request.method == "DELETE":
            del shops.documents[document_id]
            return "", 204
        return {**found, "url": f"http://localhost:8000/api/vendor/documents/{document_id}/content?signature=s"}


def _selling(app: Flask, shops: Shops, acting: Acting) -> None:
    def mine() -> dict[str, Any]:
        return shops.of(acting()) or abort(problem(404, "no-vendor"))

    @app.route("/vendor/profile", methods=["GET", "PATCH"])
    def profile() -> Any:
        body = request.get_json(silent=True) or {}
        if mine()["status"] == "suspended" and body:
            return problem(403, "vendor-suspended")
        if body.get("bank"):
            if len(body["bank"]["iban"]) < 15:
                return refusal(
                    422, "invalid", "No.", {"bank.iban": "This is not an IBAN: look at its digits again."}, {}
                )
            body = {"bank": {"holder": "L••• M•••", "iban": f"IT•• •••• {body['bank']['iban'][-4:]}"}}
        mine().update(body)
        return mine()

    @app.route("/vendor/profile/<kind>", methods=["PUT", "DELETE"])
    def picture(kind: str) -> Any:
        if request.method == "DELETE":
            mine()[kind] = []
            return mine()
        content = request.stream.read()
        if not content.startswith(b"\x89PNG"):
            return problem(415, "wrong-file-type", "Send JPEG or PNG or WEBP.")
        mine()[kind] = [{"url": f"/api/vendor/media/{kind}-{len(content)}.webp", "width": 512, "height": 512}]
        return mine()

    @app.get("/vendor/store/<slug>")
    def store(slug: str) -> Any:
        found = next((it for it in shops.shops if it["slug"] == slug and it["status"] == "approved"), None)
        hidden = {"email", "phone", "website"} - set((found or {}).get("shown", ()))
        return {**found, **dict.fromkeys(hidden)} if found else problem(404, "unknown-store")


def _deciding(app: Flask, shops: Shops, acting: Acting) -> None:
    def one(application_id: str) -> dict[str, Any]:
        found = next((it for it in shops.applications if it["id"] == application_id), None)
        return found or abort(problem(404, "unknown-application"))

    def close(it: dict[str, Any], to: str) -> None:
        it.update(status=to, decided_at=now(), decided_by=acting()["id"], decided_by_name=acting()["name"])

    @app.get("/admin/vendors/applications")
    def applications() -> Any:
        return _page(shops.applications, "business_name")

    @app.get("/admin/vendors/applications/<application_id>")
    def applied(application_id: str) -> Any:
        it = one(application_id)
        return {**it, "documents": shops.papers(it["user_id"]), "history": shops.acts}

    @app.post("/admin/vendors/applications/<application_id>/<how>")
    def decide(application_id: str, how: str) -> Any:
        it, body = one(application_id), request.get_json()
        if shops.decided_by_another:
            close(it, "approved")
            facts = {"from": "approved", "decided_by_name": "Alan Turing", "decided_at": "2026-11-20T08:30:00Z"}
            return refusal(409, "already-decided", "Alan Turing approved it.", {}, facts)
        close(it, "approved" if how == "approve" else "rejected")
        if how == "reject":
            it["reason"] = body["reason"]
            return it
        owner = {"id": it["user_id"], "name": it["applicant_name"], "email": it["applicant_email"]}
        shop = shops.open(owner, it["business_name"], "a-shop", commission_bps=body.get("commission_bps", 1000))
        it.update(vendor_id=shop["id"], vendor_name=shop["name"])
        return it


def _watching(app: Flask, shops: Shops, acting: Acting) -> None:
    def one(vendor_id: str) -> dict[str, Any]:
        found = next((it for it in shops.shops if it["id"] == vendor_id), None)
        return found or abort(problem(404, "unknown-vendor"))

    @app.get("/admin/vendors")
    def vendors() -> Any:
        return _page(shops.shops, "name")

    @app.get("/admin/vendors/<vendor_id>")
    def vendor(vendor_id: str) -> Any:
        return one(vendor_id)

    @app.post("/admin/vendors/<vendor_id>/commission")
    def commission(vendor_id: str) -> Any:
        body = request.get_json()
        if body.get("effective_from", "9") < now():
            return problem(422, "invalid", effective_from="Must not be in the past: what was sold is settled.")
        one(vendor_id)["commissions"].insert(0, {"effective_from": now(), "reason": None, **body})
        return one(vendor_id)

    @app.post("/admin/vendors/<vendor_id>/<how>")
    def enact(vendor_id: str, how: str) -> Any:
        shop, reason = one(vendor_id), request.get_json().get("reason")
        to = {"suspend": "suspended", "delete": "deleted"}.get(how, "approved")
        if shop["status"] == to:
            return problem(409, "wrong-status", f"{shop['name']} is {to} and cannot become {to}.")
        before = shop["status"]
        shop.update(status=to, status_reason=reason, status_since=now())
        shop["statuses"].insert(0, {"status": to, "since": now(), "reason": reason})
        changed = {"before": {"status": before}, "after": {"status": to}, "reason": reason}
        shops.act(acting(), f"vendor.{to}", vendor_id, **changed)
        return shop

    @app.get("/admin/audit")
    def audit() -> Any:
        wanted = request.args["vendor_id"]
        return {"items": [it for it in shops.acts if it["vendor_id"] == wanted], "next_cursor": None}


def _page(rows: list[dict[str, Any]], name: str) -> Any:
    status, q = request.args.get("status"), request.args.get("q", "").lower()
    start, limit = int(request.args.get("cursor", 0)), int(request.args["limit"])
    found = [it for it in rows if q in it[name].lower() and status in {None, it["status"]}]
    end = start + limit
    return {"items": found[start:end], "next_cursor": str(end) if end < len(found) else None}
