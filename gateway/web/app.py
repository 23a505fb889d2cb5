"""Puts the web client together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
from flask import Flask, g, request
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from gateway.static.files import Manifest
from gateway.web import basket, bell, failures, faring, languages, sessions, shop, words
from gateway.web.client import Service
from gateway.web.pages import BLUEPRINTS, language
from gateway.web.parts import missing
from gateway.web.settings import Settings
from gateway.web.uploads import limit_body
from shared.kit.requests import ROUTE, Traced

SOURCES = ("script-src", "style-src", "img-src", "connect-src", "frame-src", "form-action", "manifest-src")
POLICY = "; ".join(
    f"{what} {whence}"
    for what, whence in {
        "default-src": "'none'",
        **dict.fromkeys(SOURCES, "'self'"),
        **dict.fromkeys(("base-uri", "frame-ancestors"), "'none'"),
    }.items()
)


def create_app(settings: Settings, transports: Mapping[str, httpx.BaseTransport] | None = None) -> Flask:
    """Make the web client; `transports` replaces the way to a service by its name."""
    app = Flask(__name__, static_folder=None)
    app.config.from_mapping(_configuration(settings))
    hops = settings.trusted_proxies
    app.wsgi_app = ProxyFix(Traced(app.wsgi_app), x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.extensions["services"] = _services(settings, transports or {})
    app.extensions["bell"] = bell.Bell(settings.notifications_url, (transports or {}).get("notifications"))
    _words_of_templates(app, Manifest.read(settings.static_folder))
    app.before_request(_remember_route)
    app.before_request(limit_body)
    app.before_request(sessions.begin)
    CSRFProtect(app).exempt(language.pages)
    languages.register(app)
    app.after_request(sessions.finish)
    app.after_request(_guard)
    failures.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app


def close(app: Flask) -> None:
    """Give the connections to the services back."""
    for service in (*app.extensions["services"].values(), app.extensions["bell"]):
        service.close()


def _configuration(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": str(settings.secret_key),
        "SESSION_COOKIE_NAME": "market_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.https,
        "MAX_CONTENT_LENGTH": 64 * 1024,
        "WTF_CSRF_TIME_LIMIT": None,
        "TRAP_HTTP_EXCEPTIONS": False,
    }


def _services(settings: Settings, transports: Mapping[str, httpx.BaseTransport]) -> dict[str, Service]:
    urls = {
        "identity": settings.identity_url,
        "vendor": settings.vendor_url,
        "catalog": settings.catalog_url,
        "ordering": settings.ordering_url,
        "notifications": settings.notifications_url,
    }
    return {name: Service(name, url, settings.service_timeout, transports.get(name)) for name, url in urls.items()}


def _words_of_templates(app: Flask, manifest: Manifest) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    filters = [*words.FILTERS.items(), *faring.FILTERS.items()]
    if len(dict(filters)) < len(filters):
        raise ValueError("two filters share a name")
    app.jinja_env.filters.update(filters)
    app.jinja_env.tests.update(faring.TESTS)
    app.jinja_env.globals.update(static=manifest.url)
    app.context_processor(_around)


def _around() -> dict[str, Any]:
    """What every page knows."""
    told = {"missing": missing(), "suspended": shop.suspended(), "in_cart": basket.remembered()}
    return {"visit": g.get("visit"), "unread": bell.unread, **told}


def _remember_route() -> None:
    request.environ[ROUTE] = request.url_rule.rule if request.url_rule else None


def _guard(response: Any) -> Any:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers.setdefault("Cache-Control", "no-store")
    response.vary.add("Cookie")
    if request.headers.get("HX-Request"):
        response.vary.add("HX-Request")
    return response
