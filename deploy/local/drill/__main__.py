"""`make drill`, or `python -m deploy.local.drill [--here] [--json] [--write FILE]`: 0 if all is as it should be."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from deploy.local import checkout, processes
from deploy.local.drill.play import Act, Drill, play
from deploy.local.drill.scene import Scene
from deploy.local.drill.story import story
from deploy.local.inspecting.asking import print_json
from deploy.local.inspecting.printing import hanging, mark


@click.command()
@click.option("--here", is_flag=True, help="On the system that runs already, instead of one of its own.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--write", type=click.Path(path_type=Path, dir_okay=False), help="Write the story to this file.")
def drill(here: bool, as_json: bool, write: Path | None) -> None:
    """Bring about every fault that can lose a mapping, find it with explain, mend it. Example: make drill"""
    if not here:
        sys.exit(_on_its_own(sys.argv[1:]))
    state = checkout.read_state()
    if state is None:
        click.echo("drill: nothing is running: ./market up", err=True)
        sys.exit(3)
    done = play(Scene(state), (lambda _act: None) if as_json else _tell)
    if write and done.ok:
        write.write_text(story(done))
    if as_json:
        print_json({"acts": done.acts, "same": done.same, "ok": done.ok, "rows": done.rows, "seconds": done.seconds})
    else:
        _conclude(done)
    sys.exit(0 if done.ok else 1)


def _on_its_own(arguments: list[str]) -> int:
    """Start a system beside any other, drill there, and leave nothing of it."""
    base = checkout.LOCAL / "drills"
    base.mkdir(parents=True, exist_ok=True)
    folder = tempfile.mkdtemp(dir=base)
    env = {**os.environ, "MARKET_STATE": folder}

    def run(*command: str) -> int:
        return subprocess.run([sys.executable, "-m", *command], cwd=checkout.ROOT, env=env, check=False).returncode

    try:
        up = ("deploy.local", "up", "--detach", "--no-seeds", "--port", str(processes.free_port()))
        return run(*up) or run("deploy.local.drill", "--here", *arguments)
    finally:
        run("deploy.local", "down")
        shutil.rmtree(folder, ignore_errors=True)


def _tell(act: Act) -> None:
    for line in hanging(f"{mark(act.ok)} {act.fault:<22}", act.seen, 24):
        click.echo(line)
    if act.remedy:
        click.echo(f"{'':<24}{click.style(act.remedy, bold=True)}")
    if act.after:
        for line in hanging(" " * 24, f"then: {act.after.sentence} ({act.seconds:.1f} s)", 24):
            click.echo(line)


def _conclude(done: Drill) -> None:
    click.echo(f"checksum of {done.rows} rows at the beginning {done.before}")
    click.echo(f"{mark(done.same)} {'and at the end':<34} {done.after}")
    click.echo(f"{mark(done.announced_once)} every link was announced exactly once")
    said = "every fault was named and mended" if done.ok else "not everything was as it should be"
    click.echo(f"{said} ({done.seconds:.0f} s)")


if __name__ == "__main__":
    drill(prog_name="drill")
