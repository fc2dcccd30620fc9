"""What would have been told at a past time, by the rules and routes of today: on a ledger that is thrown away."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from alerts import ledger
from alerts.lifecycle import MAILED_SEVERITY, Announced
from alerts.publication import EVIDENCE_MART, LINE_MART, MONTH_MART, TARGET_MART, VENDOR_MART
from alerts.run import Intake, take_in
from alerts.signals import Published
from config.alert_routes import AlertRoutes
from ecosystem.clock import iso

# What a replay reads of a build.
MARTS = (LINE_MART, VENDOR_MART, TARGET_MART, EVIDENCE_MART, MONTH_MART, "dim_vendor", "feed_status")


@dataclass(frozen=True)
class ReplayedMail:
    """A mail that would have gone out."""

    kind: str
    route: str
    subject: str


@dataclass(frozen=True)
class Replay:
    """What the second of two publications would have changed, and whom it would have told.

    ``waiting`` counts alerts that would have waited: for a business day, or for the digest beyond the budget.
    """

    before: Published
    after: Published
    intake: Intake
    waiting: int
    mails: tuple[ReplayedMail, ...]


def replay(before: Published, after: Published, routes: AlertRoutes) -> Replay:
    """Take ``before`` in silently, as a first load, then ``after``. Records and mails nothing.

    What people did and silenced since is not replayed, and neither is the digest of the first load.
    """
    with TemporaryDirectory() as folder:
        engine = ledger.open_ledger_at(f"sqlite:///{Path(folder) / 'replay.db'}")
        try:
            take_in(engine, before, routes, before.as_of)
            with engine.connect() as connection:
                told_before: set[int] = set(connection.scalars(select(ledger.outbox.c.id)))
            intake = take_in(engine, after, routes, after.as_of)
            with engine.connect() as connection:
                mails = connection.execute(select(ledger.outbox).order_by(ledger.outbox.c.id)).mappings().all()
                open_alerts = ledger.open_alerts(connection)
        finally:
            engine.dispose()
    untold = (Announced.NOT.value, Announced.QUEUED.value)
    return Replay(
        before=before,
        after=after,
        intake=intake,
        waiting=sum(
            row["severity"] == MAILED_SEVERITY and row["announced"] in untold and row["muted_by"] is None
            for row in open_alerts
        ),
        mails=tuple(
            ReplayedMail(row["kind"], row["route"], row["subject"]) for row in mails if row["id"] not in told_before
        ),
    )


def rendered(result: Replay) -> str:
    """The replay for the terminal."""
    counts = result.intake
    if counts.note:
        return counts.note
    head = (
        f"As of {iso(result.after.as_of)} (build {result.after.build_id}), after what was known at "
        f"{iso(result.before.as_of)}: {counts.opened} opened, {counts.resolved} resolved, "
        f"{counts.withdrawn} withdrawn, {counts.quiet} muted, {result.waiting} would have waited."
    )
    lines = [f"  {mail.kind:<10}{mail.route:<24}{mail.subject}" for mail in result.mails]
    return "\n".join([head, *(lines or ["  no mail"])])
