"""What the stories of mappings and orders are told with has its words in every language, put together or not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from gateway.web.catalogs import SOURCE
from gateway.web.languages import LANGUAGES
from gateway.web.said import sentence_in
from gateway.web.translations.services import _text
from gateway.web.words import HOPS
from shared.inspection.downstream import LISTENERS
from tests.architecture.tree import ROOT

every_other_language = pytest.mark.parametrize("language", sorted(LANGUAGES.keys() - {SOURCE}))
A_SAMPLE = "VND-A-1"
NO_WORDS = {"%(name)s <%(email)s>", "erased at %(left)s", "it does not tell"}
COMPOSED = {
    "linked; the link's own row is gone since": "verbunden; die Zeile des Links selbst gibt es nicht mehr",
    "2 linked, 1 expired; 1 without one": "2 verbunden, 1 abgelaufen; 1 ohne eines",
    "vendor_customer.linked, confirmed by the broker": "vendor_customer.linked, vom Broker bestätigt",
    "failed 3 times and is parked: ValueError: no": "3-mal gescheitert und geparkt: ValueError: no",
    "failed once and is tried again: no such row": "einmal gescheitert und wird wiederholt: no such row",
    "VND-A-1, by vendor: The glass is broken": "VND-A-1, vom Händler: The glass is broken",
    "ORD-1 stands, split into 2: VND-A-1 is pending, VND-B-1 is shipped.":
        "ORD-1 gilt, aufgeteilt in 2: VND-A-1 ist wartend, VND-B-1 ist versandt.",
    "Ada registered without an invitation, and has accepted none since. (catalog cannot be asked: it failed (500))":
        "Ada hat sich ohne Einladung registriert und seitdem keine angenommen. "
        "(catalog lässt sich nicht fragen: er ist gescheitert (500))",
    "never reached vendor's inbox; vendor's consumer is not at work":
        "hat die Inbox von vendor nie erreicht; consumer von vendor arbeitet nicht",
}  # fmt: skip


def hops() -> Iterator[ast.Call]:
    """Each place at which a stop on a way is made."""
    for file in sorted((ROOT / "shared/inspection").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Hop":
                yield node


def sayings(node: ast.expr) -> Iterator[str]:
    """What an expression can say: a text, or either of two."""
    if isinstance(node, ast.IfExp):
        yield from (*sayings(node.body), *sayings(node.orelse))
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from sayings(value)
    elif text := _text(node):
        yield text


def test_every_stop_on_a_way_has_a_name() -> None:
    names = {it.args[0].value for it in hops() if isinstance(it.args[0], ast.Constant)}
    assert len(names) > 10
    assert names - HOPS.keys() - {*LISTENERS} == set()


@every_other_language
def test_every_detail_of_a_stop_is_told(language: str) -> None:
    details = {text for hop in hops() if len(hop.args) > 2 for text in sayings(hop.args[2])} - NO_WORDS
    assert len(details) > 25
    samples = {re.sub(r"%\(\w+\)s", A_SAMPLE, text) for text in details if re.search(r"[a-z]{2,}", _bare(text))}
    assert {text for text in samples if sentence_in(language, text) is None} == set()


@pytest.mark.parametrize("text", COMPOSED)
def test_what_is_put_together_is_told_part_by_part(text: str) -> None:
    assert sentence_in("de", text) == COMPOSED[text]


@pytest.mark.parametrize("text", ["Broken; the lamp too", "Hello, world", "pending, the lamp is not there"])
def test_what_somebody_wrote_is_left_as_it_is(text: str) -> None:
    assert sentence_in("de", text) is None


def _bare(text: str) -> str:
    return re.sub(r"%\(\w+\)s", "", text)
