"""What `market up` shows: its own progress, the processes' lines in their colours, and the address at the end."""

from __future__ import annotations

import threading
import zlib

from rich.console import Console as Rich
from rich.table import Table
from rich.text import Text

from deploy.local.seeds import PASSWORD, PEOPLE

_COLOURS = ("cyan", "green", "magenta", "blue", "bright_cyan", "bright_green", "bright_magenta", "bright_blue")


class Console:
    """One terminal that many threads write to, a whole line at a time."""

    def __init__(self) -> None:
        self._rich = Rich(soft_wrap=True, highlight=False)
        self._lock = threading.Lock()

    def say(self, text: str) -> None:
        """A line of progress."""
        self.line("market", text)

    def line(self, name: str, text: str) -> None:
        """A line of a process, prefixed with its name."""
        colour = "bold yellow" if name == "market" else _COLOURS[zlib.crc32(name.encode()) % len(_COLOURS)]
        with self._lock:
            self._rich.print(Text.assemble((f"{name:>18} ", colour), ("| ", "dim"), Text.from_ansi(text)))

    def ready(self, address: str, mailbox: str, seconds: float, *, seeded: bool) -> None:
        """The address, who may sign in, and where their mails are."""
        table = Table(title=f"The marketplace is at {address} (up in {seconds:.0f} s)", title_style="bold green")
        table.add_column("who")
        table.add_column("e-mail")
        table.add_column("password")
        for person in PEOPLE if seeded else ():
            table.add_row(person.title, person.email, PASSWORD)
        with self._lock:
            self._rich.print(table)
            self._rich.print(f"Every mail is shown at {mailbox}")
            self._rich.print("Ctrl-C stops everything; `./market demo` shows the invite mapping at work.")
