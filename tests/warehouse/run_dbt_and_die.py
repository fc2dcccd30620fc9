"""dbt that is killed, with the build that started it, after the n-th node has finished."""

import os
import signal
import sys
from typing import Any

from warehouse.run_dbt import main

finished = 0


def count(event: Any) -> None:
    global finished
    finished += event.info.name == "NodeFinished"
    if finished == int(sys.argv[1]):
        os.killpg(os.getpgid(0), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[2:], callbacks=[count]))
