"""The command-line program ``ecosystem``.

Each command imports the part it runs only when called, so that ``--help`` is quick.
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 blocked by the gate.
"""

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from ecosystem.cli_alerts import alerts_app, run_alerts
from ecosystem.cli_review_packs import review_packs
from ecosystem.cli_serving import serving_app
from ecosystem.clock import current_time, parse_as_of
from ecosystem.errors import EcosystemError, GateBlocked, UsageError
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
app.add_typer(alerts_app, name="alerts")
app.add_typer(serving_app, name="serving")
app.command("review-packs")(review_packs)
# The name it had before there were others.
app.command("alert")(run_alerts)

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
    from config.sources import load_source
    from connectors.connection import from_environment
    from connectors.extract import extract as extract_entity

    source = load_source(connection)
    unknown = set(entity or ()) - set(source.entities)
    if unknown:
        raise UsageError(
            f"{connection} has no entity '{min(unknown)}' in config/sources.yml; "
            f"there are: {', '.join(source.entities)}."
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
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of", metavar="DATE", help="Build the marts as known then, in a file of their own, unpublished."
        ),
    ] = None,
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="Rebuild every table from the landing zone.")
    ] = False,
) -> None:
    """Turn what was landed into marts, with dbt.

    Reads $ECOSYSTEM_HOME/landing; writes $ECOSYSTEM_HOME/warehouse. Without --as-of the clock is $ECOSYSTEM_NOW, else
    now.
    """
    from warehouse import build as warehouse_build

    if as_of:
        result = warehouse_build.build_as_of(home(), parse_as_of(as_of))
    else:
        result = warehouse_build.build(home(), current_time(), full_refresh=full_refresh)
    if result.reused:
        typer.echo(f"build {result.build_id}: complete already, its inputs have not changed ({result.warehouse_file})")
        return
    typer.echo(
        f"build {result.build_id}: {result.batches_read} new batches, {result.rows_read:,} rows, "
        f"{len(result.models)} tables in {result.seconds:.1f} s ({result.warehouse_file})"
    )


@app.command()
def gate() -> None:
    """Check the newest build and decide whether it may be published; exit code 3 when it may not.

    Reads $ECOSYSTEM_HOME/warehouse; writes its results to $ECOSYSTEM_HOME/warehouse/gate.
    """
    from expectations.gate import run_gate

    result = run_gate(home())
    for finding in (*result.warnings, *result.info):
        typer.echo(f"{finding.severity}: {finding.sentence}")
    if not result.passed:
        raise GateBlocked(result.sentence)
    typer.echo(f"build {result.build_id} passed the gate")


@app.command()
def publish() -> None:
    """Give the newest build to its readers, if the gate passed it.

    Reads $ECOSYSTEM_HOME/warehouse; writes $ECOSYSTEM_HOME/published and moves the link published/current.
    """
    from publishing.publish import publish as publish_build

    publication = publish_build(home())
    typer.echo(f"build {publication.build_id}: {len(publication.marts)} marts in {publication.folder}")


@app.command()
def site() -> None:
    """Build the dashboard of the current publication, and the vendors' own sites and files.

    Reads $ECOSYSTEM_HOME/published/current and config/sharing.yml; writes $ECOSYSTEM_HOME/site, vendor_sites and
    vendor_files. Only what belongs to vendors whose rows differ is made.
    """
    from config.sharing import load_sharing
    from publishing.site.build import build_site, code_hash
    from publishing.site.vendor_page.own_site import build_vendor_sites
    from publishing.vendor_files import write_vendor_files

    built = build_site(home())
    typer.echo(
        f"build {built.build_id}: {built.pages} pages, {built.written_vendors} of vendors made anew"
        f" ({built.folder}/index.html, {built.seconds:.1f} s)"
    )
    own = build_vendor_sites(home(), load_sharing(), code_hash())
    typer.echo(
        f"vendors' own sites: {own.written_vendors} of {own.vendors} made anew ({own.folder}, {own.seconds:.1f} s)"
    )
    packed = write_vendor_files(home())
    typer.echo(f"vendors' files: {packed.written} of {packed.vendors} ({packed.folder}, {packed.seconds:.1f} s)")


@app.command()
def status() -> None:
    """Say how fresh each feed is and what was last built, checked and published.

    Reads $ECOSYSTEM_HOME; writes nothing.
    """
    from warehouse.status import render
    from warehouse.status import status as read_status

    typer.echo(render(read_status(home(), current_time())))


@app.command()
def demo(
    replay: Annotated[
        Path | None,
        typer.Option(
            "--replay", metavar="FOLDER", help="Replay the real files in this folder instead of a simulated company."
        ),
    ] = None,
) -> None:
    """Run every DAG through Airflow on the sandbox: the history once, then three days; again: one day more.

    Reads nothing but the sandbox; writes all of $ECOSYSTEM_HOME and a summary.json in it.
    """
    from ecosystem import demo as whole_way

    whole_way.run(home(), replay)


@app.command()
def up() -> None:
    """Start Airflow with its UI and the sandbox, on 127.0.0.1.

    Reads the sandbox's clock; writes $ECOSYSTEM_HOME/airflow and logs. `ecosystem down` ends it.
    """
    from ecosystem import up as local

    running = local.up(home(), typer.echo)
    typer.echo(f"Airflow: {running.url} (no login). Next: ecosystem next-day, or ecosystem down.")


@app.command("next-day")
def next_day() -> None:
    """Beside a running `ecosystem up`: let a day pass in the sandbox and trigger the extracts; the assets do the rest.

    Reads and writes what the DAGs do.
    """
    from ecosystem import up as local

    typer.echo(f"the extracts of {local.live_a_day(home()):%A %Y-%m-%d} are triggered")


@app.command()
def down() -> None:
    """End what `ecosystem up` started; what does not end is killed.

    Reads $ECOSYSTEM_HOME/up.json, which names their process groups, and removes it; writes nothing.
    """
    from ecosystem import up as local

    ended = local.down(home())
    typer.echo(f"ended: {', '.join(ended)}" if ended else "nothing was running")


@sandbox_app.command("serve")
def serve_sandbox(
    replay: Annotated[
        Path | None, typer.Option("--replay", metavar="FOLDER", help="Serve the real files in this folder.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Which simulated company: the same seed, the same world.")] = 1,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="HTTP port.")] = 18080,
    smtp_port: Annotated[int, typer.Option("--smtp-port", help="SMTP port of the mail catcher.")] = 18025,
) -> None:
    """Play ERP, CRM, service portal and mail server until interrupted.

    Reads and writes $ECOSYSTEM_HOME/sandbox (its clock); caught mails go to $ECOSYSTEM_HOME/outbox.
    """
    from sandbox.replay import Replay, ReplayFileError
    from sandbox.server import serve
    from sandbox.world import World

    if replay:
        try:
            source = Replay(replay)
        except ReplayFileError as error:
            raise EcosystemError(f"{error} See docs/reference-data.md.") from error
        serve(source, home(), host=host, port=port, smtp_port=smtp_port)
    else:
        serve(World(seed), home(), seed=seed, host=host, port=port, smtp_port=smtp_port)


@sandbox_app.command("advance")
def advance_sandbox(
    days: Annotated[int, typer.Option("--days", min=1, help="How many days pass.")] = 1,
    url: Annotated[str, typer.Option("--url", help="Where the sandbox listens.")] = "http://127.0.0.1:18080",
) -> None:
    """Let days pass in a running sandbox.

    Reads and writes the sandbox's clock over HTTP.
    """
    import requests

    try:
        response = requests.post(f"{url}/sandbox/advance", json={"days": days}, timeout=60)
    except requests.RequestException as error:
        raise EcosystemError(f"No sandbox answers at {url}: start it with 'ecosystem sandbox serve'.") from error
    if not response.ok:
        raise EcosystemError(f"The sandbox at {url} refused to advance by {days} days: {response.text.strip()}")
    typer.echo(f"the sandbox's clock stands at {response.json()['now']}")


def main() -> None:
    """Run the program; an :class:`EcosystemError` becomes one sentence on standard error and its exit code."""
    try:
        app()
    except EcosystemError as error:
        logging.getLogger(__name__).debug("the command failed", exc_info=True)
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
