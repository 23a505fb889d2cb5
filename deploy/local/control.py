"""The line to the supervisor of a running system: an order is a line of JSON, and so is the answer when it is done."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from deploy.local.nest import listening, reachable

Act = Callable[[Sequence[str]], list[dict[str, Any]]]
PATIENCE = 120
"""Seconds that programs may take to stop or to get ready, all of them together."""


class Control:
    """Takes orders for programs by name, one after the other, from whoever may open the socket: its owner."""

    def __init__(self, place: Path, acts: Mapping[str, Act]) -> None:
        self._place, self._acts = place, acts

    def listen(self) -> None:
        """Take orders from now on, as long as this process lives."""
        threading.Thread(target=self._serve, args=(listening(self._place),), name="control", daemon=True).start()

    def _serve(self, listener: socket.socket) -> None:
        while True:
            line, _ = listener.accept()
            with line, line.makefile("rw") as file:
                try:
                    file.write(f"{json.dumps(self._done(file.readline()))}\n")
                    file.flush()
                except OSError:
                    continue

    def _done(self, said: str) -> dict[str, Any]:
        try:
            order = json.loads(said)
            return {"programs": self._acts[order["act"]](order["names"])}
        except Exception as problem:  # noqa: BLE001 - whatever it is, whoever asked is told, and the line stays open
            return {"problem": str(problem) or type(problem).__name__}


def ask(place: Path, act: str, names: Sequence[str]) -> list[dict[str, Any]]:
    """Have programs of the running system stopped or started; how they are then.

    Raises `RuntimeError` with what was said when it could not be done.
    """
    with socket.socket(socket.AF_UNIX) as line, line.makefile("rw") as file:
        line.settimeout(PATIENCE)
        try:
            with reachable(place) as name:
                line.connect(name)
            file.write(f"{json.dumps({'act': act, 'names': list(names)})}\n")
            file.flush()
            answer = json.loads(file.readline() or '{"problem": "the marketplace ended meanwhile"}')
        except OSError as error:
            raise RuntimeError(f"the supervisor does not answer: {error}") from error
    if "problem" in answer:
        raise RuntimeError(answer["problem"])
    programs: list[dict[str, Any]] = answer["programs"]
    return programs
