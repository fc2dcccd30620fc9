"""Runs the alert task in children that kill themselves (SIGKILL) at their n-th event.

Events are what matters to a crash: each statement and commit of the ledger, each line sent to the mail server, each
answer read.
Usage: kill_child.py AS_OF, then one n per line on standard input; each is answered by "EXIT EVENTS". With n = 0
    nothing is killed.
One process imports everything and forks a child for each n, because the imports take longer than the run.
"""

import os
import signal
import smtplib
import sys
from typing import Any

from sqlalchemy import Engine, event

from alerts.run import run_alerts
from alerts.smtp import from_environment
from ecosystem.clock import parse_as_of
from ecosystem.paths import home

count, kill_at = 0, 0


def reached(*_args: Any, **_kwargs: Any) -> None:
    global count
    count += 1
    if count == kill_at:
        os.kill(os.getpid(), signal.SIGKILL)


class CountedSession(smtplib.SMTP):
    """The same session, counted before each line goes out and after each answer came in."""

    def send(self, data: Any) -> None:
        reached()
        super().send(data)

    def getreply(self) -> tuple[int, bytes]:
        reply = super().getreply()
        reached()
        return reply


smtplib.SMTP = CountedSession  # type: ignore[misc]
event.listen(Engine, "before_cursor_execute", reached)
event.listen(Engine, "commit", reached)

for line in sys.stdin:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        kill_at = int(line)
        run_alerts(home(), parse_as_of(sys.argv[1]), from_environment())
        os.write(writing, str(count).encode())
        os._exit(0)
    _, status = os.waitpid(child, 0)
    os.close(writing)
    events = os.read(reading, 20).decode() or "0"
    os.close(reading)
    sys.stdout.write(f"{os.waitstatus_to_exitcode(status)} {events}\n")
    sys.stdout.flush()
