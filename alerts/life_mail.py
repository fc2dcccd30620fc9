"""Mails about alerts that live on: reminders, escalations, and the weekly digest."""

from collections.abc import Sequence
from datetime import date

from alerts.chart import Chart
from alerts.context import MailContext
from alerts.document import Document, Grid, Steps
from alerts.guidance import guidance_for, rule_order, shift_guidance_for
from alerts.mail import Told, about_facts, action, how_to_act, mail_of, subject_name
from alerts.message import Mail, compose
from alerts.routing import Owner
from alerts.signals import LineSignal, Signal, SignalOfVendor, TargetSignal, VendorSignal
from alerts.target_mail import target_steps
from alerts.vendor_mail import CHARTS_SHOWN
from alerts.wording import counted, day, instant, isolated, with_days
from ecosystem.plain_text import clean

LINES_SHOWN = 20


def reminder_mail(told: Sequence[Told], owner: Owner, context: MailContext, thread: Sequence[str]) -> Mail:
    """Alerts of one vendor and KPI family that were mailed and that nobody has taken on."""
    vendor, what = _about(told), _what(told)
    document = Document(
        tone="open",
        kicker=f"{clean(told[0].signal.kpi_family, 40)} · reminder",
        title=f"{vendor}: {what} still open, and nobody has taken it on",
        summary=f"You were told of {what} of {vendor}. Nobody has acknowledged "
        f"{'it, and it is' if len(told) == 1 else 'them, and they are'} still open.",
        action=action(context),
        charts=_charts(told, context),
        tables=(_grid("What is still open", told),),
        steps=_steps(told),
        facts=_facts(told, context, owner, "You were mailed when it opened. Acknowledging it ends the reminders."),
    )
    subject = f"Reminder: {vendor}: {what} still open"
    return mail_of("reminder", told, owner, subject, document, context, thread)


def escalated_mail(told: Sequence[Told], owner: Owner, context: MailContext, thread: Sequence[str]) -> Mail:
    """Alerts of one vendor and KPI family that have reached a rung of the ladder."""
    vendor, what = _about(told), _what(told)
    document = Document(
        tone="open",
        kicker=f"{clean(told[0].signal.kpi_family, 40)} · escalated",
        title=f"{vendor}: {what} escalated to {owner.team.name}",
        summary=f"{what} of {vendor} {'was' if len(told) == 1 else 'were'} escalated to you: {clean(told[0].reason)}.",
        action=action(context),
        charts=_charts(told, context),
        tables=(_grid("What is still open", told),),
        steps=_steps(told),
        facts=_facts(told, context, owner, f"You get this because {owner.reason}."),
    )
    subject = f"Escalated: {vendor}: {what} still open"
    return mail_of("escalated", told, owner, subject, document, context, thread)


def weekly_mail(
    week: date,
    watched: Sequence[Told],
    unmailed: Sequence[Told],
    left_out: Sequence[Told],
    owner: Owner,
    context: MailContext,
) -> Mail:
    """The digest of a week for one route.

    Args:
        week: the day it was due.
        watched: new signals of severity *watch*.
        unmailed: alerts without a mail of their own, because the budget of all recipients was used up.
        left_out: alerts whose mail left some recipients out, because theirs was.
    """
    every = [*unmailed, *left_out, *watched]
    what = f"{_what(every)} {_where(every)}"
    tables = (
        _grid("Alerts beyond the mails of the week", unmailed, with_subject=True),
        _grid("Alerts that were mailed to your colleagues", left_out, with_subject=True),
        _grid("On watch: may become an alert", watched, with_subject=True),
    )
    document = Document(
        tone="digest",
        kicker="early warning · weekly digest",
        title=f"The week to {day(week)}: {what}",
        summary=f"What came up since the last digest and was not mailed to you by itself: {what}.",
        tables=tuple(table for table in tables if table.rows),
        facts=(
            ("Owner", owner.team.name),
            ("Why you", f"You get this because {owner.reason}."),
            ("Data", f"As of {instant(context.published.as_of)}, build {clean(context.published.build_id, 60)}."),
        ),
    )
    subject = f"Weekly digest: {what}"
    keys = [f"{week.isoformat()}/{owner.route}"]
    return compose("weekly", keys, owner.route, subject, document, context.published.as_of, context.domain)


def _what(told: Sequence[Told]) -> str:
    return counted(len(told), "alert")


def _grid(heading: str, told: Sequence[Told], with_subject: bool = False) -> Grid:
    shown = sorted(told, key=lambda one: (rule_order(one.signal.rule_id), one.key))[:LINES_SHOWN]
    rows = [
        (
            *((subject_name(one.signal),) if with_subject else ()),
            _matter(one.signal),
            with_days(clean(one.signal.evidence))
            + (f" (over since: {clean(one.reason)})" if with_subject and one.reason else ""),
        )
        for one in shown
    ]
    more = f", {len(shown)} of {len(told)} shown" if len(told) > len(shown) else ""
    return Grid(f"{heading}{more}", (*(("About",) if with_subject else ()), "What", "Evidence"), tuple(rows))


def _over(told: Told) -> str:
    return f" (over since: {clean(told.reason)})" if told.reason else ""


def _about(told: Sequence[Told]) -> str:
    """The vendor or the targets, as a title begins with them."""
    return isolated(", ".join(dict.fromkeys(subject_name(one.signal) for one in told)))


def _where(told: Sequence[Told]) -> str:
    """``at 3 vendors and for 1 target``."""
    vendors = len({one.signal.subject_key for one in told if isinstance(one.signal, SignalOfVendor)})
    targets = len({one.signal.subject_key for one in told if isinstance(one.signal, TargetSignal)})
    places = ((f"at {counted(vendors, 'vendor')}", vendors), (f"for {counted(targets, 'target')}", targets))
    return " and ".join(words for words, count in places if count)


def _matter(signal: Signal) -> str:
    if isinstance(signal, LineSignal):
        return f"{clean(signal.purchase_order, 20)} / {clean(signal.purchase_order_line, 10)}"
    return clean(signal.rule_id.replace("_", " "), 60)


def _steps(told: Sequence[Told]) -> tuple[Steps, ...]:
    first = min((one.signal for one in told), key=lambda one: rule_order(one.rule_id))
    if isinstance(first, TargetSignal):
        return tuple(target_steps([one.signal for one in told if isinstance(one.signal, TargetSignal)]))
    guidance = guidance_for(first.rule_id) if isinstance(first, LineSignal) else shift_guidance_for(first.rule_id)
    return (Steps("What to do next", guidance.next_steps),)


def _charts(told: Sequence[Told], context: MailContext) -> tuple[Chart, ...]:
    shifts = [one.signal for one in told if isinstance(one.signal, VendorSignal)]
    if shifts:
        return tuple(context.shift_chart(one) for one in shifts[:CHARTS_SHOWN])
    lines = [one.signal for one in told if isinstance(one.signal, LineSignal)]
    return tuple(context.on_time_chart(one.vendor_key) for one in lines[:1])


def _facts(told: Sequence[Told], context: MailContext, owner: Owner, why: str) -> tuple[tuple[str, str], ...]:
    return (
        ("Owner", owner.team.name),
        ("Why you", why),
        *how_to_act(context, told),
        *about_facts(context, [one.signal for one in told]),
    )
