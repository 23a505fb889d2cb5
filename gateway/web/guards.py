"""Who may see a page, and where to go afterwards."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from flask import abort, g, redirect, render_template, request

from gateway.web import sessions, shop
from gateway.web.client import ServiceDown

View = TypeVar("View", bound=Callable[..., Any])


def signed_in(view: View) -> View:
    """Send whoever is not signed in to the sign-in page, and back here afterwards."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if g.visit.signed_in:
            return view(*args, **kwargs)
        if g.visit.unknown:
            raise ServiceDown("identity")
        return to_sign_in()

    return guarded  # type: ignore[return-value]


def vendors_only(view: View) -> View:
    """Let vendors in; somebody who became one a moment ago gets a token that says so first."""

    @wraps(view)
    @signed_in
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if g.visit.role != "vendor":
            sessions.catch_up()
        if g.visit.role != "vendor":
            return _not_yet_or_never()
        g.vendors_page = True
        return view(*args, **kwargs)

    return guarded  # type: ignore[return-value]


def admins_only(view: View) -> View:
    """Let admins in, and nobody else."""

    @wraps(view)
    @signed_in
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if g.visit.role != "admin":
            abort(403)
        return view(*args, **kwargs)

    return guarded  # type: ignore[return-value]


def _not_yet_or_never() -> Any:
    """Ask somebody whose approval identity has not heard of yet to wait a moment; everybody else is refused."""
    if g.visit.role != "customer" or not shop.acting():
        abort(403)
    return render_template("vendor/opening.html", shop=shop.acting()), 202


def to_sign_in() -> Any:
    """Redirect to the sign-in page; a page asked for with GET is where it leads back to."""
    if request.headers.get("HX-Request"):
        return "", 200, {"HX-Refresh": "true"}
    here = request.full_path.rstrip("?") if request.method == "GET" else "/profile"
    return redirect(f"/login?{urlencode({'next': here})}", 303)


def safe_next(target: str | None, otherwise: str) -> str:
    """Return a path of our own to go on to: anything that a browser could read as another site is not followed."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return otherwise
    if any(character < " " or character in "\\\x7f" for character in target):
        return otherwise
    parts = urlsplit(target)
    return otherwise if parts.scheme or parts.netloc else target
