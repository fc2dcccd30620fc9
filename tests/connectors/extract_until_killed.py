"""Extracts one entity and kills itself (SIGKILL) at the n-th event; n = 0: never, and says how many there were.

An event is the moment before or after a request, a flush to disk or a rename.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

from config.sources import SourceSettings
from connectors.connection import from_environment
from connectors.extract import extract
from ecosystem.clock import parse_as_of
from ecosystem.paths import Home

events = 0


def counting(call: Callable[..., Any], fatal: int) -> Callable[..., Any]:
    def event() -> None:
        global events
        events += 1
        if events == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(*args: Any, **kwargs: Any) -> Any:
        event()
        result = call(*args, **kwargs)
        event()
        return result

    return counted


def main(settings: str, home: str, as_of: str, fatal: str) -> None:
    source = SourceSettings.model_validate_json(settings)
    (entity,) = source.entities
    connection = from_environment(source.connection_id)
    os.replace = counting(os.replace, int(fatal))
    os.fsync = counting(os.fsync, int(fatal))
    requests.Session.send = counting(requests.Session.send, int(fatal))  # type: ignore[method-assign]
    extract(source, connection, entity, Home(Path(home)), parse_as_of(as_of))
    sys.stdout.write(f"{events}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
