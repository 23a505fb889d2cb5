"""What is asked of the shop fronts: pages from everywhere in every order, and searches of many kinds; and SQL alone."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from statistics import quantiles
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import text

from benchmarks.shelf import CATEGORIES, COLOURS, MATERIALS, NOUNS, VENDORS
from benchmarks.shopfronts import LIMIT, SORTS, Front, page_statements
from benchmarks.stage import Stage, Store
from benchmarks.timing import cpu_seconds
from deploy.local.postgres import binaries
from services.catalog.domain.search import Sort, order_of
from shared.kit.paging import decode, encode
from tests.infrastructure.servers import ROOT

PAGES, SEARCHES, SCRIPTS = 900, 600, 90
GONE_SECONDS = 1.0
"""After which pgbench's server processes have ended, and their CPU time is known."""
_SOME = """
    SELECT created_at, product_id, currency, price_amount FROM listing TABLESAMPLE BERNOULLI (:share) REPEATABLE (7)
    WHERE NOT deleted AND status = 'active' AND visibility = 'public' LIMIT :rows
"""


class Run(NamedTuple):
    """Answers a second, how long they took in ms, and the CPU time that one cost all processes but the client's."""

    rate: float
    p50: float = 0.0
    p99: float = 0.0
    cpu: float = 0.0
    client: float = 0.0
    """The client's own CPU time, in ms an answer."""


class Refused(RuntimeError):
    """A front did not answer as it should."""


def pages(store: Store, products: int) -> list[str]:
    """Paths of the page of 20: first pages, and pages from anywhere, in each order."""
    given = {"share": min(100.0, 150 * PAGES / products), "rows": PAGES}
    with store.engine.connect() as connection:
        rows = connection.execute(text(_SOME), given).all()
    found = []
    for number, row in enumerate(rows):
        sort = SORTS[number % len(SORTS)]
        cursor = {"cursor": encode(row, order_of(sort))} if number % 5 else {}
        found.append(_path(sort=sort.value, limit=LIMIT, **cursor))
    return found


def searches() -> list[str]:
    """Paths of searches: one word to three, alone or with filters and orders; and filters without words."""
    chance = random.Random(7)
    makers = (
        lambda: {"q": chance.choice(NOUNS)},
        lambda: {"q": f"{chance.choice(MATERIALS)} {chance.choice(NOUNS)}"},
        lambda: {"q": f"{chance.choice(COLOURS)} {chance.choice(MATERIALS)} {chance.choice(NOUNS)}"},
        lambda: {"q": chance.choice(NOUNS), "sort": "price", "in_stock": "true"},
        lambda: {"q": chance.choice(MATERIALS), "currency": "EUR", "price_min": 1000, "price_max": 9000},
        lambda: {"q": chance.choice(NOUNS), "category": f"category-{1 + chance.randrange(10)}", "sort": "newest"},
        lambda: {"q": f'"{chance.choice(MATERIALS)} {chance.choice(NOUNS)}" -{chance.choice(COLOURS)}'},
        lambda: {"vendor": f"workshop-{11 + chance.randrange(VENDORS - 10)}", "sort": "price"},
        lambda: {"category": f"category-{11 + chance.randrange(CATEGORIES - 10)}", "in_stock": "true"},
        lambda: {"currency": "USD", "price_min": chance.randrange(20_000), "sort": "price"},
    )
    return [_path(limit=LIMIT, **makers[number % len(makers)]()) for number in range(SEARCHES)]


def _path(**query: Any) -> str:
    return f"/api/products?{urlencode(query)}"


def compare(fronts: Mapping[str, Front], paths: list[str]) -> None:
    """See that all fronts give the same answers. Raises `Refused` with the first one that is different."""
    for path in paths:
        told = {name: _plain(_get(front.port, path), _sort(path)) for name, front in fronts.items()}
        first, *others = told.items()
        for name, body in others:
            if body != first[1]:
                raise Refused(f"{path}\n{first[0]}: {first[1]}\n{name}: {body}")


def _get(port: int, path: str) -> Any:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
        return json.load(answer)


def _plain(page: Any, sort: Sort) -> Any:
    """A page with its cursor read: a time in it has more than one spelling."""
    cursor = page["next_cursor"]
    return page | {"next_cursor": decode(cursor, order_of(sort)) if cursor else None}


def ask(front: Front, paths: list[str], *, clients: int, seconds: float, seed: int) -> Run:
    """Let so many clients ask a front for these paths."""
    order = {"port": front.port, "paths": paths, "clients": clients, "seconds": seconds, "seed": seed}
    before = cpu_seconds(front.pids)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"], cwd=ROOT, input=json.dumps(order), text=True, check=True,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    spent = cpu_seconds(front.pids) - before
    met = json.loads(done.stdout)
    if refused := Counter(met["refused"]):
        raise Refused(f"answers that are none, by status: {dict(refused)}")
    times, count = met["milliseconds"], len(met["milliseconds"])
    places = quantiles(times, n=100)
    return Run(count / met["seconds"], places[49], places[98], spent / count * 1000, met["cpu"] / count * 1000)


def sql_alone(stage: Stage, store: Store, paths: list[str], *, clients: int, seconds: float) -> Run:
    """The statements of the pages, prepared, with nothing around them but pgbench."""
    folder = stage.folder / "pgbench"
    folder.mkdir(exist_ok=True)
    files = [_script(folder / f"{number}.sql", path) for number, path in enumerate(paths[:SCRIPTS])]
    url = store.names.url.replace("postgresql+psycopg2", "postgresql")
    command = [str(binaries() / "pgbench"), "-n", "-M", "prepared", f"-c{clients}", f"-T{max(1, round(seconds))}"]
    before = cpu_seconds(stage.servers)
    done = subprocess.run([*command, *(f"-f{file}" for file in files), url], capture_output=True, text=True, check=True)
    time.sleep(GONE_SECONDS)
    spent = cpu_seconds(stage.servers) - before
    rate, count = (re.search(words, done.stdout) for words in (r"tps = ([\d.]+)", r"actually processed: (\d+)"))
    if rate is None or count is None:
        raise Refused(done.stdout)
    return Run(float(rate[1]), cpu=spent / int(count[1]) * 1000)


def _script(file: Path, path: str) -> Path:
    sort, query = _sort(path), dict(parse_qsl(path.partition("?")[2]))
    place = decode(query["cursor"], order_of(sort)) if "cursor" in query else []
    statement = page_statements(LIMIT + 1)[sort]["after" if place else "first"]
    filled = re.sub(r"\$(\d+)", lambda found: _literal(place[int(found[1]) - 1]), statement)
    file.write_text(" ".join(filled.split()) + ";\n")
    return file


def _sort(path: str) -> Sort:
    return Sort(dict(parse_qsl(path.partition("?")[2]))["sort"])


def _literal(value: Any) -> str:
    return str(value) if isinstance(value, int) else f"'{value}'"
