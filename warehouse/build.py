"""One build: control tables, dbt, and last of all the list of consumed batches.

A build may die at any point. What it consumed is recorded only after everything else succeeded, so the next build reads
the same new batches again, and staging makes that harmless. A full refresh starts from an empty file, so that nothing
of an older project or an older as-of time can survive in it.
"""

import logging
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from config.sources import load_sources
from connectors.ecosystem import own_records
from connectors.ecosystem.publications import first_publications
from connectors.landing import Batch, list_batches
from ecosystem.clock import iso
from ecosystem.errors import EcosystemError, UsageError
from ecosystem.locks import exclusive
from ecosystem.paths import Home, project_root
from warehouse import control, inputs, run_results
from warehouse.inputs import Inputs

logger = logging.getLogger(__name__)

LOCK = "warehouse"
RUN_DBT: tuple[str, ...] = (sys.executable, "-m", "warehouse.run_dbt")
# We hold the lock of the warehouse, so whoever still has the file open is the dbt of a killed build, on its way out.
DYING_DBT_S = 30.0
# Two models side by side share the memory. With small ones most of the time is dbt's own, and two save a quarter of it;
# large ones no longer fit and write to disk what they sort (20 million versions: 697 s side by side, 571 s one by one).
ROWS_OF_LARGE_MODELS = 5_000_000
# A model that is made by order is made so many orders at a time: what windows and joins hold fits into memory and is
# not written to disk (16 million lines of 2 million orders: 206 s at once, 131 s in 6 slices, 113 s in 16).
ORDERS_IN_SLICE = 125_000
# Unit tests prove the code, not the data: `make test` runs them.
_NEVER_IN_A_BUILD = ("unit_test",)


@dataclass(frozen=True)
class BuildResult:
    """What a build did.

    ``batches_read`` and ``rows_read`` count what was new of the sources in the landing zone, own records apart;
    ``models`` the rows of every table that dbt keeps, by name; ``reused`` says that the inputs had not changed, so that
    nothing was done.
    """

    build_id: str
    as_of: datetime
    batches_read: int
    rows_read: int
    models: dict[str, int]
    seconds: float
    warehouse_file: Path
    full_refresh: bool
    reused: bool


@dataclass(frozen=True)
class _Place:
    """Where a build writes."""

    file: Path
    target: Path
    logs: Path


def build(home: Home, as_of: datetime, full_refresh: bool = False, select: Sequence[str] = ()) -> BuildResult:
    """Bring the warehouse file up to ``as_of`` (UTC), or to the last build's time where that is later.

    The clock does not go back, because a long extract announces the time it began, when quicker ones have been built
    since; only a full refresh that was asked for takes ``as_of`` as it is.

    ``select`` narrows what is built, in dbt's words; what is left out falls behind, so this is for measuring alone.

    Reads only batches that the last successful build did not hold; rebuilds from nothing when asked to, when the dbt
    project or its seeds changed, or when a consumed batch is gone.

    Raises:
        EcosystemError: nothing has landed, another process holds the warehouse, or a model or test failed.
    """
    place = _Place(home.warehouse_file, home.warehouse_dir / "dbt", home.logs / "dbt")
    with exclusive(LOCK, home):
        if full_refresh:
            return _build(place, _gather(home, as_of), "it was asked for", select)
        state = _state(place.file)
        if state is not None and state.as_of > as_of:
            logger.info("the build is as of %s, not %s: the last one was", iso(state.as_of), iso(as_of))
            as_of = state.as_of
        return _build(place, _gather(home, as_of), None, select)


def build_as_of(home: Home, as_of: datetime) -> BuildResult:
    """Build the warehouse as it was known at ``as_of`` (UTC) into a file of its own, from nothing; it is never
    published.

    Raises:
        UsageError: nothing had landed by then.
        EcosystemError: another build of the past is running, or a model or test failed.
    """
    place = _Place(home.as_of_dir / f"{as_of:%Y%m%dT%H%M%SZ}.duckdb", home.as_of_dir / "dbt", home.logs / "dbt_as_of")
    with exclusive(f"{LOCK}-as-of", home):
        gathered = _gather(home, as_of, as_published=True)
        is_there = (state := _state(place.file)) is not None and _holds(state, gathered)
        return _build(place, gathered, None if is_there else "it is built as it was known at a past time")


def _build(place: _Place, gathered: Inputs, reason: str | None, select: Sequence[str] = ()) -> BuildResult:
    """Build from nothing for ``reason``; without one, go on from the file where that gives the same marts."""
    started = time.monotonic()
    state = _state(place.file)
    if state and _holds(state, gathered) and not reason:
        logger.info("build %s is already complete: its inputs have not changed", gathered.build_id)
        return _result(place, gathered, (), started, reused=True)
    reason = reason or _why_from_nothing(state, gathered)
    if reason:
        logger.info("build %s starts from nothing because %s", gathered.build_id, reason)
        _delete(place.file)
    consumed = state.consumed if state and not reason else frozenset()
    new = tuple(batch for batch in gathered.batches if batch.batch_id not in consumed)
    logger.info("build %s reads %d of %d landed batches", gathered.build_id, len(new), len(gathered.batches))
    place.file.parent.mkdir(parents=True, exist_ok=True)
    with control.connected(place.file, patience_s=DYING_DBT_S) as connection:
        control.write_inputs(connection, gathered, new, ORDERS_IN_SLICE)
    _run_dbt(
        place,
        select,
        () if reason else inputs.unchanged_staging(dbt_project(), new),
        with_seeds=reason is not None,
        one_by_one=sum(batch.row_count for batch in new) > ROWS_OF_LARGE_MODELS,
    )
    with control.connected(place.file, patience_s=DYING_DBT_S) as connection:
        control.write_consumed(connection, gathered)
    return _result(place, gathered, new, started, full_refresh=reason is not None)


def _state(file: Path) -> control.State | None:
    if not file.exists():
        return None
    with control.connected(file, patience_s=DYING_DBT_S) as connection:
        return control.read_state(connection)


def _holds(state: control.State, gathered: Inputs) -> bool:
    return state.is_complete and state.build_id == gathered.build_id


def _gather(home: Home, as_of: datetime, as_published: bool = False) -> Inputs:
    """``as_published`` leaves out what landed too late for the publications of that time."""
    batches = list_batches(home.landing)
    known = inputs.known_by(as_of, batches, first_publications(home)) if as_published else batches
    gathered = inputs.gather(as_of, dbt_project(), known, load_sources())
    if not batches:
        raise EcosystemError(
            f"Nothing has landed in {home.landing}: run 'ecosystem extract' for each connection first."
        )
    if not gathered.batches:
        first = min(batch.extracted_at for batch in batches)
        raise UsageError(
            f"Nothing had landed by {iso(as_of)}: the first batch landed at {iso(first)}: choose a later time."
        )
    return gathered


def dbt_project() -> Path:
    """The folder of the dbt project and its profile."""
    return project_root() / "dbt_project"


def _why_from_nothing(state: control.State | None, gathered: Inputs) -> str | None:
    if state is None:
        return "no build has begun here yet"
    if not state.consumed:
        return "no build of it has succeeded yet"
    if state.code_hash != gathered.code_hash:
        return "the dbt project or its seeds changed"
    became_valid = inputs.first_valid(dbt_project(), state.as_of.date(), gathered.as_of.date())
    if became_valid:
        return f"a setting is valid from {became_valid} on"
    if not state.consumed <= {batch.batch_id for batch in gathered.batches}:
        return "a batch that was read before is no longer landed"
    return None


def _delete(file: Path) -> None:
    """The log of writes first: a file without it is an older whole; a log without its file would be replayed."""
    file.with_name(f"{file.name}.wal").unlink(missing_ok=True)
    file.unlink(missing_ok=True)


def _run_dbt(
    place: _Place, select: Sequence[str], unchanged: Sequence[str], with_seeds: bool, one_by_one: bool
) -> None:
    """``dbt build`` in one child process, without the ``unchanged`` models and their tests; ``one_by_one`` keeps it to
    one model at a time, else the profile says how many.

    Raises:
        EcosystemError: naming the first model or test that failed, why, and the log.
    """
    place.target.mkdir(parents=True, exist_ok=True)
    place.logs.mkdir(parents=True, exist_ok=True)
    (place.target / "run_results.json").unlink(missing_ok=True)
    excluded = _NEVER_IN_A_BUILD if with_seeds else (*_NEVER_IN_A_BUILD, "seed")
    # Publications read the manifest. Another project starts from nothing, with its seeds, and has it written anew.
    is_manifest_there = not with_seeds and (place.target / "manifest.json").exists()
    arguments = [
        *(("--no-write-json",) if is_manifest_there else ()),
        *("--quiet", "--no-use-colors", "--no-send-anonymous-usage-stats", "--no-version-check"),
        # The default, debug, writes some 15,000 lines a build; the SQL of each model stands in the target folder
        # anyway.
        *("--log-path", str(place.logs), "--log-level-file", "info"),
        "build",
        *(
            "--project-dir",
            str(dbt_project()),
            "--profiles-dir",
            str(dbt_project()),
            "--target-path",
            str(place.target),
        ),
        *(("--threads", "1") if one_by_one else ()),
        *(option for kind in excluded for option in ("--exclude-resource-type", kind)),
        *(("--exclude", *unchanged) if unchanged else ()),
        *(("--indirect-selection", "cautious", "--select", *select) if select else ()),
    ]
    complaints = place.logs / "errors.log"
    with complaints.open("wb") as errors:
        child = subprocess.Popen(  # noqa: S603 - our own module with our own options
            [*RUN_DBT, *arguments],
            cwd=project_root(),
            env={**os.environ, "ECOSYSTEM_WAREHOUSE": str(place.file), "DO_NOT_TRACK": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        # Its standard input stays open until it has ended: run_dbt takes the end of its input for the end of this
        # process.
        with child:
            child.wait()
    if child.returncode == 0:
        return
    failure = run_results.failure_sentence(run_results.read(place.target))
    # DuckDB's module may end with a report of "leaked" types, which says nothing about the failure.
    said = complaints.read_text(encoding="utf-8", errors="replace").partition("nanobind: leaked")[0]
    complaint = run_results.one_line(said)
    reason = failure or complaint or f"dbt ended with exit code {child.returncode}"
    raise EcosystemError(f"The warehouse was not built because {reason.rstrip('.')}: see {place.logs / 'dbt.log'}.")


def _result(
    place: _Place,
    gathered: Inputs,
    new: tuple[Batch, ...],
    started: float,
    full_refresh: bool = False,
    reused: bool = False,
) -> BuildResult:
    with control.connected(place.file, read_only=True) as connection:
        models = control.table_rows(connection)
    of_sources = [batch for batch in new if batch.system != own_records.SYSTEM]
    return BuildResult(
        build_id=gathered.build_id,
        as_of=gathered.as_of,
        batches_read=len(of_sources),
        rows_read=sum(batch.row_count for batch in of_sources),
        models=models,
        seconds=round(time.monotonic() - started, 3),
        warehouse_file=place.file,
        full_refresh=full_refresh,
        reused=reused,
    )
