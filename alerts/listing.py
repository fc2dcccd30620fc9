"""Alerts as the terminal shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from alerts import ledger
from alerts.actions import find
from alerts.facts import signal_from
from alerts.muting import Silence
from alerts.routing import owner_of
from alerts.signals import Signal, SignalOfVendor, TargetSignal, VendorSignal
from alerts.target_mail import expected, missing, stands
from alerts.timers import answer_due_at
from alerts.wording import day
from config.alert_routes import AlertRoutes
from ecosystem.clock import iso
from ecosystem.plain_text import clean

NAME_SHOWN = 10
Row = Mapping[str, Any] | RowMapping


@dataclass(frozen=True)
class Wanted:
    """Which alerts are listed; None and False narrow nothing but to what is open."""

    is_closed_too: bool = False
    state: str | None = None
    severity: str | None = None
    subject_key: str | None = None
    kpi_family: str | None = None


def listed(connection: Connection, wanted: Wanted, limit: int) -> tuple[Sequence[RowMapping], int]:
    """The newest of the wanted alerts, without their facts, and how many there are."""
    columns = ledger.alert.c
    chosen = select(*[column for column in columns if column.name != "facts"])
    narrowed = {
        columns.state: wanted.state,
        columns.severity: wanted.severity,
        columns.subject_key: wanted.subject_key,
        columns.kpi_family: wanted.kpi_family,
    }
    for column, value in narrowed.items():
        if value is not None:
            chosen = chosen.where(column == value)
    if not wanted.is_closed_too and wanted.state is None:
        chosen = chosen.where(columns.state.not_in(ledger.CLOSED_STATES))
    rows = connection.execute(chosen.order_by(columns.opened_at.desc(), columns.fingerprint)).mappings().all()
    return rows[:limit], len(rows)


def list_rendered(rows: Sequence[RowMapping], count: int) -> str:
    """One line for each alert."""
    if not rows:
        return "no alert"
    head = f"{'alert':<12}{'state':<14}{'severity':<10}{'opened':<22}{'vendor or subject':<32}{'rule':<24}told"
    lines = [
        f"{_name(row):<12}{row['state']:<14}{row['severity']:<10}{iso(row['opened_at'])[:19] + 'Z':<22}"
        f"{clean(row['subject_key'], 30):<32}{clean(row['rule_id'], 22):<24}{_told(row)}"
        for row in rows
    ]
    more = [f"{count - len(rows):,} more: narrow the list, or give --limit"] if count > len(rows) else []
    return "\n".join([head, *lines, *more])


def shown(connection: Connection, name: str, routes: AlertRoutes, clock: datetime) -> str:
    """One alert with its history.

    Raises:
        UsageError: the name fits no alert or several.
    """
    row = find(connection, name)
    fields = {"alert": row["fingerprint"], "state": _state(row)}
    if row["stream"] == ledger.SIGNAL_STREAM:
        fields |= _of_signal(signal_from(row["facts"]))
    else:
        fields |= {"about": f"{row['rule_id'].replace('_', ' ')}: {clean(row['subject_key'], 200)}"}
    fields |= {
        "told": _told(row) + (f", to {owner_of(row['route'], routes).team.name}" if row["route"] else ""),
        "answer": _answer(row, routes, clock),
        "verdict": f"{row['verdict']}, cause: {row['reason_code']}" if row["verdict"] else "",
    }
    lines = [f"{label:<12}{text}" for label, text in fields.items() if text]
    return "\n".join([*lines, "", *_history(connection, row)])


def silences_rendered(silences: Sequence[Silence]) -> str:
    """One line for each silence that holds."""
    if not silences:
        return "nothing is silenced"
    return "\n".join(
        f"{one.number:<5} until {iso(one.expires_at)}  {_conditions(one)}  by {clean(one.author)}: {clean(one.reason)}"
        for one in silences
    )


def _name(row: Row) -> str:
    is_hash = row["stream"] == ledger.SIGNAL_STREAM
    return str(row["fingerprint"][:NAME_SHOWN]) if is_hash else clean(row["fingerprint"], 200)


def _told(row: Row) -> str:
    if row["muted_by"]:
        return f"muted by {clean(row['muted_by'], 100)}"
    words = {"not": "not yet", "queued": "in the next digest", "digest": "in a digest", "mail": "by mail"}
    return words[row["announced"]]


def _state(row: Mapping[str, Any]) -> str:
    since = row["closed_at"] or (row["acknowledged_at"] if row["state"] == "acknowledged" else None) or row["opened_at"]
    held = "; held while its signal lasts" if row["is_held"] else ""
    again = f", opening number {row['cycle']}" if row["cycle"] > 1 else ""
    return f"{row['state']} since {iso(since)}, {row['severity']}{again}{held}"


def _of_signal(signal: Signal) -> dict[str, str]:
    about = {}
    if isinstance(signal, TargetSignal):
        about = _of_target(signal)
    elif isinstance(signal, SignalOfVendor):
        about = _of_vendor(signal)
    return about | {
        "rule": f"{clean(signal.rule_id)}, {clean(signal.kpi_family)}",
        "evidence": clean(signal.evidence, 500),
    }


def _of_target(signal: TargetSignal) -> dict[str, str]:
    return {
        "target": f"{clean(signal.metric_name)} ({clean(signal.metric_id)}), quarter to {day(signal.quarter_end_date)}",
        "stands": f"{stands(signal)}; expected at the end {expected(signal)}, missing {missing(signal)}",
        "target of": clean(signal.owner),
    }


def _of_vendor(signal: SignalOfVendor) -> dict[str, str]:
    strategic = ", strategic" if signal.is_strategic else ""
    about = (
        "the vendor as a whole"
        if isinstance(signal, VendorSignal)
        else "order line " + " / ".join(clean(part, 20) for part in signal.order_line if part)
    )
    return {
        "vendor": f"{clean(signal.vendor_name)} ({clean(signal.vendor_key)}), {clean(signal.category)}{strategic}",
        "about": about,
    }


def _answer(row: Mapping[str, Any], routes: AlertRoutes, clock: datetime) -> str:
    """The clock of KPI families that must be answered: elapsed hours, around the clock."""
    due = answer_due_at(row["kpi_family"], row["opened_at"], routes)
    if due is None:
        return ""
    ended = row["acknowledged_at"] or row["closed_at"]
    took = (ended or clock) - row["opened_at"]
    allowed = (due - row["opened_at"]) / timedelta(hours=1)
    word = "in time" if took <= due - row["opened_at"] else "too late"
    hours = f"{took / timedelta(hours=1):.1f} of {allowed:g} hours"
    if ended is None:
        return f"none yet after {hours}" + ("" if word == "in time" else ": overdue")
    return f"{word}, after {hours}"


def _history(connection: Connection, row: Mapping[str, Any]) -> list[str]:
    events, mails = ledger.alert_event.c, ledger.outbox.c
    chosen = (
        select(ledger.alert_event, mails.kind, mails.state.label("mail_state"))
        .outerjoin(ledger.outbox, mails.id == events.outbox_id)
        .where(events.alert_id == row["id"])
        .order_by(events.sequence)
    )
    lines = []
    for event in connection.execute(chosen).mappings():
        verdict = f"verdict {event['verdict']}, cause {event['reason_code']}" if event["verdict"] else ""
        mail = f"[{event['kind']} mail {event['mail_state']}]" if event["kind"] else ""
        words = [word for word in (clean(event["reason"], 300), verdict, mail) if word]
        lines.append(f"{iso(event['at']):<30}{event['change']:<14}{clean(event['actor'], 30):<20}{' '.join(words)}")
    return lines


def _conditions(silence: Silence) -> str:
    return ", ".join(f"{field} {' or '.join(sorted(values))}" for field, values in sorted(silence.conditions.items()))
