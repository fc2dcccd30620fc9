"""The command-line program ``ecosystem``.

Each command imports the part it runs only when called, so that ``--help`` is quick and nothing here ties the parts together.
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 blocked by the gate.
"""

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from ecosystem.clock import current_time, iso, parse_as_of
from ecosystem.errors import EcosystemError, UsageError
from ecosystem.logging import configure
from ecosystem.paths import home

app = typer.Typer(
    name="ecosystem",
    help="Procurement as a living ecosystem: extract, build, check, publish, alert.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
sandbox_app = typer.Typer(no_args_is_help=True, help="The local ERP, CRM, service portal and mail catcher.")
app.add_typer(sandbox_app, name="sandbox")

AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="DATE", help="A date (its end, UTC) or an instant; default $ECOSYSTEM_NOW, else now."
    ),
]


@app.callback()
def settings(
    verbose: Annotated[bool, typer.Option("--verbose", help="Print progress to standard error.")] = False,
) -> None:
    """State is read from and written to $ECOSYSTEM_HOME (default ./var)."""
    configure(home(), verbose)


@app.command()
def extract(
    connection: Annotated[str, typer.Argument(help="A connection_id of config/sources.yml.")],
    entity: Annotated[list[str] | None, typer.Argument(help="Entities of that connection; default all.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Read everything again instead of what changed.")] = False,
    as_of: AsOf = None,
) -> None:
    """Read a source system and land what is new.

    Reads config/sources.yml, AIRFLOW_CONN_<CONNECTION> and the last landed cursor; writes Parquet batches to
    $ECOSYSTEM_HOME/landing.
    """
    from config.sources import load_sources
    from connectors.connection import from_environment
    from connectors.extract import extract as extract_entity

    sources = {source.connection_id: source for source in load_sources()}
    if connection not in sources:
        raise UsageError(f"No source '{connection}' in config/sources.yml; there are: {', '.join(sorted(sources))}.")
    source = sources[connection]
    unknown = set(entity or ()) - set(source.entities)
    if unknown:
        raise UsageError(
            f"{connection} has no entity '{min(unknown)}' in config/sources.yml; there are: {', '.join(source.entities)}."
        )
    instant = parse_as_of(as_of) if as_of else current_time()
    for name in entity or source.entities:
        result = extract_entity(source, from_environment(connection), name, home(), instant, full=full)
        rows = ", ".join(f"{count:,} {landed}" for landed, count in result.rows.items())
        typer.echo(
            f"{connection} {name}: {rows} in {result.batches} batches "
            f"({result.mode}, {result.requests} requests, {result.seconds:.1f} s)"
        )


@app.command()
def build(
    as_of: AsOf = None,
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="Rebuild every table from the landing zone.")
    ] = False,
    past: Annotated[
        bool,
        typer.Option("--past", help="Build the marts as known at --as-of, in a file of their own, never published."),
    ] = False,
) -> None:
    """Turn what was landed into marts, with dbt.

    Reads $ECOSYSTEM_HOME/landing; writes $ECOSYSTEM_HOME/warehouse.
    """
    from warehouse.build import build as build_warehouse

    result = build_warehouse(home(), parse_as_of(as_of) if as_of else current_time(), full_refresh=full_refresh)
    typer.echo(
        f"build {result.build_id}: {result.batches_read} new batches, {result.rows_read:,} rows, "
        f"{len(result.models)} tables in {result.seconds:.1f} s"
    )


def main() -> None:
    """Run the program; an :class:`EcosystemError` becomes one sentence on standard error and its exit code."""
    try:
        app()
    except EcosystemError as error:
        logging.getLogger(__name__).debug("the command failed", exc_info=True)
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
