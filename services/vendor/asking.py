"""How the admin's operations reach all services, and how what these cannot answer becomes a refusal."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from flask import current_app

from shared.inspection.client import CannotAsk, NotThere, Refused, Services, services
from shared.inspection.events import BadCursor
from shared.inspection.explain import NobodyKnown
from shared.kit.errors import Invalid, NotFound, Unavailable
from shared.kit.web import current_settings

_KEPT = "inspected-services"


class NothingLikeThat(NotFound):
    """No service knows of such a thing."""


@contextmanager
def asked() -> Iterator[Services]:
    """Give the services. Raises `NothingLikeThat`, `Invalid`, or `Unavailable` naming who does not answer."""
    try:
        yield _services()
    except (NobodyKnown, NotThere) as unknown:
        raise NothingLikeThat(str(unknown)) from None
    except BadCursor as bad:
        raise Invalid(fields={"cursor": str(bad)}) from None
    except Refused as refused:
        raise Invalid(str(refused)) from None
    except CannotAsk as silent:
        raise Unavailable(str(silent)) from None


def _services() -> Services:
    """One set of connections for the app."""
    kept = current_app.extensions.get(_KEPT)
    if kept is None:
        kept = current_app.extensions[_KEPT] = services(current_settings())
    return cast("Services", kept)
