"""The chain on the simulated company: the first load against one more day, both in one run.

``make bench-chain`` prints the figures and writes them to ``$ECOSYSTEM_HOME/bench/chain.json``. The sandbox runs in a
process of its own on the same machine, so extraction times hold its work too. Airflow's own time is not in them; the
demo's ``summary.json`` has it.
"""

import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from config.sources import load_sources
from connectors.connection import from_environment
from connectors.extract import extract
from ecosystem import sandbox_process
from ecosystem.errors import EcosystemError, GateBlocked
from ecosystem.paths import Home, home
from expectations.gate import run_gate
from publishing.publish import publish
from warehouse.build import build


@dataclass(frozen=True)
class Pass:
    """One pass through the chain: seconds by step, and rows that extraction landed."""

    extract_s: float
    build_s: float
    gate_s: float
    publish_s: float
    rows: int

    @property
    def total_s(self) -> float:
        """All steps, in seconds."""
        return self.extract_s + self.build_s + self.gate_s + self.publish_s


def run_once(place: Home, as_of: datetime) -> Pass:
    """Extract everything, build, check and publish.

    Raises:
        GateBlocked: the gate refused the build.
    """
    started = time.monotonic()
    results = [
        extract(source, from_environment(source.connection_id), entity, place, as_of)
        for source in load_sources()
        for entity in source.entities
    ]
    extracted = time.monotonic()
    build(place, as_of)
    built = time.monotonic()
    checked = run_gate(place)
    if not checked.passed:
        raise GateBlocked(checked.sentence)
    gated = time.monotonic()
    publish(place)
    return Pass(
        extract_s=extracted - started,
        build_s=built - extracted,
        gate_s=gated - built,
        publish_s=time.monotonic() - gated,
        rows=sum(sum(result.rows.values()) for result in results),
    )


def figures(first: Pass, day: Pass) -> dict[str, float]:
    """What is written and printed, under the names that ``docs/performance.md`` uses."""
    return {
        "first_load_s": round(first.total_s, 1),
        "first_load_rows": first.rows,
        "first_extract_rows_per_s": round(first.rows / first.extract_s),
        "first_build_s": round(first.build_s, 1),
        "first_gate_s": round(first.gate_s, 1),
        "day_s": round(day.total_s, 1),
        "day_rows": day.rows,
        "day_extract_s": round(day.extract_s, 1),
        "day_build_s": round(day.build_s, 1),
        "day_gate_s": round(day.gate_s, 1),
        "day_rows_share": round(day.rows / first.rows, 4),
        "day_time_share": round(day.total_s / first.total_s, 3),
    }


def main() -> None:
    """Measure in a temporary state directory; only the figures stay."""
    bench = home().bench
    with tempfile.TemporaryDirectory() as folder:
        place = Home(Path(folder))
        with sandbox_process.running(place) as sandbox:
            os.environ.update(sandbox_process.connection_variables(sandbox.http_port, sandbox.smtp_port))
            os.environ["ECOSYSTEM_PSEUDONYM_KEY"] = "benchmark"
            sandbox_process.wait_until_ready(sandbox)
            first = run_once(place, sandbox.now())
            day = run_once(place, sandbox.advance(1))
    measured = figures(first, day)
    bench.mkdir(parents=True, exist_ok=True)
    file = bench / "chain.json"
    file.write_text(json.dumps(measured, indent=2) + "\n", encoding="utf-8")
    for name, value in measured.items():
        sys.stdout.write(f"{name:26} {value:>12,}\n")
    sys.stdout.write(f"written to {file}\n")


if __name__ == "__main__":
    try:
        main()
    except EcosystemError as error:
        sys.exit(str(error))
