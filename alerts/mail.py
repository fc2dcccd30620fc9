"""From alerts to mails: subject, text, HTML, and a Message-ID that depends on nothing but what is told."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from typing import Any

from alerts.document import Document, Grid, Line, Section, Steps, render_html, render_text
from alerts.guidance import OTHER_RULE, clear_reason, guidance_for, rule_order
from alerts.lifecycle import MAILED_SEVERITY
from alerts.routing import Owner
from alerts.signals import LineSignal, Published, Signal, VendorSignal
from alerts.wording import clean, counted, day, days, instant, isolated, money, money_by_currency, number

LINES_SHOWN = 10


@dataclass(frozen=True)
class Told:
    """One alert as a mail tells it.

    ``key`` is the fingerprint, with the number of the opening where it is not the first; ``reason`` is why it closed
    or came back.
    """

    key: str
    signal: Signal
    reason: str | None = None


@dataclass(frozen=True)
class Mail:
    """A mail before it has a sender and recipients."""

    message_id: str
    kind: str
    route: str
    subject: str
    content: bytes


def message_id(kind: str, keys: Sequence[str], domain: str) -> str:
    """The same alerts told in the same way give the same id, in every process and on every retry."""
    digest = hashlib.sha256("\n".join([kind, *sorted(keys)]).encode()).hexdigest()
    return f"<{kind}.{digest[:40]}@{domain}>"


def opened_mail(told: Sequence[Told], published: Published, owner: Owner, domain: str, thread: Sequence[str]) -> Mail:
    """New alerts of one vendor and KPI family."""
    signals = _of_lines(told)
    first = signals[0]
    vendor, worst = vendor_name(first), max(signal.days_late for signal in signals)
    lines, value = _order_lines(signals), _open_value(signals)
    verb = _verb(signals, lines)
    notes = {one.signal.signal_key: f"again: {one.reason}" for one in told if one.reason}
    rules = _by_rule(signals)
    what = counted(lines, "order line")
    document = Document(
        tone="open",
        kicker=f"{clean(first.kpi_family, 40)} · early warning",
        title=f"{isolated(vendor)}: {what} {verb}",
        summary=f"{_happened(signals)}. The worst is {days(worst)} late. Still open: {value}.",
        figures=(("Lines", f"{lines:,}"), ("Worst", f"+{days(worst)}"), ("Still open", value)),
        sections=_sections(signals, notes),
        steps=tuple(
            Steps(
                "What to do next" if len(rules) == 1 else f"What to do next: {guidance_for(rule).label}",
                guidance_for(rule).next_steps,
            )
            for rule in rules
        ),
        facts=(
            ("Owner", owner.team.name),
            ("Why you", f"You get this because {owner.reason}."),
            ("Clears", _clears(rules)),
            *vendor_facts(published, first),
        ),
    )
    subject = f"{isolated(vendor)}: {what} {verb}, worst +{days(worst)}, {value} open"
    return _mail("opened", [one.key for one in told], owner, subject, document, published.as_of, domain, thread)


def resolved_mail(told: Sequence[Told], published: Published, owner: Owner, domain: str, thread: Sequence[str]) -> Mail:
    """Alerts that were mailed and are over."""
    signals = _of_lines(told)
    vendor, what = vendor_name(signals[0]), counted(_order_lines(signals), "order line")
    reasons = Counter(clean(clear_reason(one.reason), 60) for one in told)
    why = (
        next(iter(reasons))
        if len(reasons) == 1
        else ", ".join(f"{count:,} {reason}" for reason, count in reasons.items())
    )
    new_date = (
        " A new date is no delivery yet: you are told if it slips or passes."
        if any(one.reason == "re_promised" for one in told)
        else ""
    )
    document = Document(
        tone="resolved",
        kicker=f"{clean(signals[0].kpi_family, 40)} · resolved",
        title=f"{isolated(vendor)}: {what} resolved",
        summary=f"The early warning about {what} of {isolated(vendor)} is over: {why}.{new_date}",
        sections=_sections(
            signals,
            {one.signal.signal_key: clean(clear_reason(one.reason), 60) for one in told} if len(reasons) > 1 else {},
            heading="What was told and is over",
            is_over=True,
        ),
        facts=(
            ("Owner", owner.team.name),
            ("Why you", "You were mailed when it opened."),
            *vendor_facts(published, signals[0]),
        ),
    )
    subject = f"Resolved: {isolated(vendor)}: {what} {why}"
    return _mail("resolved", [one.key for one in told], owner, subject, document, published.as_of, domain, thread)


def withdrawn_mail(
    told: Sequence[Told], published: Published, owner: Owner, domain: str, thread: Sequence[str]
) -> Mail:
    """Alerts that were mailed and turned out wrong, because the data behind them were corrected."""
    signals = _of_lines(told)
    vendor, what = vendor_name(signals[0]), counted(_order_lines(signals), "order line")
    notes = {one.signal.signal_key: f"withdrawn: restated, because {one.reason}" for one in told}
    document = Document(
        tone="withdrawn",
        kicker=f"{clean(signals[0].kpi_family, 40)} · correction",
        title=f"{isolated(vendor)}: alert withdrawn for {what}",
        summary=f"We told you about {what} of {isolated(vendor)}. "
        "The data behind it were corrected since, so please disregard it.",
        sections=_sections(signals, notes, heading="What was told and no longer holds"),
        facts=(
            ("Owner", owner.team.name),
            ("Why you", "You were mailed when it opened."),
            *vendor_facts(published, signals[0]),
        ),
    )
    return _mail(
        "withdrawn",
        [one.key for one in told],
        owner,
        f"Withdrawn: {isolated(vendor)}: {what} restated",
        document,
        published.as_of,
        domain,
        thread,
    )


def digest_mail(told: Sequence[Told], published: Published, owner: Owner, domain: str) -> Mail:
    """The one mail of a first load: what was already open when the early warning began."""
    signals, lines = [one.signal for one in told], _of_lines(told)
    shifts = [signal for signal in signals if isinstance(signal, VendorSignal)]
    counts = Counter((signal.category, signal.severity) for signal in signals)
    severities = sorted({signal.severity for signal in signals}, key=lambda one: (one != MAILED_SEVERITY, one))
    categories = sorted({signal.category for signal in signals}, key=lambda one: (-counts[one, MAILED_SEVERITY], one))
    by_vendor = Counter(signal.vendor_key for signal in signals)
    names = {signal.vendor_key: vendor_name(signal) for signal in signals}
    vendors = counted(len(by_vendor), "vendor")
    what = f"{counted(_order_lines(lines), 'order line')} at {vendors}" if lines else vendors
    worst = (("Worst", f"+{days(max(line.days_late for line in lines))}"),) if lines else ()
    value = f", with {_open_value(lines)} still open" if lines else ""
    document = Document(
        tone="digest",
        kicker="early warning · first load",
        title=f"Early warning has started: {what} need a look",
        summary=(
            f"The first load found {what} that already slip or are overdue{value}. "
            "They were opened silently, without a mail for each; from now on you are mailed only what is new."
        ),
        figures=(("Lines", f"{_order_lines(lines):,}"), ("Vendors", f"{len(by_vendor):,}"), *worst),
        tables=(
            Grid(
                "By vendor category",
                ("Category", *(clean(severity, 20).capitalize() for severity in severities)),
                tuple(
                    (clean(category, 60), *(f"{counts[category, severity]:,}" for severity in severities))
                    for category in categories
                ),
                numeric=True,
            ),
            Grid(
                "Vendors with the most",
                ("Vendor", "Signals"),
                tuple(
                    (names[key], f"{count:,}")
                    for key, count in sorted(by_vendor.items(), key=lambda item: (-item[1], item[0]))[:5]
                ),
                numeric=True,
            ),
            *_shifted(shifts),
        ),
        sections=_sections(lines, {}, heading="The worst lines", with_vendor=True) if lines else (),
        steps=(
            Steps(
                "What to do next",
                (
                    "Read it as a picture of the start, not as a list to work off: much of it may be known to you.",
                    "Take the worst lines and the vendors named above into your next talks with them.",
                    "Old open lines that nobody expects any more: close them in the ERP, and they clear here by "
                    "themselves.",
                ),
            ),
        ),
        facts=(
            ("Owner", owner.team.name),
            ("Why you", "You get this because the digest of a first load goes to the default team."),
            ("Data", f"As of {instant(published.as_of)}, build {published.build_id}."),
        ),
    )
    subject = f"Early warning has started: {what}" + "".join(f", worst {days_late}" for _, days_late in worst)
    return _mail("digest", [one.key for one in told], owner, subject, document, published.as_of, domain, ())


def _shifted(shifts: Sequence[VendorSignal]) -> tuple[Grid, ...]:
    if not shifts:
        return ()
    worst = sorted(shifts, key=lambda one: (-one.statistic / one.threshold, one.signal_key))[:LINES_SHOWN]
    rows = tuple((vendor_name(one), clean(one.evidence)) for one in worst)
    return (Grid("Vendors whose behaviour has shifted", ("Vendor", "What"), rows),)


def compose(
    kind: str,
    keys: Sequence[str],
    route: str,
    subject: str,
    document: Document,
    as_of: datetime,
    domain: str,
    thread: Sequence[str] = (),
) -> Mail:
    """Lay a document out as a multipart mail. The same input gives the same bytes."""
    identity = message_id(kind, keys, domain)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = clean_subject(subject)
    message["Date"] = format_datetime(as_of.replace(microsecond=0))
    message["Message-ID"] = identity
    if thread:
        message["In-Reply-To"] = thread[-1]
        # Readers need the thread's start and its end; a line that names hundreds is refused by some servers.
        message["References"] = " ".join(dict.fromkeys([thread[0], *thread[-9:]]))
    message["Auto-Submitted"] = "auto-generated"
    message["X-Alert-Kind"] = kind
    message["X-Alert-Route"] = route
    message.set_content(render_text(document), cte="quoted-printable")
    message.add_alternative(render_html(document), subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_{hashlib.sha256(identity.encode()).hexdigest()[:40]}")
    return Mail(identity, kind, route, str(message["Subject"]), message.as_bytes(policy=_header_policy(message)))


def _header_policy(message: EmailMessage) -> "EmailPolicy[Any]":
    """Plain subjects stay on one line: folded at 78 columns they reach some readers with a stray leading blank.

    Encoded ones are folded, because an encoded word may have 75 characters only.
    """
    return SMTP.clone(max_line_length=998) if str(message["Subject"]).isascii() else SMTP


def clean_subject(subject: str) -> str:
    """One line of at most 200 characters. Isolates put there on purpose stay; what names brought along was removed
    before.
    """
    line = " ".join(subject.split())
    return line if len(line) <= 200 else line[:199] + "…"


def _mail(
    kind: str,
    keys: Sequence[str],
    owner: Owner,
    subject: str,
    document: Document,
    as_of: datetime,
    domain: str,
    thread: Sequence[str],
) -> Mail:
    return compose(kind, keys, owner.route, subject, document, as_of, domain, thread)


def _of_lines(told: Sequence[Told]) -> list[LineSignal]:
    return [one.signal for one in told if isinstance(one.signal, LineSignal)]


def vendor_name(signal: Signal) -> str:
    """A vendor without a visible name is called by its key."""
    return clean(signal.vendor_name, 80) or clean(signal.vendor_key, 80)


def _order_lines(signals: Sequence[LineSignal]) -> int:
    return len({(signal.vendor_key, signal.purchase_order, signal.purchase_order_line) for signal in signals})


def _open_value(signals: Sequence[LineSignal]) -> str:
    """The open value of the lines, each counted once however many rules it broke."""
    by_line = {(signal.vendor_key, signal.order_line): (signal.open_value, signal.currency) for signal in signals}
    return money_by_currency(by_line.values())


def _verb(signals: Sequence[LineSignal], lines: int) -> str:
    words = [guidance_for(rule).verb_one if lines == 1 else guidance_for(rule).verb_many for rule in _by_rule(signals)]
    return " or ".join(words) if lines > 1 else " and ".join(words)


def _by_rule(signals: Sequence[LineSignal]) -> list[str]:
    return sorted({signal.rule_id for signal in signals}, key=rule_order)


def _happened(signals: Sequence[LineSignal]) -> str:
    """What happened, in one sentence: ``3 order lines are now promised later than before; 1 order line has ...``."""
    clauses = []
    for rule in _by_rule(signals):
        lines = _order_lines([signal for signal in signals if signal.rule_id == rule])
        guidance = guidance_for(rule)
        clauses.append(f"{counted(lines, 'order line')} {guidance.clause_one if lines == 1 else guidance.clause_many}")
    return "; ".join(clauses)


def _clears(rules: Sequence[str]) -> str:
    if len(rules) == 1:
        return f"By itself, {guidance_for(rules[0]).clears}. You are told in this thread."
    texts = "; ".join(f"{guidance_for(rule).label} {guidance_for(rule).clears}" for rule in rules)
    return f"By itself: {texts}. You are told in this thread."


def _worst_first(signals: Sequence[LineSignal]) -> list[LineSignal]:
    return sorted(signals, key=lambda one: (-one.days_late, -(one.open_value or 0), one.order_line, one.signal_key))


def _sections(
    signals: Sequence[LineSignal],
    notes: dict[str, str],
    heading: str = "",
    with_vendor: bool = False,
    is_over: bool = False,
) -> tuple[Section, ...]:
    """The worst lines; by rule, unless one heading covers all. What is over has nothing open that is worth showing."""
    shown = _worst_first(signals)[:LINES_SHOWN]
    left = _worst_first(signals)[LINES_SHOWN:]
    value = "" if is_over else f" ({_open_value(left)})"
    more = f"and {counted(len(left), 'more line')}{value}, in the mart early_warning." if left else ""
    lines = [(one.rule_id, _line(one, notes, with_vendor, is_over)) for one in shown]
    if heading:
        figures = "Late" if is_over else Section.figures_heading
        return (Section(heading, "", tuple(line for _, line in lines), more, figures),)
    rules = _by_rule(shown)
    return tuple(
        Section(
            guidance_for(rule).heading,
            guidance_for(rule).meaning,
            tuple(line for rule_id, line in lines if rule_id == rule),
            more if rule == rules[-1] else "",
        )
        for rule in rules
    )


def _line(signal: LineSignal, notes: dict[str, str], with_vendor: bool, is_over: bool) -> Line:
    moved = signal.previous_promise_date and signal.previous_promise_date != signal.latest_promise_date
    delivery = clean(signal.schedule_line, 10).lstrip("0")
    material = " · ".join(part for part in (clean(signal.material_text, 60), clean(signal.material, 40)) if part)
    return Line(
        vendor=vendor_name(signal) if with_vendor else "",
        order=f"{clean(signal.purchase_order, 20)} / {clean(signal.purchase_order_line, 10)}"
        + (f" / delivery {delivery}" if delivery not in ("", "1") else ""),
        material=material,
        first_promise=day(signal.first_promise_date),
        moved_from=day(signal.previous_promise_date) if moved else "",
        due=day(signal.latest_promise_date),
        late=f"+{days(signal.days_late)}",
        value="" if is_over else money(signal.open_value, signal.currency),
        quantity="" if is_over else f"{number(signal.open_quantity)} {clean(signal.quantity_unit, 10)}".strip(),
        note=notes.get(signal.signal_key, clean(signal.evidence) if guidance_for(signal.rule_id) is OTHER_RULE else ""),
    )


def vendor_facts(published: Published, signal: Signal) -> tuple[tuple[str, str], ...]:
    """Who the vendor is, and which build the mail was made from."""
    number_at_erp = clean(signal.vendor_key, 100).partition(":")[2] or clean(signal.vendor_key, 100)
    kind = "strategic vendor" if signal.is_strategic else "vendor"
    return (
        (
            "Vendor",
            f"{isolated(vendor_name(signal))}, {kind} {number_at_erp}, category {clean(signal.category, 60)}.",
        ),
        ("Data", f"As of {instant(published.as_of)}, build {clean(published.build_id, 60)}."),
    )
