"""Run by the kill tests in a process of its own: a build that dies where it is told.

Arguments: state directory, dbt project, as-of time, where to die. `before_dbt` and `before_consumed` are places in the
builder; a number is that many nodes finished by dbt, a name a node finished by it, at which dbt and the builder die
together.
"""

import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from ecosystem.paths import Home
from warehouse import build as builder
from warehouse import control


def die(*_: object, **__: object) -> None:
    os.killpg(os.getpgid(0), signal.SIGKILL)


if __name__ == "__main__":
    home, project, as_of, place = sys.argv[1:5]
    builder.dbt_project = lambda: Path(project)
    if place == "before_dbt":
        builder._run_dbt = die
    elif place == "before_consumed":
        control.write_consumed = die
    else:
        builder.RUN_DBT = (sys.executable, str(Path(__file__).with_name("run_dbt_and_die.py")), place)
    builder.build(Home(Path(home)), datetime.fromisoformat(as_of))
