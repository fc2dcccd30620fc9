"""``python -m warehouse.run_dbt ARGUMENTS...``: dbt in a process of its own.

dbt-duckdb keeps the warehouse file open for writing as long as its process lives, so the build runs dbt in a child. The
child ends when its standard input closes, that is when the build that started it dies, however it dies: the next build
must not find the file locked by one that no longer exists.

What happened to each node is written to ``run_results.json`` in the target folder, in dbt's own words but with
what ``run_results`` reads alone, also where dbt was told to write no JSON: its manifest takes two seconds and changes
only with the project.
"""

import json
import os
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from dbt.cli.main import dbtRunner


def main(arguments: Sequence[str], callbacks: Sequence[Callable[[Any], None]] = ()) -> int:
    """Run dbt; ``callbacks`` receive its events.

    Returns 0 where every model and test succeeded, else 1. What stopped dbt before it ran a model goes to standard
    error.
    """
    threading.Thread(target=_end_with_parent, daemon=True).start()
    result = dbtRunner(callbacks=list(callbacks)).invoke(list(arguments))
    if result.result is not None:
        _write_results(Path(arguments[arguments.index("--target-path") + 1]), result.result.results)
    if result.exception:
        sys.stderr.write(f"{result.exception}\n")
    return 0 if result.success else 1


def _write_results(target: Path, results: Sequence[Any]) -> None:
    written = [
        {
            "unique_id": result.node.unique_id,
            "status": str(result.status),
            "message": result.message,
            "execution_time": result.execution_time,
            "timing": [
                {
                    "name": timing.name,
                    "started_at": timing.started_at and timing.started_at.isoformat(),
                    "completed_at": timing.completed_at and timing.completed_at.isoformat(),
                }
                for timing in result.timing
            ],
        }
        for result in results
    ]
    (target / "run_results.json").write_text(json.dumps({"results": written}), encoding="utf-8")


def _end_with_parent() -> None:
    while os.read(0, 1024):
        pass
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
