"""What services say in sentences, read from their sources: refusals, faults of fields, outcomes, steps.

The API speaks English; the pages say the same in the reader's language. A sentence made of parts is kept with its parts
by name, so that it can be recognised: `f"{at} cannot become {to}."` is `%(at)s cannot become %(to)s.`
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import marshmallow
from marshmallow import fields, validate

CONTEXT = "service"
"""The context of these sentences in a catalog."""
ROOT = Path(__file__).parents[3]
SPOKEN = ("services/*/domain/**/*.py", "services/*/api/**/*.py", "services/*/*.py", "shared/kit/*.py")
SILENT = frozenset(
    [
        *("__main__.py", "settings.py", "models.py", "jobs.py", "seeding.py"),
        *("health.py", "logging.py", "serve.py", "metrics.py", "openapi.py"),
        *("remedies.py", "wording.py"),
    ]
)
"""Modules that say nothing to people who use the pages."""
EXAMPLES = frozenset(
    {
        "a_text",
        "a_number",
        "a_moment",
        "example",
        "text",
        "field",
        "debug",
        "info",
        "warning",
        "exception",
        "BadSetting",
    }
)
"""Calls whose texts are samples for a document, SQL, or a line of a log."""
FAULTS = frozenset({"ValidationError", "Regexp", "Length", "Range", "OneOf", "Predicate"})
"""Calls whose texts are all that a module of schemas says of a fault."""
TELLERS = ("services/ordering/domain/explaining.py", "shared/inspection/*.py")
"""Modules that tell how something came about: whatever has words in it is said."""
OUTCOMES = ("linked", "already_linked", "unknown_token", "expired", "revoked", "exhausted", "vendor_not_approved")
INSIDE = (
    *("registered", "accepted it", "accepted", "the vendor", "Somebody", "an earlier day"),
    *("pending", "packed", "shipped", "delivered", "cancelled", "rejected", "confirmed", "approved", "suspended"),
    *("withdrawn", "deleted", "draft", "active", "inactive", "out_of_stock", "no", "title", "price", "currency"),
    *(
        "placed",
        "said and published",
        "said, and nobody listens",
        "said, and not published yet",
        "told: %(outcome)s",
        "handled",
    ),
    *("waiting", "retry", "parked", "dismissed", "none", "once", "no label", "not known"),
    *(
        "%(type)s, version %(number)s",
        "vendor_customer.linked: %(state)s",
        "%(service)s's %(process)s is at work",
        "%(service)s's %(process)s is not at work",
        "it failed (%(status)s)",
        "in %(service)s's inbox",
        "by %(service)s's consumer",
        "%(service)s's inbox",
        "%(tries)s times",
        "%(given)s people",
        "a link of %(vendor)s",
        "a link of %(vendor)s: %(label)s",
        "%(count)s without one",
        "VND-%(number)s %(status)s",
        "VND-%(number)s is %(status)s",
        "VND-%(number)s for %(shop)s",
    ),
    *(f"VND-%(number)s, by {who}" for who in ("vendor", "customer", "system")),
    *(f"VND-%(number)s, by {who}: %(reason)s" for who in ("vendor", "customer", "system")),
    *OUTCOMES,
    *(f"%(count)s {outcome}" for outcome in OUTCOMES),
)
"""Words that stand for a part of a sentence, and those that are put together in SQL."""
REFUSALS = frozenset({"Refusal"})


def sentences() -> Iterator[tuple[str, str]]:
    """Each sentence with the file that it is in."""
    patterns = (*SPOKEN, *TELLERS)
    trees = {path: ast.parse(path.read_text()) for pattern in patterns for path in sorted(ROOT.glob(pattern))}
    spoken = {path: tree for path, tree in trees.items() if "tests" not in path.parts and path.name not in SILENT}
    refusals = _refusals(list(spoken.values()))
    for path, tree in spoken.items():
        name = path.relative_to(ROOT).as_posix()
        for text in (*_titles(tree, refusals), *_said(path, tree)):
            yield text, name
    yield from ((text, "marshmallow") for text in _of_marshmallow())
    yield from ((text, "words") for text in INSIDE)


def _refusals(trees: list[ast.Module]) -> set[str]:
    """The names of all classes that a refusal can be."""
    bases = {
        node.name: {ast.unparse(base).rpartition(".")[2] for base in node.bases}
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    found = set(REFUSALS)
    while more := {name for name, of in bases.items() if of & found} - found:
        found |= more
    return found


def _titles(tree: ast.Module, refusals: set[str]) -> Iterator[str]:
    """What a refusal of each class is called, and what it says when nothing else is said."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name in refusals - REFUSALS:
            stated = {ast.unparse(it.targets[0]): it.value for it in node.body if isinstance(it, ast.Assign)}
            title = stated.get("title")
            words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", node.name).lower().capitalize()
            yield title.value if isinstance(title, ast.Constant) and isinstance(title.value, str) else words
            if first := (ast.get_docstring(node) or "").partition("\n")[0]:
                yield first.replace("%", "%%")


def _said(path: Path, tree: ast.Module) -> Iterator[str]:
    """The sentences that a module says: they end as sentences do, or are said of a field."""
    silent, faults = set[ast.AST](), set[ast.AST]()
    sentences_count = not path.name.endswith("schemas.py")
    tells = any(path.match(pattern) for pattern in TELLERS)
    for parent in ast.walk(tree):
        if isinstance(parent, ast.Call) and _called(parent) in EXAMPLES:
            silent |= {*ast.walk(parent)}
        if isinstance(parent, ast.JoinedStr):
            silent |= {*parent.values}
        if isinstance(parent, ast.Expr):
            silent.add(parent.value)
        if isinstance(parent, ast.Call) and _called(parent) in FAULTS:
            faults |= {*ast.walk(parent)}
        if isinstance(parent, ast.keyword) and parent.arg in {"fields", "error", "error_messages"}:
            faults |= {inner for value in _values(parent.value) for inner in ast.walk(value)}
    for node in ast.walk(tree):
        text = None if node in silent else _text(node)
        of_fault = node in faults and not tells
        telling = tells and text and _is_told(text)
        if text and (telling or (of_fault and _is_words(text)) or (sentences_count and _is_sentence(text))):
            yield text


def _values(node: ast.expr) -> list[ast.expr]:
    """What is said in a dictionary by field, without the names of the fields."""
    if isinstance(node, ast.Dict):
        return node.values
    return [node.value] if isinstance(node, ast.DictComp) else [node]


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.JoinedStr):
        return "".join(_part(part) for part in node.values)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.sub(r"\{(\w+)\}", r"%(\1)s", node.value.replace("%", "%%"))
    return None


def _part(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value).replace("%", "%%")
    names = re.findall(r"[A-Za-z_]\w*", ast.unparse(part.value if isinstance(part, ast.FormattedValue) else part))
    return f"%({names[-1].lower() if names else 'it'})s"


def _is_sentence(text: str) -> bool:
    return bool(re.search(r"[a-z]{2,}.* .*[a-z\d)%s][.?]$", text)) and len(_literal(text)) > 1 and "\n" not in text


def _is_words(text: str) -> bool:
    return (" " in text and len(_literal(text)) > 1) or bool(re.fullmatch("[a-z]{4,}", text))


def _is_told(text: str) -> bool:
    """Whether words of a story: a few small ones with a space, and nothing of an address, a query or a format."""
    plain = re.sub(r"%\(\w+\)s", "X", text)
    return (
        " " in plain
        and len(re.findall(r"[a-z]{3,}", plain)) > 1
        and not re.search(r"^[ ,;]|^Bearer|[=<>/{}*_]|\n|  |python", plain)
    )


def _literal(text: str) -> list[str]:
    """The words of a sentence that are always the same."""
    return re.findall(r"[a-z]{2,}", re.sub(r"%\(\w+\)s", "", text))


def _of_marshmallow() -> Iterator[str]:
    kinds = [it for it in vars(fields).values() if isinstance(it, type) and issubclass(it, fields.Field)]
    messages = [text for kind in kinds for text in kind.default_error_messages.values()]
    messages += marshmallow.Schema._default_error_messages.values()
    checks = [it for it in vars(validate).values() if isinstance(it, type) and it is not validate.Range]
    messages += [text for it in checks for name, text in vars(it).items() if name.startswith("message")]
    messages = [text for text in messages if isinstance(text, str)]
    spoken = (re.sub(r"\{(\w+)\}", r"%(\1)s", str(text)) for text in messages)
    yield from (text for text in spoken if " " in text and "{" not in text)
    yield from _of_ranges()


def _of_ranges() -> Iterator[str]:
    least = [f"{words} %(min)s" for words in (validate.Range.message_gte, validate.Range.message_gt)]
    most = [f"{words} %(max)s" for words in (validate.Range.message_lte, validate.Range.message_lt)]
    ends = [*least, *most, *(f"{low} and {high}" for low in least for high in most)]
    yield from (f"Must be {end}." for end in ends)
