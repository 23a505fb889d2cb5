"""The table is refused where it contradicts itself, and what is rendered is a configuration nginx takes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.edge.__main__ import TABLE, main
from gateway.edge.routes import BadTable, places, read
from gateway.edge.tests.conftest import UPSTREAMS
from gateway.static.files import build

ROW = {"path": '"/a"', "methods": '["GET"]', "service": '"web"', "who": '["anyone"]', "rate": '"1/s"', "body": '"1k"'}


def table(folder: Path, *rows: dict[str, str]) -> Path:
    text = "\n".join("[[route]]\n" + "\n".join(f"{k} = {v}" for k, v in {**ROW, **row}.items()) for row in rows)
    (folder / "routes.toml").write_text(text)
    return folder / "routes.toml"


@pytest.mark.parametrize(
    "change",
    [
        {"path": '"a"'},
        {"path": '"/a b"'},
        {"path": '"/a;return 200"'},
        {"path": '"/{A}"'},
        {"methods": "[]"},
        {"methods": '["BREW"]'},
        {"service": '"web;"'},
        {"who": '["nobody"]'},
        {"rate": '"many"'},
        {"rate": '"0/s"'},
        {"body": '"0k"'},
        {"colour": '"red"'},
        {"stream": '"yes"'},
        {"path": '"/{name}"', "to": '"/b"'},
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, change: dict[str, str]) -> None:
    with pytest.raises(BadTable, match=change.get("path", '"/a"').strip('"').replace("{", ".").replace("}", ".")):
        read(table(tmp_path, change))


def test_a_method_stated_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match="twice"):
        read(table(tmp_path, {}, {}))


def test_rows_of_one_path_agree_on_where_it_leads(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match="disagree"):
        places(read(table(tmp_path, {}, {"methods": '["POST"]', "service": '"vendor"'})))


def test_methods_of_one_path_may_have_rates_of_their_own(tmp_path: Path) -> None:
    (place,) = places(read(table(tmp_path, {}, {"methods": '["POST"]', "rate": '"5/m"'})))
    assert place.allow == ("GET", "HEAD", "POST")
    assert [route.rate for route in place.routes] == ["1/s", "5/m"]


def render(tmp_path: Path, *more: str) -> Path:
    build(tmp_path / "static")
    out = tmp_path / "edge" / "nginx.conf"
    out.parent.mkdir()
    ports = {name: f"127.0.0.1:{9005 + number}" for number, name in enumerate(UPSTREAMS)}
    ports["vendor"] = "127.0.0.1:9002,127.0.0.1:9003"
    upstreams = [f"--upstream={name}={where}" for name, where in ports.items()]
    answer = CliRunner().invoke(main, ["render", *upstreams, f"--static={tmp_path}/static", f"--out={out}", *more])
    assert answer.exit_code == 0, answer.output
    return out


@pytest.mark.parametrize(
    "more",
    [
        [],
        [
            "--https",
            "--trusted-proxy=10.0.0.0/8",
            "--trusted-proxy=fd00::/8",
            "--listen=[::1]:8123",
            "--rate-factor=50",
        ],
    ],
)
def test_nginx_takes_what_is_rendered(nginx: str, tmp_path: Path, more: list[str]) -> None:
    out = render(tmp_path, *more, f"--access-log={tmp_path}/access.log")
    tested = subprocess.run(
        [nginx, "-e", "stderr", "-p", out.parent, "-c", out, "-t"], capture_output=True, text=True, check=False
    )
    assert tested.returncode == 0, tested.stderr
    assert "warn" not in tested.stderr


def test_nothing_is_written_outside_the_folder(tmp_path: Path) -> None:
    conf = render(tmp_path).read_text()
    paths = [
        line.split()[-1].rstrip(";") for line in conf.splitlines() if "_temp_path" in line or line.startswith("pid")
    ]
    assert len(paths) == 6
    assert all(path.startswith(str(tmp_path)) for path in paths)


def test_a_service_without_an_upstream_is_named(tmp_path: Path) -> None:
    build(tmp_path / "static")
    answer = CliRunner().invoke(
        main, ["render", "--upstream=web=127.0.0.1:1", f"--static={tmp_path}/static", f"--out={tmp_path}/nginx.conf"]
    )
    assert answer.exit_code == 1
    assert f"no upstream given for {', '.join(name for name in UPSTREAMS if name != 'web')}" in answer.output


def test_the_public_surface_can_be_read(tmp_path: Path) -> None:
    lines = CliRunner().invoke(main, ["show"]).output.splitlines()
    assert len(lines) == len(places(read(TABLE)))
    assert any(line.split() == ["/vendors/me/invite", "POST", "vendor", "vendor"] for line in lines)
