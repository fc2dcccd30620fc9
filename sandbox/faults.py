"""Faults on request: which request they hit, and what happens to it.

A rule hits requests by their path and by their ordinal among the requests with such a path, or by a share drawn from a
seed and that ordinal; so the same rule on the same sequence of requests always hits the same ones.
"""

import hashlib
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from ecosystem.errors import UsageError

Kind = Literal["status", "drop", "truncate", "html", "slow", "expired_token"]


class FaultRule(BaseModel):
    """One kind of fault on one kind of request.

    `route` is a path pattern (`*` stands for anything). `requests` lists ordinals from 1, counted from when the rule
    was set; without it, `share` of the requests is hit.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    route: str = "*"
    kind: Kind
    requests: tuple[int, ...] | None = None
    share: float | None = Field(default=None, gt=0, le=1)
    seed: int = 0
    status: Literal[429, 500, 503] | None = None
    """Of `status`: the HTTP status (Salesforce says 403 where others say 429)."""
    retry_after: int | None = Field(default=None, ge=0)
    """Of `status`: seconds in the Retry-After header; none is sent without it."""
    seconds: float | None = Field(default=None, gt=0, le=120)
    """Of `slow`: the wait before the answer."""
    sent_share: float = Field(default=0.5, gt=0, lt=1)
    """Of `truncate`: how much of the body is sent before the connection is closed."""

    @model_validator(mode="after")
    def _complete(self) -> "FaultRule":
        if (self.requests is None) == (self.share is None):
            raise ValueError("give either requests (ordinals from 1) or share")
        if (self.status is None) == (self.kind == "status"):
            raise ValueError("status is needed by, and only by, the kind 'status'")
        if (self.seconds is None) == (self.kind == "slow"):
            raise ValueError("seconds is needed by, and only by, the kind 'slow'")
        return self

    def hits(self, ordinal: int) -> bool:
        """Whether the request with this ordinal is hit."""
        if self.requests is not None:
            return ordinal in self.requests
        drawn = hashlib.blake2b(f"{self.seed} {ordinal}".encode(), digest_size=8).digest()
        return int.from_bytes(drawn) < (self.share or 0) * 2**64


_RULES = TypeAdapter(list[FaultRule])


def parse(document: bytes) -> list[FaultRule]:
    """Read a JSON list of rules.

    Raises:
        UsageError: it is not one.
    """
    try:
        return _RULES.validate_json(document)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"The fault rules cannot be used at {place or 'their start'}: {first['msg']}.") from None


class Faults:
    """The rules in force and how many requests each has seen."""

    def __init__(self) -> None:
        self._rules: list[FaultRule] = []
        self._seen: list[int] = []

    def set(self, rules: Sequence[FaultRule]) -> None:
        """Put these rules in force instead of all others; they start counting now."""
        self._rules = list(rules)
        self._seen = [0] * len(self._rules)

    def rules(self) -> list[FaultRule]:
        """The rules in force."""
        return list(self._rules)

    def strike(self, path: str) -> FaultRule | None:
        """Count a request; the first rule that hits it."""
        struck = None
        for index, rule in enumerate(self._rules):
            if not fnmatchcase(path, rule.route):
                continue
            self._seen[index] += 1
            if struck is None and rule.hits(self._seen[index]):
                struck = rule
        return struck
