"""The sandbox's own interface: its clock, its faults, and what it was asked."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import parse_qsl

from ecosystem.clock import iso
from ecosystem.errors import EcosystemError, UsageError
from sandbox.faces.exchange import Answer, Question
from sandbox.faults import Faults, parse
from sandbox.source import Source

ROOT = "/sandbox/"


@dataclass(frozen=True)
class Served:
    """One request and what became of it. `status` is None when the connection was dropped before an answer."""

    ordinal: int
    method: str
    path: str
    query: str
    status: int | None
    rows: int
    fault: str | None


class Log:
    """All requests to the systems' faces since the start, in the order of their ends."""

    def __init__(self) -> None:
        self._served: list[Served] = []

    def add(self, question: Question, status: int | None, rows: int, fault: str | None) -> None:
        """Note a request; a client's secret travels in headers or bodies, which are not noted."""
        self._served.append(
            Served(len(self._served) + 1, question.method, question.path, question.query, status, rows, fault)
        )

    def after(self, ordinal: int) -> list[Served]:
        """The requests that came later than this one."""
        return self._served[ordinal:]


class Control:
    """Health, clock, faults and log. `on_advance` is told after the clock has moved."""

    def __init__(self, source: Source, faults: Faults, log: Log, on_advance: Callable[[], None]) -> None:
        self._source = source
        self._faults = faults
        self._log = log
        self._on_advance = on_advance
        self._routes: dict[tuple[str, str], Callable[[Question], Answer]] = {
            ("GET", "health"): self._health,
            ("GET", "clock"): self._clock,
            ("POST", "advance"): self._advance,
            ("GET", "faults"): self._get_faults,
            ("PUT", "faults"): self._put_faults,
            ("GET", "log"): self._get_log,
        }

    def failure(self, status: int, sentence: str) -> Answer:
        """An error as `{"error": sentence}`."""
        return _json({"error": sentence}, status)

    def answer(self, question: Question) -> Answer:
        """What the sandbox says about itself, or does."""
        name = question.path.removeprefix(ROOT)
        route = self._routes.get((question.method, name))
        if route is not None:
            try:
                return route(question)
            except EcosystemError as error:
                return self.failure(400, str(error))
        if any(name == known for _, known in self._routes):
            return self.failure(405, f"{question.method} is not possible on {question.path}")
        return self.failure(404, f"There is no {question.path}; there are {', '.join(self._addresses())}")

    def _addresses(self) -> list[str]:
        return [f"{method} {ROOT}{name}" for method, name in self._routes]

    def _health(self, _question: Question) -> Answer:
        return _json({"status": "ok"})

    def _clock(self, _question: Question) -> Answer:
        return _json({"now": iso(self._source.now())})

    def _advance(self, question: Question) -> Answer:
        try:
            document = json.loads(question.body or b"{}")
            days = document["days"]
        except (ValueError, KeyError, TypeError):
            raise UsageError('The body of an advance is {"days": N} with a whole number N.') from None
        if type(days) is not int:
            raise UsageError('The body of an advance is {"days": N} with a whole number N.')
        try:
            self._source.advance(days)
        except ValueError as error:
            raise UsageError(f"The clock cannot move by {days} days: {error}") from None
        self._on_advance()
        return self._clock(question)

    def _get_faults(self, _question: Question) -> Answer:
        return _json([rule.model_dump(exclude_defaults=True) for rule in self._faults.rules()])

    def _put_faults(self, question: Question) -> Answer:
        self._faults.set(parse(question.body))
        return self._get_faults(question)

    def _get_log(self, question: Question) -> Answer:
        after = dict(parse_qsl(question.query)).get("after", "0")
        if not (after.isascii() and after.isdigit()):
            raise UsageError(f"after={after} is not the ordinal of a request.")
        return _json({"requests": [asdict(served) for served in self._log.after(int(after))]})


def _json(body: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(body).encode())
