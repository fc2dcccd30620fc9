"""A real PostgreSQL server for tests: in a folder of its own, gone afterwards."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

# Programs of the same machine are let in without a password by the socket, and by TCP only with one.
_ACCESS = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"


@dataclass(frozen=True)
class Server:
    """Where the server listens: a folder with its socket, and a TCP port on the loopback address."""

    folder: Path
    port: int


def program(name: str) -> str:
    """The path of a program of PostgreSQL, which Debian keeps off the PATH."""
    found = shutil.which(name) or next(map(str, sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None)
    if found is None:
        pytest.skip(f"PostgreSQL's {name} is not installed")
    return found


@contextmanager
def running_postgres(user: str) -> Iterator[Server]:
    """A server with this superuser."""
    # PostgreSQL refuses to run as root, and an unprivileged user cannot enter root's temporary folders.
    owner: dict[str, Any] = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
    folder = Path(tempfile.mkdtemp(prefix="tests-pg-"))
    if owner:
        shutil.chown(folder, "nobody", "nogroup")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = folder / "data"
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    initdb = [program("initdb"), "-D", str(data), "-U", user, "-A", "trust", "--no-sync", "-E", "UTF8"]
    server = None
    try:
        subprocess.run(initdb, check=True, timeout=120, **quiet, **owner)
        (data / "pg_hba.conf").write_text(_ACCESS, encoding="utf-8")
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": folder,
            "fsync": "off",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        server = subprocess.Popen([program("postgres"), "-D", str(data), *options], **quiet, **owner)
        _wait(f"host={folder} port={port} user={user} dbname=postgres")
        yield Server(folder, port)
    finally:
        if server:
            # A fast shutdown: the polite one waits for sessions that a test left open.
            server.send_signal(signal.SIGINT)
            server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(conninfo: str) -> None:
    for attempt in range(100):
        try:
            psycopg.connect(conninfo).close()
            return
        except psycopg.OperationalError:
            if attempt == 99:
                raise
            time.sleep(0.1)
