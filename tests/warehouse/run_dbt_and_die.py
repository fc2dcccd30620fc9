"""dbt that is killed, with the build that started it, after the n-th node or the one of that name has finished."""

import os
import signal
import sys
from typing import Any

from warehouse.run_dbt import main

finished = 0


def count(event: Any) -> None:
    global finished
    if event.info.name != "NodeFinished":
        return
    finished += 1
    if sys.argv[1] in (str(finished), event.data.node_info.node_name):
        os.killpg(os.getpgid(0), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[2:], callbacks=[count]))
