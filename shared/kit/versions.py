"""Optimistic locking over HTTP (RFC 9110 section 13): an answer is tagged with its version, a change may name it.

@products.patch("/vendor/products/<uuid:product_id>")
@requires(Role.VENDOR)
@versioned
@accepts(ProductChange)
@answers(ProductView)
def change(product_id: UUID, body: dict[str, Any], actor: Actor) -> Answer:
    with transaction() as session:
        product = domain.change(session, product_id, body, expected=expected_version())
    return tagged(ProductView().dump(product), product.version)
"""

import re
from typing import Any

from flask import request

from shared.kit.errors import Invalid
from shared.kit.stated import F, refuses, stated
from shared.kit.web import Answer

_TAG = re.compile(r'(?:W/)?"?([1-9][0-9]{0,17})"?')


def versioned(view: F) -> F:
    """State that the operation takes `If-Match`; its view asks `expected_version`."""
    stated(view).versioned = True
    return refuses(Invalid)(view)


def expected_version() -> int | None:
    """The version that the caller has read, or None if any will do. Raises `Invalid` naming `If-Match`."""
    given = request.headers.get("If-Match", "*").strip()
    if given == "*":
        return None
    tag = _TAG.fullmatch(given)
    if tag is None:
        raise Invalid(fields={"If-Match": 'Must be the ETag of a version, like "3", or *.'})
    return int(tag.group(1))


def tagged(body: Any, version: int, status: int | None = None) -> Answer:
    """An answer with its version as `ETag`."""
    return body, status, {"ETag": f'"{version}"'}
