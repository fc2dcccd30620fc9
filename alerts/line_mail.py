"""Mails about order lines: what slips or is overdue, since when, how sure, what to do, and that it is over."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from alerts.context import MailContext
from alerts.document import Document, Line, Section, Steps
from alerts.guidance import OTHER_RULE, clear_reason, guidance_for, rule_order
from alerts.mail import (
    LINES_SHOWN,
    WHY_CLOSED,
    Told,
    action,
    how_to_act,
    judged_so_far,
    mail_of,
    measured_quality,
    vendor_facts,
    vendor_name,
)
from alerts.message import Attachment, Mail
from alerts.routing import Owner
from alerts.sheet import LINE_COLUMNS, csv_file, line_rows
from alerts.signals import LineSignal
from alerts.wording import counted, day, days, interval, isolated, measure, money, money_by_currency, number
from ecosystem.plain_text import clean

EVIDENCE_SHOWN = 400


def opened_mail(told: Sequence[Told], owner: Owner, context: MailContext, thread: Sequence[str]) -> Mail:
    """New alerts of one vendor and KPI family."""
    signals = worst_first(of_lines(told))
    worst = _worst(signals)
    subject = f"{_title(signals)}{f', worst +{worst}' if worst else ''}, {open_value(signals)} open"
    document = opened_document(told, owner, context)
    return mail_of("opened", told, owner, subject, document, context, thread, [attached_lines(signals, context)])


def opened_document(
    told: Sequence[Told], owner: Owner, context: MailContext, lines_shown: int = LINES_SHOWN
) -> Document:
    """What a mail, or the page, says about alerts of one vendor and KPI family."""
    signals = worst_first(of_lines(told))
    first, value, worst, rules = signals[0], open_value(signals), _worst(signals), _by_rule(signals)
    notes = {one.signal.signal_key: f"again: {one.reason}" for one in told if one.reason}
    since = day(min(one.started_at for one in signals).date())
    return Document(
        tone="open",
        kicker=f"{clean(first.kpi_family, 40)} · early warning",
        title=_title(signals),
        summary=f"{_happened(signals)}. {f'The worst is {worst} late. ' if worst else ''}Still open: {value}. "
        f"First seen on {since}.",
        figures=(
            ("Lines", f"{order_lines(signals):,}"),
            *((("Worst", f"+{worst}"),) if worst else ()),
            ("Still open", value),
        ),
        action=action(context),
        certainty=_certainty(context, signals, rules),
        charts=(context.on_time_chart(first.vendor_key),),
        sections=sections(signals, notes, lines_shown=lines_shown),
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
            *how_to_act(context, told),
            *vendor_facts(context, first),
        ),
    )


def attached_lines(signals: Sequence[LineSignal], context: MailContext) -> Attachment:
    """All lines of a mail as a file, the worst first."""
    name = f"{signals[0].kpi_family} {signals[0].vendor_key.partition(':')[2]} {context.published.as_of:%Y-%m-%d}"
    return csv_file(name, LINE_COLUMNS, line_rows(signals))


def resolved_mail(told: Sequence[Told], owner: Owner, context: MailContext, thread: Sequence[str]) -> Mail:
    """Alerts that were mailed and are over."""
    signals = of_lines(told)
    vendor, what = vendor_name(signals[0]), counted(order_lines(signals), "order line")
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
        sections=sections(
            signals,
            {one.signal.signal_key: clean(clear_reason(one.reason), 60) for one in told} if len(reasons) > 1 else {},
            heading="What was told and is over",
            is_over=True,
        ),
        facts=(
            ("Owner", owner.team.name),
            ("Why you", WHY_CLOSED),
            *vendor_facts(context, signals[0]),
        ),
    )
    subject = f"Resolved: {isolated(vendor)}: {what} {why}"
    return mail_of("resolved", told, owner, subject, document, context, thread)


def withdrawn_mail(told: Sequence[Told], owner: Owner, context: MailContext, thread: Sequence[str]) -> Mail:
    """Alerts that were mailed and turned out wrong, because the data behind them were corrected."""
    signals = of_lines(told)
    vendor, what = vendor_name(signals[0]), counted(order_lines(signals), "order line")
    notes = {one.signal.signal_key: f"withdrawn: restated, because {one.reason}" for one in told}
    document = Document(
        tone="withdrawn",
        kicker=f"{clean(signals[0].kpi_family, 40)} · correction",
        title=f"{isolated(vendor)}: alert withdrawn for {what}",
        summary=f"We told you about {what} of {isolated(vendor)}. "
        "The data behind it were corrected since, so please disregard it.",
        sections=sections(signals, notes, heading="What was told and no longer holds"),
        facts=(
            ("Owner", owner.team.name),
            ("Why you", WHY_CLOSED),
            *vendor_facts(context, signals[0]),
        ),
    )
    subject = f"Withdrawn: {isolated(vendor)}: {what} restated"
    return mail_of("withdrawn", told, owner, subject, document, context, thread)


def of_lines(told: Sequence[Told]) -> list[LineSignal]:
    """Those of the alerts that are about order lines."""
    return [one.signal for one in told if isinstance(one.signal, LineSignal)]


def order_lines(signals: Sequence[LineSignal]) -> int:
    """How many order lines the signals are about; a line that breaks two rules is one."""
    return len({(signal.vendor_key, signal.purchase_order, signal.purchase_order_line) for signal in signals})


def open_value(signals: Sequence[LineSignal]) -> str:
    """The open value of the lines, each counted once however many rules it broke."""
    by_line = {(signal.vendor_key, signal.order_line): (signal.open_value, signal.currency) for signal in signals}
    return money_by_currency(by_line.values())


def _title(signals: Sequence[LineSignal]) -> str:
    return f"{isolated(vendor_name(signals[0]))}: {counted(order_lines(signals), 'order line')} {_verb(signals)}"


def _worst(signals: Sequence[LineSignal]) -> str:
    """Of the latest line, ``21 days``; empty where no line is late yet."""
    worst = max(signal.days_late for signal in signals)
    return days(worst) if worst > 0 else ""


def _certainty(context: MailContext, signals: Sequence[LineSignal], rules: Sequence[str]) -> tuple[str, ...]:
    """How sure each rule is, what was measured of it, and how punctual the vendor is otherwise."""
    sentences = []
    for rule in rules:
        guidance = guidance_for(rule)
        sentences.append(
            f"{guidance.label.capitalize()}: {guidance.certainty}" if len(rules) > 1 else guidance.certainty
        )
        if guidance.is_estimate or rule in context.quality:
            sentences.append(measured_quality(context, rule))
        sentences += judged_so_far(context, rule)
    known = [one for one in context.on_time.get(signals[0].vendor_key, ()) if one.observed is not None]
    if known:
        last = known[-1]
        between = interval(last.low, last.high, "share")
        sentences.append(
            f"Of all lines of the vendor first promised for {last.month_date:%B %Y}, "
            f"{measure(last.observed, 'share')} of {last.n:,} were on time"
            + (f" (95 % interval {between})." if between else ".")
        )
    return tuple(sentences)


def _verb(signals: Sequence[LineSignal]) -> str:
    lines = order_lines(signals)
    words = [guidance_for(rule).verb_one if lines == 1 else guidance_for(rule).verb_many for rule in _by_rule(signals)]
    return " or ".join(words) if lines > 1 else " and ".join(words)


def _by_rule(signals: Sequence[LineSignal]) -> list[str]:
    return sorted({signal.rule_id for signal in signals}, key=rule_order)


def _happened(signals: Sequence[LineSignal]) -> str:
    """What happened, in one sentence: ``3 order lines are now promised later than before; 1 order line has ...``."""
    clauses = []
    for rule in _by_rule(signals):
        lines = order_lines([signal for signal in signals if signal.rule_id == rule])
        guidance = guidance_for(rule)
        clauses.append(f"{counted(lines, 'order line')} {guidance.clause_one if lines == 1 else guidance.clause_many}")
    return "; ".join(clauses)


def _clears(rules: Sequence[str]) -> str:
    if len(rules) == 1:
        return f"By itself, {guidance_for(rules[0]).clears}. You are told in this thread."
    texts = "; ".join(f"{guidance_for(rule).label} {guidance_for(rule).clears}" for rule in rules)
    return f"By itself: {texts}. You are told in this thread."


def worst_first(signals: Sequence[LineSignal]) -> list[LineSignal]:
    """The latest lines first, of these the dearest."""
    return sorted(signals, key=lambda one: (-one.days_late, -(one.open_value or 0), one.order_line, one.signal_key))


def sections(
    signals: Sequence[LineSignal],
    notes: Mapping[str, str],
    heading: str = "",
    with_vendor: bool = False,
    is_over: bool = False,
    lines_shown: int = LINES_SHOWN,
) -> tuple[Section, ...]:
    """The worst lines; by rule, unless one heading covers all. What is over has nothing open that is worth showing."""
    shown = worst_first(signals)[:lines_shown]
    left = worst_first(signals)[lines_shown:]
    value = "" if is_over else f" ({open_value(left)})"
    more = f"and {counted(len(left), 'more line')}{value}, in the attached file." if left else ""
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


def plain_line(signal: LineSignal) -> Line:
    """An order line without its value, and without a word on why it is told."""
    return replace(_line(signal, {}, with_vendor=False, is_over=False), value="", note="")


def _line(signal: LineSignal, notes: Mapping[str, str], with_vendor: bool, is_over: bool) -> Line:
    moved = signal.previous_promise_date and signal.previous_promise_date != signal.latest_promise_date
    delivery = clean(signal.schedule_line, 10).lstrip("0")
    guidance = guidance_for(signal.rule_id)
    # an estimate is worth what it rests on, and a rule without words of its own has only its evidence
    explained = clean(signal.evidence, EVIDENCE_SHOWN) if guidance.is_estimate or guidance is OTHER_RULE else ""
    material = " · ".join(part for part in (clean(signal.material_text, 60), clean(signal.material, 40)) if part)
    return Line(
        vendor=vendor_name(signal) if with_vendor else "",
        order=f"{clean(signal.purchase_order, 20)} / {clean(signal.purchase_order_line, 10)}"
        + (f" / delivery {delivery}" if delivery not in ("", "1") else ""),
        material=material,
        first_promise=day(signal.first_promise_date),
        moved_from=day(signal.previous_promise_date) if moved else "",
        due=day(signal.latest_promise_date),
        late=f"+{days(signal.days_late)}" if signal.days_late > 0 else "not late yet",
        value="" if is_over else money(signal.open_value, signal.currency),
        quantity="" if is_over else f"{number(signal.open_quantity)} {clean(signal.quantity_unit, 10)}".strip(),
        note=notes.get(signal.signal_key, explained),
    )
