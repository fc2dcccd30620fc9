"""What a person sees while a long command runs: one line per step, everything else goes to a file."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console


@contextmanager
def quiet(log: Path) -> Iterator[Console]:
    """Send both output streams of this process to ``log``, also those of libraries and child processes.

    Gives a console that still writes to where standard output went: in colour on a terminal, plain otherwise. After it
    Python's own streams are as before; what native code writes to standard error stays in the log, because DuckDB's
    binding lists every object that is alive when the interpreter ends.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    output, errors = os.dup(1), os.dup(2)
    try:
        with log.open("ab") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        with os.fdopen(os.dup(output), "w", encoding="utf-8", errors="replace") as terminal:
            yield Console(file=terminal, highlight=False, soft_wrap=True)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(output, 1)
        os.close(output)
        sys.stderr = os.fdopen(errors, "w", encoding="utf-8", errors="replace", buffering=1)


class Progress:
    """Prints steps with the time since the start."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since the start."""
        return time.monotonic() - self._started

    def heading(self, text: str) -> None:
        """Begin a group of steps."""
        self._console.print(f"\n[bold]{text}[/bold]")

    def step(self, name: str, text: str) -> None:
        """Say what a step did, when it has ended."""
        minutes, seconds = divmod(int(self.seconds), 60)
        self._console.print(f"  [dim]{minutes}:{seconds:02d}[/dim]  {name:<21} {text}")

    @contextmanager
    def working(self, text: str) -> Iterator[None]:
        """Show on a terminal that something is going on."""
        if self._console.is_terminal:
            with self._console.status(text):
                yield
        else:
            yield

    def text(self, text: str = "") -> None:
        """A line as it is."""
        self._console.print(text)
