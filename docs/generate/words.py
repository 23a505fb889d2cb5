"""Sentences for documents, from where the code already says them."""

from __future__ import annotations

import re
from inspect import getdoc

from shared.messaging.handlers import Batched, Handle


def first_sentence(doc: str | None) -> str:
    """The first sentence of a docstring, in one line."""
    line = re.sub(r"\s+", " ", (doc or "").strip())
    return re.split(r"(?<=[.;!?])\s+(?=[A-Z`])", line, maxsplit=1)[0].rstrip(".;")


def why_it_listens(handler: Handle | Batched) -> str:
    """What a handler does with its event, in its own words."""
    function = handler.handle if isinstance(handler, Batched) else handler
    return first_sentence(getdoc(function))
