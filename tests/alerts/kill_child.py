"""Runs the alert task in children that kill themselves (SIGKILL) at their n-th event.

Events are what matters to a crash: each statement and commit of the ledger, each line sent to the mail server, each
answer read. Usage: kill_child.py AS_OF, then one n per line on standard input; each is answered by "EXIT EVENTS". With
n = 0 nothing is killed, and EVENTS has a letter for each event: s(tatement), c(ommit), l(ine sent), a(nswer read), and
t(aken) for the answer by which the server takes a mail over. One process imports everything and forks a child for each
n, because the imports take longer than the run.
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

events, kill_at = "", 0


def reached(kind: str) -> None:
    global events
    events += kind
    if len(events) == kill_at:
        os.kill(os.getpid(), signal.SIGKILL)


class CountedSession(smtplib.SMTP):
    """The same session, counted before each line goes out and after each answer came in."""

    answers_in_data: int | None = None

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.answers_in_data = 0
        try:
            return super().data(msg)
        finally:
            self.answers_in_data = None

    def send(self, data: Any) -> None:
        reached("l")
        super().send(data)

    def getreply(self) -> tuple[int, bytes]:
        reply = super().getreply()
        if self.answers_in_data is not None:
            self.answers_in_data += 1
        reached("t" if self.answers_in_data == 2 else "a")
        return reply


smtplib.SMTP = CountedSession  # type: ignore[misc]
event.listen(Engine, "before_cursor_execute", lambda *_: reached("s"))
event.listen(Engine, "commit", lambda *_: reached("c"))

for line in sys.stdin:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        kill_at = int(line)
        run_alerts(home(), parse_as_of(sys.argv[1]), from_environment())
        os.write(writing, events.encode())
        os._exit(0)
    _, status = os.waitpid(child, 0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        found = pipe.read() or "-"
    sys.stdout.write(f"{os.waitstatus_to_exitcode(status)} {found}\n")
    sys.stdout.flush()
