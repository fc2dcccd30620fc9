"""``ecosystem alerts``: the run that mails what is new, and what people do with alerts.

Each command imports the part it runs only when called, so that ``--help`` is quick.
"""

import getpass
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ecosystem.clock import current_time, iso, parse_as_of
from ecosystem.errors import UsageError
from ecosystem.paths import home

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from alerts.actions import Acted

alerts_app = typer.Typer(
    no_args_is_help=True, help="Early warnings: mail what is new, take on, close, silence, replay."
)

AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="DATE", help="A date (its end, UTC) or an instant; default $ECOSYSTEM_NOW, else now."
    ),
]
Names = Annotated[list[str], typer.Argument(metavar="ALERT...", help="Alerts, by the beginning of their name.")]
Actor = Annotated[str | None, typer.Option("--actor", metavar="NAME", help="Who does it; default your login.")]
Note = Annotated[str | None, typer.Option("--note", help="What the next person should know.")]
Reason = Annotated[str, typer.Option("--reason", metavar="vendor|us|carrier|data", help="Where the cause lies.")]
Verdict = Annotated[str, typer.Option("--verdict", metavar="true|false", help="Whether the alert was right.")]


@alerts_app.command("run")
def run_alerts(
    as_of: AsOf = None,
    mail_backfill: Annotated[
        bool, typer.Option("--mail-backfill", help="Mail what came with a backfill too, instead of in the digest.")
    ] = False,
) -> None:
    """Compare the published signals with the ledger and send what is due, once. `ecosystem alert` does the same.

    Reads $ECOSYSTEM_HOME/published/current, config/alert_routes.yml and AIRFLOW_CONN_SMTP_DEFAULT; writes the ledger
    ($ECOSYSTEM_HOME/alerts.db) and sends mail.
    """
    from alerts import smtp
    from alerts.data_alert import report_stale_feeds
    from alerts.run import run_alerts as run

    instant = _instant(as_of)
    settings = smtp.from_environment()
    # The vendor signals come first: what engineers are told must not keep them from being recorded.
    result = run(home(), instant, settings, mail_backfill=mail_backfill)
    report_stale_feeds(home(), instant, settings)
    typer.echo(
        result.note
        or f"alerts: {result.opened} opened, {result.resolved} resolved, {result.withdrawn} withdrawn, "
        f"{result.muted} muted, {result.quiet} open without a mail for now, {result.mails_sent} mails sent"
    )


@alerts_app.command("serve")
def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="HTTP port.")] = 18090,
) -> None:
    """Serve the page that the links in mails open, until interrupted.

    Reads ECOSYSTEM_ALERTS_LINK_SECRET, config/alert_routes.yml, $ECOSYSTEM_HOME/published/current and the ledger;
    writes the ledger when a person acts. TLS is the business of the proxy in front of it.
    """
    from alerts.page import serve as serve_page

    serve_page(home(), host, port)


@alerts_app.command("migrate")
def migrate_ledger(
    page_role: Annotated[
        str | None,
        typer.Option("--page-role", metavar="ROLE", help="Let this PostgreSQL role do what the page does, no more."),
    ] = None,
) -> None:
    """Make the ledger's tables or bring them to this program's version; `run` does it too, where its user may.

    Reads and writes the ledger (ECOSYSTEM_ALERTS_DB_URL).
    """
    from alerts.ledger import grant_page_rights, writing

    with _ledger() as engine:
        if page_role is not None:
            with writing(engine) as connection:
                grant_page_rights(connection, page_role)
    typer.echo("the ledger is ready" + (f"; {page_role} may do what the page does" if page_role else ""))


@alerts_app.command("list")
def list_alerts(
    every: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    state: Annotated[str | None, typer.Option("--state", help="Only those in this state.")] = None,
    severity: Annotated[str | None, typer.Option("--severity", help="Only alert, or only watch.")] = None,
    vendor: Annotated[str | None, typer.Option("--vendor", metavar="KEY", help="Only of this vendor_key.")] = None,
    metric: Annotated[str | None, typer.Option("--metric", metavar="ID", help="Only of this metric's target.")] = None,
    family: Annotated[str | None, typer.Option("--family", help="Only of this KPI family.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at most.")] = 50,
) -> None:
    """List open alerts, the newest first.

    Reads the ledger; writes nothing.
    """
    from alerts.listing import Wanted, list_rendered, listed

    if vendor and metric:
        raise UsageError("An alert is about a vendor or about a metric: give either --vendor or --metric.")
    with _ledger() as engine, engine.connect() as connection:
        typer.echo(list_rendered(*listed(connection, Wanted(every, state, severity, vendor or metric, family), limit)))


@alerts_app.command("show")
def show_alert(
    name: Annotated[str, typer.Argument(metavar="ALERT", help="The beginning of its name.")], as_of: AsOf = None
) -> None:
    """Show one alert: what it is about, who was told, and its history.

    Reads the ledger and config/alert_routes.yml; writes nothing.
    """
    from alerts.listing import shown
    from config.alert_routes import load_alert_routes

    with _ledger() as engine, engine.connect() as connection:
        typer.echo(shown(connection, name, load_alert_routes(), _instant(as_of)))


@alerts_app.command("ack")
def acknowledge(names: Names, actor: Actor = None, note: Note = None, as_of: AsOf = None) -> None:
    """Take alerts on: nobody is reminded of them, and they escalate no further.

    Reads and writes the ledger.
    """
    from alerts import actions

    with _ledger() as engine:
        _say(actions.acknowledge(engine, names, _actor(actor), _instant(as_of), note))


@alerts_app.command("escalate")
def escalate(names: Names, actor: Actor = None, note: Note = None, as_of: AsOf = None) -> None:
    """Take alerts to the next rung of their ladder; the next run mails its team.

    Reads config/alert_routes.yml; reads and writes the ledger.
    """
    from alerts import actions
    from config.alert_routes import load_alert_routes

    routes = load_alert_routes()
    with _ledger() as engine:
        _say(actions.escalate(engine, names, _actor(actor), _instant(as_of), routes, note))


@alerts_app.command("resolve")
def resolve(
    names: Names, reason: Reason, verdict: Verdict, actor: Actor = None, note: Note = None, as_of: AsOf = None
) -> None:
    """Close alerts with what was found; the next run tells those who were mailed.

    Reads and writes the ledger.
    """
    from alerts import actions

    _found(actions.resolve, names, reason, verdict, actor, note, as_of)


@alerts_app.command("judge")
def judge(
    names: Names, reason: Reason, verdict: Verdict, actor: Actor = None, note: Note = None, as_of: AsOf = None
) -> None:
    """Say of closed alerts, most of which end by themselves, whether they were right.

    Reads and writes the ledger.
    """
    from alerts import actions

    _found(actions.judge, names, reason, verdict, actor, note, as_of)


@alerts_app.command("silence")
def silence(
    conditions: Annotated[
        list[str], typer.Argument(metavar="FIELD=VALUE...", help="Any value of a field, and every field given.")
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why; whoever misses a mail will ask.")],
    days: Annotated[float | None, typer.Option("--days", min=0, help="For how many days.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="Until when.")] = None,
    actor: Actor = None,
    as_of: AsOf = None,
) -> None:
    """Mail nobody of what matches for a while, such as `vendor_key=erp_s4hana:10001 kpi_family=delivery`.

    Fields: vendor_key, vendor_category, metric_id, kpi_family, rule_id, severity, purchase_order, fingerprint.
    Reads and writes the ledger, where what matches still opens.
    """
    from alerts import actions

    if (days is None) == (until is None):
        raise UsageError("Say how long the silence lasts: either --days or --until.")
    instant = _instant(as_of)
    expires_at = parse_as_of(until) if until else instant + timedelta(days=days or 0)
    with _ledger() as engine:
        number = actions.silence(engine, _matchers(conditions), _actor(actor), reason, instant, expires_at)
    typer.echo(f"silence {number} holds until {iso(expires_at)}")


@alerts_app.command("unsilence")
def unsilence(
    number: Annotated[int, typer.Argument(help="The silence's number.")], actor: Actor = None, as_of: AsOf = None
) -> None:
    """End a silence before it expires; the next run mails what is still open.

    Reads and writes the ledger.
    """
    from alerts import actions

    with _ledger() as engine:
        actions.unsilence(engine, number, _actor(actor), _instant(as_of))
    typer.echo(f"silence {number} is over")


@alerts_app.command("silences")
def list_silences(as_of: AsOf = None) -> None:
    """List the silences that hold.

    Reads the ledger; writes nothing.
    """
    from alerts.ledger import active_silences
    from alerts.listing import silences_rendered

    with _ledger() as engine, engine.connect() as connection:
        typer.echo(silences_rendered(active_silences(connection, _instant(as_of))))


@alerts_app.command("precision")
def precision() -> None:
    """Say how often alerts were right, by the verdicts that people gave.

    Reads the ledger; writes nothing.
    """
    from alerts.precision import measure, rendered

    with _ledger() as engine, engine.connect() as connection:
        typer.echo(rendered(measure(connection)))


@alerts_app.command("replay")
def replay(
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="The day (its end, UTC) or the instant.")],
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="What is known already; default a day before.")
    ] = None,
) -> None:
    """Show what would have been told as of a past time, by the rules and routes of today.

    Reads $ECOSYSTEM_HOME/landing and config/alert_routes.yml; writes warehouse files of the past, as `ecosystem build
    --as-of` does. Nothing is recorded in the ledger and nothing is mailed.
    """
    from alerts.replay import rendered
    from alerts.replay import replay as replayed
    from config.alert_routes import load_alert_routes

    instant = parse_as_of(as_of)
    earlier = parse_as_of(since) if since else instant - timedelta(days=1)
    if earlier >= instant:
        raise UsageError(f"--since must be before --as-of: {iso(earlier)} is not before {iso(instant)}.")
    routes = load_alert_routes()
    with TemporaryDirectory() as folder:
        before = _known_at(earlier, Path(folder) / "before")
        after = _known_at(instant, Path(folder) / "after")
        typer.echo(rendered(replayed(before, after, routes)))


def _known_at(instant: datetime, folder: Path) -> Any:
    from alerts.publication import read_publication
    from alerts.replay import MARTS
    from publishing.past import write_past_marts
    from warehouse.build import build_as_of

    built = build_as_of(home(), instant)
    write_past_marts(built.warehouse_file, built.build_id, built.as_of, MARTS, folder)
    return read_publication(folder)


def _found(
    action: Callable[..., "tuple[Acted, ...]"],
    names: Sequence[str],
    reason: str,
    verdict: str,
    actor: str | None,
    note: str | None,
    as_of: str | None,
) -> None:
    from alerts.actions import ReasonCode, Verdict

    codes = (("--reason", reason, [*map(str, ReasonCode)]), ("--verdict", verdict, [*map(str, Verdict)]))
    for option, value, choices in codes:
        if value not in choices:
            raise UsageError(f"{option} is '{value}': choose among {', '.join(choices)}.")
    with _ledger() as engine:
        _say(action(engine, names, _actor(actor), _instant(as_of), ReasonCode(reason), Verdict(verdict), note))


def _matchers(conditions: Sequence[str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for condition in conditions:
        field, equals, value = condition.partition("=")
        if not equals:
            raise UsageError(f"'{condition}' is no condition: write it as field=value, such as kpi_family=delivery.")
        found.setdefault(field, []).append(value)
    return found


def _say(acted: "Sequence[Acted]") -> None:
    for one in acted:
        change = f"{one.state_before} -> {one.state}" if one.state_before != one.state else str(one.state)
        typer.echo(f"{one.fingerprint[:10]} {one.subject_key} {one.rule_id}: {change}")


def _actor(name: str | None) -> str:
    return name or getpass.getuser()


def _instant(as_of: str | None) -> datetime:
    return parse_as_of(as_of) if as_of else current_time()


@contextmanager
def _ledger() -> "Iterator[Engine]":
    from alerts.ledger import open_ledger

    engine = open_ledger(home())
    try:
        yield engine
    finally:
        engine.dispose()
