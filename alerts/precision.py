"""How often alerts were right, as people said: measured, with its interval, and unknown where nobody has judged."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from sqlalchemy import Connection, select

from alerts.ledger import SIGNAL_STREAM, alert, alert_event

ALL_RULES = "all"
_Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True)
class Precision:
    """``right`` of ``judged`` openings of a rule (or of all) were right; 95 % interval (Wilson), None without any."""

    rule_id: str
    right: int
    judged: int
    low: float | None
    high: float | None

    @property
    def share(self) -> float | None:
        """The measured precision; None where nobody has judged."""
        return self.right / self.judged if self.judged else None


def measure(connection: Connection) -> tuple[Precision, ...]:
    """All rules together, then each that has an alert, by name. Of several verdicts on an opening the last counts."""
    chosen = (
        select(alert.c.rule_id, alert_event.c.alert_id, alert_event.c.cycle, alert_event.c.verdict)
        .join(alert_event, alert_event.c.alert_id == alert.c.id)
        .where(alert.c.stream == SIGNAL_STREAM, alert_event.c.verdict.is_not(None))
        .order_by(alert_event.c.id)
    )
    rules: list[str] = list(
        connection.scalars(select(alert.c.rule_id).where(alert.c.stream == SIGNAL_STREAM).distinct())
    )
    verdicts = {(row.rule_id, row.alert_id, row.cycle): row.verdict for row in connection.execute(chosen)}
    of_rule: dict[str, list[str]] = defaultdict(list)
    for (rule_id, *_), verdict in verdicts.items():
        of_rule[rule_id].append(verdict)
    each = [_precision(rule_id, of_rule[rule_id]) for rule_id in sorted(rules)]
    return (_precision(ALL_RULES, list(verdicts.values())), *each)


def wilson(count: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share, also for few and for extreme counts."""
    share, z2 = count / of, _Z**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z * sqrt(share * (1 - share) / of + z2 / (4 * of**2)) / (1 + z2 / of)
    return (max(0.0, middle - half), min(1.0, middle + half))


def rendered(precisions: Iterable[Precision]) -> str:
    """A table for the terminal."""
    lines = [f"{'rule':<24}{'right':>7}{'judged':>8}  precision (95 % interval)"]
    for one in precisions:
        shown = "unknown: nobody has judged one"
        if one.share is not None:
            shown = f"{one.share:.0%} ({one.low:.0%} to {one.high:.0%})"
        lines.append(f"{one.rule_id:<24}{one.right:>7,}{one.judged:>8,}  {shown}")
    return "\n".join(lines)


def _precision(rule_id: str, verdicts: Sequence[str]) -> Precision:
    right = sum(verdict == "true" for verdict in verdicts)
    low, high = wilson(right, len(verdicts)) if verdicts else (None, None)
    return Precision(rule_id, right, len(verdicts), low, high)
