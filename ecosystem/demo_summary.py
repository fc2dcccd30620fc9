"""What a demo did: collected step by step, written to ``summary.json``, and shown at the end."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from ecosystem.clock import iso, parse_as_of
from ecosystem.headless import TaskOutcome
from ecosystem.paths import Home
from ecosystem.terminal import Progress

SLIPS_SHOWN = 5
NEW_WITHIN_DAYS = 3

NEW_SLIPS = """
    select vendor_name, rule_id, count(*) as lines, max(days_late) as worst_days_late,
        arg_max(purchase_order || ' line ' || purchase_order_line, days_late) as worst_line,
        arg_max(first_promise_date, days_late)::varchar as first_promise,
        arg_max(latest_promise_date, days_late)::varchar as latest_promise
    from read_parquet($file)
    where signal_state = 'active' and started_at > $since
    group by all
    order by max(severity = 'alert') desc, sum(open_value) desc nulls last
"""

DELIVERY_FIGURES = """
    select count(*) as lines, count(distinct vendor_name) as vendors,
        avg((state = 'delivered_early')::int) as early, avg((state = 'delivered_on_time')::int) as exact,
        avg((state = 'delivered_late')::int) as late, avg((recorded_date > first_promise_date)::int) as recorded_late
    from read_parquet($file)
    where is_vendor_performance
"""

TICKET_FIGURES = """
    select count(*) as tickets, quantile_cont(gross_hours, 0.5) as p50_hours
    from read_parquet($file)
"""


@dataclass(frozen=True)
class Step:
    """One DAG run: what it took and what it moved."""

    step: str
    as_of: str
    seconds: float
    rows: dict[str, int]
    """Rows landed by entity, or rows of the marts by table."""
    batches: int
    text: str
    """The same in words."""
    tasks: dict[str, float]
    """Seconds by task, a mapped task by its parts."""


@dataclass
class Record:
    """Collects the steps of one demo."""

    home: Home
    mode: str
    """``simulated`` or ``replay``."""
    steps: list[Step] = field(default_factory=list)
    gate: list[Mapping[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._mails_before = set(_mail_files(self.home))

    def add(self, dag_id: str, day: datetime, seconds: float, outcomes: Sequence[TaskOutcome]) -> Step:
        """Add a DAG run that succeeded."""
        rows: Counter[str] = Counter()
        batches, words = 0, []
        for outcome in outcomes:
            result = outcome.result
            if outcome.part:
                rows.update(result["rows"])
                batches += result["batches"]
            elif outcome.task_id == "build":
                rows.update(result["models"])
                batches += result["batches_read"]
                words.append(f"{result['batches_read']} new batches, {result['rows_read']:,} rows")
            elif outcome.task_id == "gate":
                self.gate.append(result)
                words.append(f"gate passed with {len(result['warnings'])} warnings")
            elif outcome.task_id == "publish":
                words.append(f"published {result['build_id']}")
            elif outcome.task_id == "send_alerts":
                words.append(_alert_words(result))
        if not words:
            words = [f"{sum(rows.values()):,} rows in {batches} batches"]
        tasks = {
            f"{outcome.task_id}.{outcome.part}" if outcome.part else outcome.task_id: round(outcome.seconds, 2)
            for outcome in outcomes
        }
        step = Step(dag_id, iso(day), round(seconds, 2), dict(rows), batches, ", ".join(words), tasks)
        self.steps.append(step)
        return step

    def mails(self) -> list[dict[str, str]]:
        """Mails that arrived during this demo, in the order of their files."""
        found = []
        for file in sorted(set(_mail_files(self.home)) - self._mails_before):
            mail = message_from_bytes(file.read_bytes(), policy=policy.default)
            found.append({"subject": str(mail["Subject"]), "to": str(mail["To"]), "path": str(file)})
        return found

    def batches_read(self) -> int:
        """Batches that the builds of this demo read; landed ones that an earlier build consumed are not among them."""
        return sum(step.batches for step in self.steps if step.step == "build_marts")

    def write(self, seconds: float) -> None:
        """Write ``home.summary``."""
        published = manifest(self.home) or {}
        content = {
            "mode": self.mode,
            "as_of": published.get("as_of"),
            "build_id": published.get("build_id"),
            "seconds": round(seconds, 1),
            "steps": [asdict(step) for step in self.steps],
            "batches_read": self.batches_read(),
            "marts": {name: mart["rows"] for name, mart in published.get("marts", {}).items()},
            "gate": self.gate,
            "mails": self.mails(),
            "published": str(self.home.current),
        }
        temporary = self.home.summary.with_suffix(".tmp")
        temporary.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        temporary.replace(self.home.summary)


def manifest(home: Home) -> dict[str, Any] | None:
    """The manifest of the current publication, if there is one."""
    file = home.current / "manifest.json"
    if not file.exists():
        return None
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content


def show(record: Record, progress: Progress) -> None:
    """Print what was done, what slipped, where to look and what to try next."""
    home = record.home
    published = manifest(home) or {"marts": {}}
    progress.heading(f"Done in {progress.seconds:.0f} s")
    landed = Counter[str]()
    for step in record.steps:
        if step.step.startswith("extract_"):
            landed.update({step.step.removeprefix("extract_"): sum(step.rows.values())})
    progress.text("  rows landed   " + ", ".join(f"{system} {rows:,}" for system, rows in landed.items()))
    marts = ", ".join(f"{name} {mart['rows']:,}" for name, mart in published["marts"].items())
    progress.text(f"  marts         {marts}")
    last_gate = record.gate[-1]
    progress.text(f"  gate          passed, {len(last_gate['warnings'])} warnings")
    for warning in last_gate["warnings"]:
        progress.text(f"                {warning}")
    mails = record.mails()
    progress.text(f"  mails         {len(mails)}")
    for mail in mails:
        progress.text(f"                {Path(mail['path']).name}  {mail['subject']}")

    if record.mode == "replay":
        progress.heading("What the real files hold")
        for line in _real_figures(home):
            progress.text(f"  {line}")
    else:
        progress.heading("What slipped")
        for line in _new_slips(home, record.steps[-1].as_of):
            progress.text(f"  {line}")

    progress.heading("Where to look")
    progress.text(f"  dashboard  {_shown(home.site)}/index.html")
    progress.text(f"  marts      {_shown(home.current)} (Parquet and ecosystem.duckdb, for any BI tool)")
    progress.text(f"  mails      {_shown(home.outbox)}")
    progress.text(f"  summary    {_shown(home.summary)}")
    progress.text(f"  logs       {_shown(home.logs)}")
    progress.heading("What to try next")
    if record.mode == "simulated":
        progress.text("  make demo    live one day more: only new batches are read, and no mail is sent twice")
    progress.text("  make up      the same on a running Airflow with its UI")
    progress.text("  make help    everything else")


def _alert_words(result: Mapping[str, Any]) -> str:
    counts = {name: result.get(name) for name in ("opened", "resolved", "withdrawn", "muted")}
    changes = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    return f"{result['mails_sent']} mails" + (f" ({changes})" if changes else "")


def _query(sql: str, parameters: Mapping[str, object]) -> list[dict[str, Any]]:
    import duckdb

    with duckdb.connect() as connection:
        cursor = connection.execute(sql, dict(parameters))
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _new_slips(home: Home, as_of: str) -> list[str]:
    """One line per vendor and rule whose signals began within the last days, the gravest first."""
    since = (parse_as_of(as_of) - timedelta(days=NEW_WITHIN_DAYS)).replace(tzinfo=None)
    slips = _query(NEW_SLIPS, {"file": str(home.current / "early_warning.parquet"), "since": since})
    if not slips:
        return [f"Nothing new within {NEW_WITHIN_DAYS} days."]
    lines = [
        f"{slip['vendor_name']}: {slip['lines']} x {slip['rule_id'].replace('_', ' ')}, worst {slip['worst_line']}: "
        f"promised {slip['first_promise']}, now {slip['latest_promise']}, {slip['worst_days_late']} days late"
        for slip in slips[:SLIPS_SHOWN]
    ]
    more = len(slips) - SLIPS_SHOWN
    return [*lines, f"and {more} more in early_warning.parquet"] if more > 0 else lines


def _real_figures(home: Home) -> list[str]:
    """The figures by which the real files are known, read from the published marts."""
    [delivery] = _query(DELIVERY_FIGURES, {"file": str(home.current / "fct_schedule_line.parquet")})
    [tickets] = _query(TICKET_FIGURES, {"file": str(home.current / "fct_service_ticket.parquet")})
    return [
        f"{delivery['lines']:,} lines that count for vendor performance, of {delivery['vendors']} vendors",
        f"early {delivery['early']:.1%}, exact {delivery['exact']:.1%}, late {delivery['late']:.1%}, "
        f"recorded late {delivery['recorded_late']:.1%}",
        f"{tickets['tickets']:,} incidents, half of them resolved within {tickets['p50_hours']:.1f} hours",
    ]


def _mail_files(home: Home) -> list[Path]:
    return list(home.outbox.glob("**/*.eml"))


def _shown(path: Path) -> str:
    """Relative to where the person stands, when it is below."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
