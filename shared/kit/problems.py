"""Whatever goes wrong in a request becomes a problem document (RFC 9457) that names it and gives nothing away."""

from typing import Any

import structlog
from flask import Flask, Response, current_app
from werkzeug.exceptions import HTTPException

from shared.events import trace
from shared.kit.errors import PROBLEM_MEDIA_TYPE, TYPE_PREFIX, InternalError, NotFound, Refusal, problem
from shared.kit.failures import DATABASE_ERRORS, as_refusal
from shared.kit.inputs import BodyTooLarge, NotJson

_log = structlog.get_logger(__name__)


_OWN_WORDS: dict[int, type[Refusal]] = {404: NotFound, 413: BodyTooLarge, 415: NotJson}


def register_problems(app: Flask) -> None:
    """Answer every kind of error of this app with a problem document."""
    app.register_error_handler(Refusal, answer_refusal)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_fault)
    for kind in DATABASE_ERRORS:
        app.register_error_handler(kind, _answer_database)


def answer_refusal(refusal: Refusal) -> Response:
    """Answer with the problem document of a refusal."""
    return _respond(problem(refusal, trace.current().correlation_id), refusal.status, refusal.headers())


def _answer_http(error: HTTPException) -> Response | HTTPException:
    """Keep what HTTP asks for beside the status: `Allow` with a 405, `Location` with a redirect."""
    if error.code is None or error.code < 400:
        return error
    if error.code in _OWN_WORDS:
        return answer_refusal(_OWN_WORDS[error.code]())
    headers = {name: value for name, value in error.get_headers() if name.lower() != "content-type"}
    document = {
        "type": TYPE_PREFIX + error.name.lower().replace(" ", "-"),
        "title": error.name.capitalize(),
        "status": error.code,
        "detail": error.description,
        "request_id": trace.current().correlation_id,
    }
    return _respond(document, error.code, headers)


def _answer_database(error: Exception) -> Response:
    refusal = as_refusal(error)
    if refusal is None:
        return _answer_fault(error)
    _log.warning("database_refused", kind=type(error).__name__, answer=refusal.status, exc_info=error)
    return answer_refusal(refusal)


def _answer_fault(error: Exception) -> Response:
    _log.error("request_failed", exc_info=error)
    return answer_refusal(InternalError())


def _respond(document: dict[str, Any], status: int, headers: dict[str, str]) -> Response:
    return Response(current_app.json.dumps(document), status, headers, content_type=PROBLEM_MEDIA_TYPE)
