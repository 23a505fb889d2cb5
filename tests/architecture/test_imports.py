"""Who may import whom: every contract holds, and each is seen to break when a module breaks it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.tree import ROOMS, ROOT, copy

CONTRACTS = {
    contract["id"]: contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}
LINT = Path(sys.executable).parent / "lint-imports"
VIOLATIONS = [
    ("services-apart", "services/identity/domain", "import services.vendor"),
    ("services-apart", "services/vendor/api", "import services.identity.domain.countries"),
    ("services-know-no-gateway", "services/vendor/domain", "import gateway"),
    ("services-know-no-gateway", "shared/kit", "import deploy"),
    ("shared-knows-no-service", "shared/runtime", "import services.vendor"),
    ("shared-layers", "shared/messaging", "import shared.kit.json"),
    ("shared-layers", "shared/kit", "import shared.messaging.handlers"),
    ("shared-layers", "shared/messaging", "import shared.runtime"),
    ("shared-layers", "shared/sql", "import shared.kit.json"),
    ("inspection-asks", "shared/inspection", "import kombu"),
    ("events-are-plain", "shared/events", "import sqlalchemy"),
    ("gateway-speaks-http", "gateway/web", "import services.vendor"),
    ("gateway-speaks-http", "gateway/web", "import shared.messaging.handlers"),
    ("web-never-opens-amqp", "shared/kit", "import kombu"),
    ("web-never-opens-amqp", "services/vendor/api", "import shared.messaging.topology"),
    ("domain-is-plain", "services/vendor/domain", "import services.vendor.consumers"),
    ("domain-is-plain", "services/identity/api", "import services.identity.consumers"),
    ("domain-knows-no-framework", "services/identity/domain", "import flask"),
    ("tables-know-no-framework", "services/vendor/models.py", "import shared.messaging.outbox"),
    ("deployment-runs-processes", "deploy/local", "import services.vendor"),
    ("inspection-asks", "shared/inspection", "import sqlalchemy"),
    ("nothing-needs-the-generator", "shared/kit", "import docs.generate"),
    ("nothing-needs-the-generator", "services/vendor/domain", "import tests.apps"),
]


def broken_contracts(tree: Path) -> set[str]:
    """The ids of the contracts that do not hold in a tree."""
    env = {**os.environ, "PYTHONPATH": str(tree), "PYTHONSAFEPATH": "1"}
    done = subprocess.run([LINT], cwd=tree, env=env, capture_output=True, text=True, check=False)
    assert "Contracts:" in done.stdout, done.stdout + done.stderr
    names = set(re.findall(r"^(.+) BROKEN", done.stdout, re.MULTILINE))
    return {contract for contract, name in CONTRACTS.items() if name in names}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code."""
    return copy(tmp_path_factory.mktemp("tree"), *ROOMS, "pyproject.toml")


def test_every_contract_holds() -> None:
    assert broken_contracts(ROOT) == set()


def test_each_contract_has_a_violation_to_be_seen_with() -> None:
    assert {contract for contract, _, _ in VIOLATIONS} == set(CONTRACTS)


@pytest.mark.parametrize(("contract", "place", "line"), VIOLATIONS, ids=lambda value: str(value))
def test_a_contract_breaks_when_a_module_breaks_it_and_only_that_one(
    contract: str, place: str, line: str, tree: Path
) -> None:
    file = tree / place if place.endswith(".py") else tree / place / "violation.py"
    before = file.read_text() if file.exists() else None
    file.write_text(f"{before or ''}\n{line}\n")
    try:
        assert broken_contracts(tree) == {contract}
    finally:
        file.unlink() if before is None else file.write_text(before)
