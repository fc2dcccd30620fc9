"""The gate between the warehouse and its readers: it lets the marts of one complete build pass, or says why not."""

import json
import logging
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from config.gate import GateSettings, load_gate
from ecosystem.clock import iso
from ecosystem.errors import EcosystemError
from ecosystem.locks import exclusive
from ecosystem.paths import Home
from expectations.check import Suite, row_count
from expectations.data_docs import DataDocs
from expectations.findings import Finding, Outcome
from expectations.run_suites import run_suites
from expectations.suites import all_suites

logger = logging.getLogger(__name__)

# The result of the newest build that passed: the measure of the next full reads.
LAST_PASSED = "last_passed.json"


@dataclass(frozen=True)
class GateResult:
    """The gate's decision on one build.

    ``blocking`` findings keep it from readers, ``warnings`` are published with it, ``info`` is only recorded;
    ``checks`` is the outcome of every check, ``full_reads`` the rows of the newest full read of each feed, as
    ``connection_id.entity``.
    """

    build_id: str
    as_of: datetime
    passed: bool
    blocking: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    info: tuple[Finding, ...]
    checks: tuple[Outcome, ...]
    full_reads: Mapping[str, int]
    seconds: float

    @property
    def sentence(self) -> str:
        """The decision for a reader: the first finding that blocks, how many more there are, and where all stand."""
        if self.passed:
            return f"Build {self.build_id} passed the gate."
        others = len(self.blocking) - 1
        more = f" ({others} more {'finding' if others == 1 else 'findings'})" if others else ""
        return (
            f"The gate blocked build {self.build_id}: {self.blocking[0].sentence}{more} "
            f"All findings with examples: warehouse/gate/{self.build_id}.json."
        )


@dataclass(frozen=True)
class _Build:
    """The build in the warehouse file, as the gate needs to know it."""

    build_id: str
    as_of: datetime
    landed_entities: frozenset[str]
    full_reads: Mapping[str, int]


def run_gate(home: Home, build_id: str | None = None) -> GateResult:
    """Check the marts of the warehouse file and write the result to ``warehouse/gate/<build id>.json``.

    Great Expectations' Data Docs of it go to ``warehouse/gate/<build id>.data_docs``.

    Args:
        build_id: the build that is meant; None takes the one that is there.

    Raises:
        EcosystemError: the warehouse holds no complete build, or another one than ``build_id``, or another process
        holds it.
    """
    started = time.monotonic()
    settings = load_gate()
    with exclusive("warehouse", home):
        build = _read_build(home.warehouse_file, build_id)
        suites = [
            _with_row_count(suite, build.landed_entities)
            for suite in all_suites(settings, _accepted_reads(home, settings))
        ]
        docs = DataDocs(home.gate_data_docs(build.build_id), build.build_id)
        outcomes = run_suites(home.warehouse_file, suites, docs.add)
    docs.finish([outcome for outcome, _ in outcomes])
    findings = [finding for _, finding in outcomes if finding]
    by_severity = {
        severity: tuple(finding for finding in findings if finding.severity == severity)
        for severity in ("critical", "warning", "info")
    }
    result = GateResult(
        build_id=build.build_id,
        as_of=build.as_of,
        passed=bool(outcomes) and not by_severity["critical"],
        blocking=by_severity["critical"],
        warnings=by_severity["warning"],
        info=by_severity["info"],
        checks=tuple(outcome for outcome, _ in outcomes),
        full_reads=build.full_reads,
        seconds=round(time.monotonic() - started, 3),
    )
    _record(home, result)
    return result


def read_result(home: Home, build_id: str) -> Mapping[str, Any] | None:
    """The recorded decision on a build as JSON has it; None when the gate has not seen it."""
    return _read_json(home.gate_dir / f"{build_id}.json")


def _read_build(file: Path, build_id: str | None) -> _Build:
    if not file.exists():
        raise EcosystemError(f"There is no warehouse file {file}: run 'ecosystem build' first.")
    try:
        connection = duckdb.connect(str(file), read_only=True)
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise EcosystemError(
            f"The warehouse file {file} cannot be read ({reason}): end the process that has it open."
        ) from error
    try:
        found = connection.execute("select build_id, as_of, is_complete from control.build").fetchone()
        landed = connection.execute("select distinct entity from control.landed_batch where row_count > 0").fetchall()
        full_reads = connection.execute(
            "select connection_id || '.' || entity, last_full_rows from control.feed"
            " where last_full_rows is not null order by all"
        ).fetchall()
    except duckdb.CatalogException:
        found = None
    finally:
        connection.close()
    if found is None or not found[2]:
        raise EcosystemError(f"The warehouse file {file} holds no complete build: run 'ecosystem build' again.")
    if build_id not in (None, found[0]):
        raise EcosystemError(f"The warehouse holds build {found[0]}, not {build_id}: run the gate on that one.")
    return _Build(found[0], found[1].replace(tzinfo=UTC), frozenset(entity for (entity,) in landed), dict(full_reads))


def _with_row_count(suite: Suite, landed: frozenset[str]) -> Suite:
    must_have_rows = not suite.may_be_empty and (not suite.fed_by or bool(landed.intersection(suite.fed_by)))
    return replace(suite, checks=(row_count(1 if must_have_rows else 0), *suite.checks))


def _accepted_reads(home: Home, settings: GateSettings) -> dict[str, int]:
    """Rows of the full reads that count as the measure, as ``connection_id.entity``."""
    last_passed = _read_json(home.gate_dir / LAST_PASSED)
    measure: dict[str, int] = dict(last_passed["full_reads"]) if last_passed else {}
    for accepted in settings.full_read.accepted:
        feed = f"{accepted.connection_id}.{accepted.entity}"
        measure[feed] = min(accepted.rows, measure.get(feed, accepted.rows))
    return measure


def _record(home: Home, result: GateResult) -> None:
    content = asdict(result) | {"as_of": iso(result.as_of)}
    _write_json(home.gate_dir / f"{result.build_id}.json", content)
    if result.passed:
        _write_json(home.gate_dir / LAST_PASSED, content)
    for finding in (*result.blocking, *result.warnings):
        logger.info("gate: %s", finding.sentence)
    logger.info(
        "gate: %d checks of build %s in %.1f s, %s",
        len(result.checks),
        result.build_id,
        result.seconds,
        "passed" if result.passed else "blocked",
    )


def _read_json(file: Path) -> Mapping[str, Any] | None:
    if not file.is_file():
        return None
    content: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content


def _write_json(file: Path, content: Mapping[str, Any] | Sequence[Any]) -> None:
    """Whole or not at all, also when the machine stops."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f"{file.name}.tmp")
    with temporary.open("w", encoding="utf-8") as output:
        json.dump(content, output, indent=1)
        output.flush()
        os.fsync(output.fileno())
    temporary.replace(file)
