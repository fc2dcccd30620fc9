"""``python -m warehouse.run_dbt ARGUMENTS...``: dbt in a process of its own.

dbt-duckdb keeps the warehouse file open for writing as long as its process lives, so the build runs dbt in a child. The
child ends when its standard input closes, that is when the build that started it dies, however it dies: the next build
must not find the file locked by one that no longer exists.
"""

import os
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

from dbt.cli.main import dbtRunner


def main(arguments: Sequence[str], callbacks: Sequence[Callable[[Any], None]] = ()) -> int:
    """Run dbt; ``callbacks`` receive its events.

    Returns 0 where every model and test succeeded, else 1. What stopped dbt before it ran a model goes to standard
    error; what happened to each model is in dbt's ``run_results.json``.
    """
    threading.Thread(target=_end_with_parent, daemon=True).start()
    result = dbtRunner(callbacks=list(callbacks)).invoke(list(arguments))
    if result.exception:
        sys.stderr.write(f"{result.exception}\n")
    return 0 if result.success else 1


def _end_with_parent() -> None:
    while os.read(0, 1024):
        pass
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
