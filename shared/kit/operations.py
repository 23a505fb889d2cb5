"""Blueprints whose views are plain functions: their statements become checks before them and documents beside them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import flask_smorest
from flask import Response, request

from shared.kit.auth import authenticate
from shared.kit.inputs import load_body, load_query, refuse_unstorable
from shared.kit.openapi import describe
from shared.kit.rate import enforce
from shared.kit.stated import F, Stated, stated
from shared.kit.uploads import receive
from shared.kit.web import answer, current_kit


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # flask-smorest is untyped
    """A group of operations; see `shared.kit.app` for what one looks like."""

    def get(self, rule: str) -> Callable[[F], F]:
        """Route GET to the view below."""
        return self._route("GET", rule)

    def post(self, rule: str) -> Callable[[F], F]:
        """Route POST to the view below."""
        return self._route("POST", rule)

    def put(self, rule: str) -> Callable[[F], F]:
        """Route PUT to the view below."""
        return self._route("PUT", rule)

    def patch(self, rule: str) -> Callable[[F], F]:
        """Route PATCH to the view below."""
        return self._route("PATCH", rule)

    def delete(self, rule: str) -> Callable[[F], F]:
        """Route DELETE to the view below."""
        return self._route("DELETE", rule)

    def _route(self, method: str, rule: str) -> Callable[[F], F]:
        def register(view: F) -> F:
            said = stated(view)
            said.sealed = True
            documented = self.doc(**describe(said, rule))(_operation(view, said))
            self.add_url_rule(rule, view.__name__, documented, methods=[method])
            return view

        return register


def _operation(view: Callable[..., Any], said: Stated) -> Callable[..., Response]:
    @wraps(view)
    def serve(**path: Any) -> Response:
        return answer(said, view(**_inputs(said, path)))

    return serve


def _inputs(said: Stated, path: dict[str, Any]) -> dict[str, Any]:
    """Collect the view's keyword arguments; who is calling is settled before anything they sent is read."""
    kit, inputs = current_kit(), dict(path)
    if said.access is not None:
        actor = authenticate(said.access, kit.verifier, kit.settings.service_tokens)
        if said.access.named:
            inputs["actor"] = actor
            request.environ["kit.actor"] = str(actor.user_id) if actor else None
    refuse_unstorable(path)
    if said.query:
        inputs["query"] = load_query(said.query)
    if said.body:
        inputs["body"] = load_body(said.body, required=said.body_required)
    if kit.settings.rate_limits:
        for limit in said.limits:
            enforce(limit, inputs, kit.database, kit.settings)
    if said.upload:
        inputs["upload"] = receive(said.upload)
    return inputs
