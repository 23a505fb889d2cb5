'''The set-up of a service's web app: every error a problem document, every operation with a stated caller.

A view is a plain function that loads, transacts, and dumps; what it takes, answers and refuses stands above it:

    from shared.kit.auth import Actor, Role, requires
    from shared.kit.operations import Blueprint
    from shared.kit.stated import accepts, answers, refuses
    from shared.kit.web import Answer, transaction

    invites = Blueprint("invites", __name__, description="Links that bring customers")

    @invites.post("/vendors/me/invite")
    @requires(Role.VENDOR)
    @accepts(NewInvite)
    @answers(InviteView, 201)
    @refuses(NoVendor)
    def create(body: dict[str, Any], actor: Actor) -> Answer:
        """Make an invite link for the acting vendor."""
        with transaction() as session:
            invite = domain.create(session, actor.user_id, body)
        return InviteView().dump(invite)

`actor`, `query`, `body` and the path's variables arrive as keywords; the first stated answer's status is used.
'''

from collections.abc import Callable, Iterable
from typing import Any

import flask_smorest
from flask import Flask, Request, Response, request
from secure import (
    ContentSecurityPolicy,
    CrossOriginOpenerPolicy,
    CrossOriginResourcePolicy,
    ReferrerPolicy,
    Secure,
    StrictTransportSecurity,
    XContentTypeOptions,
    XFrameOptions,
)
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import MapAdapter

from shared.kit.auth import TokenVerifier
from shared.kit.database import Database
from shared.kit.json import OrjsonProvider
from shared.kit.keys import RemoteKeys
from shared.kit.openapi import BEARER
from shared.kit.operations import Blueprint
from shared.kit.problems import register_problems
from shared.kit.requests import ROUTE, Traced
from shared.kit.settings import Settings
from shared.kit.stated import Stated
from shared.kit.web import EXTENSION, Kit

KIBIBYTE = 1024


class Unstated(Exception):
    """An operation does not state who may call it, so the app does not start."""


def create_app(
    settings: Settings,
    *,
    title: str,
    version: str,
    blueprints: Iterable[Blueprint],
    database: Database,
    verifier: TokenVerifier | None = None,
    largest_body: int = 64 * KIBIBYTE,
) -> Flask:
    """Build the app of a service; raises `Unstated` if an operation names neither `requires` nor `anyone`.

    Tokens are checked with identity's JWKS unless a `verifier` is given, as identity itself does.
    """
    app = _App(settings.service, static_folder=None)
    app.json = OrjsonProvider(app)
    app.config["MAX_CONTENT_LENGTH"] = largest_body
    app.url_map.merge_slashes = False
    app.extensions[EXTENSION] = Kit(settings, database, verifier or _default_verifier(settings))
    _serve_openapi(app, title, version, blueprints)
    register_problems(app)
    app.before_request(_remember_route)
    app.after_request(_headers(settings.environment == "production"))
    hops = settings.trusted_proxies
    app.wsgi_app = ProxyFix(Traced(app.wsgi_app), x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    _refuse_unstated(app)
    return app


def openapi_document(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of an app, as it serves it at `/openapi.json`."""
    api = app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    return dict(api.spec.to_dict())


class _App(Flask):
    """Flask without what a JSON API has no use for: a session, coroutines, and addresses made from hosts."""

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Match the path alone; the name of the host says nothing here."""
        if request is None:
            return super().create_url_adapter(None)
        environ = request.environ
        path, scheme = _path(environ.get("PATH_INFO", "")), environ["wsgi.url_scheme"]
        host, query = environ.get("HTTP_HOST") or environ["SERVER_NAME"], environ.get("QUERY_STRING", "")
        return MapAdapter(self.url_map, host, "/", "", scheme, path, request.method, query)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """No view is a coroutine."""
        return func


def _path(wsgi: str) -> str:
    """The path as text, as werkzeug reads it."""
    return wsgi if wsgi.isascii() else wsgi.encode("latin-1").decode("utf-8", "replace")


class _Api(flask_smorest.Api):  # type: ignore[misc]  # flask-smorest is untyped
    DEFAULT_ERROR_RESPONSE_NAME = None  # a catch-all would declare every status and so none

    def _register_error_handlers(self) -> None:
        """Leave errors to `shared.kit.problems`."""

    def _register_responses(self) -> None:
        """Declare no answer that no operation gives."""

    def _register_pagination_header(self) -> None:
        """Leave pages to `shared.kit.paging`."""


def _serve_openapi(app: Flask, title: str, version: str, blueprints: Iterable[Blueprint]) -> None:
    app.config.update(
        API_TITLE=title,
        API_VERSION=version,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        API_SPEC_OPTIONS={"servers": [{"url": "/api"}], "components": {"securitySchemes": BEARER}},
    )
    api = _Api(app)
    for blueprint in blueprints:
        api.register_blueprint(blueprint)


def _refuse_unstated(app: Flask) -> None:
    silent = [endpoint for endpoint, view in app.view_functions.items() if not _is_stated(endpoint, view)]
    if silent:
        raise Unstated(f"say @requires(Role…) or @anyone: {', '.join(sorted(silent))}")


def _is_stated(endpoint: str, view: Callable[..., Any]) -> bool:
    said: Stated | None = getattr(view, "stated", None)
    return endpoint == "api-docs.openapi_json" or (said is not None and said.access is not None)


def _default_verifier(settings: Settings) -> TokenVerifier:
    keys = RemoteKeys(settings.jwks_url)
    return TokenVerifier(keys, issuer=settings.token_issuer, audience=settings.token_audience)


def _remember_route() -> None:
    request.environ[ROUTE] = request.url_rule.rule if request.url_rule else None


def _headers(https: bool) -> Callable[[Response], Response]:
    """JSON is never framed, sniffed, embedded or kept: whoever wants otherwise sets the header in the view."""
    secure = Secure(
        csp=ContentSecurityPolicy().default_src("'none'").frame_ancestors("'none'"),
        hsts=StrictTransportSecurity().max_age(31536000).include_subdomains() if https else None,
        coop=CrossOriginOpenerPolicy().same_origin(),
        corp=CrossOriginResourcePolicy().same_origin(),
        referrer=ReferrerPolicy().no_referrer(),
        xcto=XContentTypeOptions().nosniff(),
        xfo=XFrameOptions().deny(),
    )
    defaults = {name.lower(): (name, value) for name, value in (*secure.headers.items(), ("Cache-Control", "no-store"))}

    def add(answer: Response) -> Response:
        there = {name.lower() for name, _ in answer.headers}
        answer.headers.extend([header for name, header in defaults.items() if name not in there])
        return answer

    return add
