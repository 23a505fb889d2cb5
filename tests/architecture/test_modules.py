"""A reader can read every module: short, named after what it holds, and beginning with what it is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.architecture.tree import ROOMS, modules, parsed, shown

LONGEST = 300
EVERY = [*modules(*ROOMS, "docs", "tests", tests=True)]
OURS = [*modules(*ROOMS, "docs")]
NAMELESS = re.compile(r"(^|_)(utils?|helpers?|misc|common|base|managers?|stuff|lib)($|_)")
NAMELESS_CLASS = re.compile(r".+(Service|Impl|Manager|Helper|Util)$")
UNFINISHED = re.compile(r"#.*\b(TODO|FIXME|XXX|HACK)\b|raise NotImplementedError")


def test_no_module_is_longer_than_a_reader_bears() -> None:
    lengths = {shown(file): len(file.read_text().splitlines()) for file in EVERY}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_no_module_or_folder_is_named_after_nothing() -> None:
    named = {shown(file) for file in OURS if any(NAMELESS.search(part) for part in (file.stem, file.parent.name))}
    assert named == {"services/identity/domain/common_passwords.py"}, "common passwords are a noun; these are not"


def test_no_class_is_named_after_its_pattern() -> None:
    classes = (node.name for file in OURS for node in ast.walk(parsed(file)) if isinstance(node, ast.ClassDef))
    assert [name for name in classes if NAMELESS_CLASS.fullmatch(name)] == []


def test_every_module_begins_with_a_sentence() -> None:
    silent = [shown(file) for file in OURS if "migrations" not in file.parts and not _sentence(file)]
    assert silent == []


def test_nothing_is_left_for_later() -> None:
    lines = {shown(file): UNFINISHED.findall(file.read_text()) for file in OURS}
    assert {name: found for name, found in lines.items() if found} == {}


def _sentence(file: Path) -> bool:
    said = ast.get_docstring(parsed(file)) or ""
    return bool(re.match(r"\S.+?[.:!?](\s|$)", said, re.DOTALL))
