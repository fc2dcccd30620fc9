"""What dbt says about a run: ``run_results.json`` as ``run_dbt`` writes it, read for people."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

_FAILED = {"error", "fail", "runtime error"}


@dataclass(frozen=True)
class NodeResult:
    """How one model, seed or test ended."""

    unique_id: str
    status: str
    message: str
    seconds: float

    @property
    def name(self) -> str:
        """``model stg_sap_s4hana__supplier``, ``test unique_dim_vendor_vendor_key``."""
        kind, _, rest = self.unique_id.partition(".")
        parts = rest.split(".")
        return f"{kind} {parts[1] if len(parts) > 1 else rest}"

    @property
    def failed(self) -> bool:
        """Whether it stops the build; a test that only warns does not, nor does what was skipped because of another."""
        return self.status in _FAILED


def read(target: Path) -> list[NodeResult]:
    """The results of the last run under dbt's target folder; empty when it ended before any."""
    file = target / "run_results.json"
    if not file.is_file():
        return []
    return [_result(entry) for entry in json.loads(file.read_text(encoding="utf-8"))["results"]]


def span_s(target: Path) -> float:
    """Seconds from the start of the first node to the end of the last one."""
    timings = [
        timing
        for entry in json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
        for timing in entry["timing"]
    ]
    began = min(datetime.fromisoformat(timing["started_at"]) for timing in timings)
    return (max(datetime.fromisoformat(timing["completed_at"]) for timing in timings) - began).total_seconds()


def failure_sentence(results: list[NodeResult]) -> str | None:
    """``model x failed: why``, and how many others; None when nothing failed."""
    failed = [result for result in results if result.failed]
    if not failed:
        return None
    first = failed[0]
    skipped = sum(result.status == "skipped" for result in results)
    others = [f"{len(failed) - 1} more failed"] if len(failed) > 1 else []
    others += [f"{skipped} skipped because of it"] if skipped else []
    return f"{first.name} failed: {first.message}" + (f" ({', '.join(others)})" if others else "")


def one_line(text: str) -> str:
    """The text without line breaks and runs of spaces, at most 400 characters."""
    line = " ".join(text.split())
    return line if len(line) <= 400 else f"{line[:399]}…"


def _result(entry: dict[str, Any]) -> NodeResult:
    return NodeResult(
        entry["unique_id"], entry["status"], one_line(entry.get("message") or ""), entry["execution_time"]
    )
