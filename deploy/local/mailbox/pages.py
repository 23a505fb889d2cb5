"""The pages of the mailbox, and the same as JSON: each mail's text, its HTML in a sandbox, its headers, its source."""

from __future__ import annotations

from dataclasses import asdict

from flask import Flask, Response, abort, jsonify, render_template, request

from deploy.local.mailbox.letters import opened, readable, told
from deploy.local.mailbox.store import PAGE, Mail, Store

HOSTS = ["localhost", "127.0.0.1", "[::1]"]
"""Only these names lead here: another site cannot give its own name this address and read the mails."""
POLICY = "; ".join(
    (
        *("default-src 'none'", "style-src 'self'", "frame-src 'self'", "form-action 'self'"),
        *("base-uri 'none'", "frame-ancestors 'none'"),
    )
)
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
LETTER_POLICY = (
    f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox {SANDBOX}"
)
VIEWS = ("html", "text", "headers", "source")


def create_app(store: Store) -> Flask:
    """Make the pages of these mails."""
    app = Flask(__name__)
    app.config["TRUSTED_HOSTS"] = HOSTS
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.after_request(_guard)
    _serve_pages(app, store)
    _serve_json(app, store)
    app.add_url_rule("/readyz", "ready", lambda: ("ready\n", 200, {"Content-Type": "text/plain"}))
    return app


def _serve_pages(app: Flask, store: Store) -> None:
    @app.get("/")
    def mails() -> str:
        """All mails, newest first."""
        to = request.args.get("to", "")
        return render_template("mails.html", page=store.page(to, before=_before()), to=to)

    @app.get("/mails/<int:number>")
    def mail(number: int) -> str:
        """One mail, looked at in one of its views."""
        found, source = _one(store, number)
        letter = opened(source)
        views = [view for view in VIEWS if getattr(letter, view, source) is not None]
        asked = request.args.get("view", "")
        more = {"views": views, "view": asked if asked in views else views[0], "sandbox": SANDBOX}
        return render_template("mail.html", mail=found, letter=letter, source=readable(source), **more)

    @app.get("/mails/<int:number>/html")
    def html(number: int) -> Response:
        """The HTML alone, which runs nothing, loads nothing, and opens its links in windows of their own."""
        content = opened(_one(store, number)[1]).html
        if content is None:
            abort(404)
        return Response(f'<base target="_blank">{content}', headers={"Content-Security-Policy": LETTER_POLICY})

    @app.get("/mails/<int:number>/source")
    def source(number: int) -> Response:
        """The mail as it came, to be kept as a file."""
        name = {"Content-Disposition": f'attachment; filename="mail-{number}.eml"'}
        return Response(_one(store, number)[1], content_type="message/rfc822", headers=name)

    @app.get("/mails/<int:number>/attachments/<int:place>")
    def attachment(number: int, place: int) -> Response:
        """Something attached, as a file and never as a page."""
        attached = opened(_one(store, number)[1]).attachments
        if place >= len(attached):
            abort(404)
        answer = Response(attached[place].content, content_type="application/octet-stream")
        answer.headers.set("Content-Disposition", "attachment", filename=attached[place].name)
        return answer


def _serve_json(app: Flask, store: Store) -> None:
    @app.get("/api/mails")
    def mails_as_json() -> Response:
        """A page of mails; `?to=` narrows it, `?before=` goes on."""
        page = store.page(request.args.get("to", ""), before=_before(), limit=_limit())
        return jsonify({"items": [asdict(it) for it in page.items], "before": page.before, "total": page.total})

    @app.get("/api/mails/<int:number>")
    def mail_as_json(number: int) -> Response:
        """One mail, taken apart."""
        mail, source = _one(store, number)
        return jsonify(told(mail, opened(source), source))


def _one(store: Store, number: int) -> tuple[Mail, bytes]:
    found = store.one(number)
    if found is None:
        abort(404, f"There is no mail {number}: it never came, or it made room for newer ones.")
    return found


def _before() -> int | None:
    return request.args.get("before", type=int)


def _limit() -> int:
    return max(1, min(request.args.get("limit", PAGE, type=int), 500))


def _guard(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response
