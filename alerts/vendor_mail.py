"""Mails about a shift in a vendor's behaviour: what has changed since when, how sure, the documents behind it, what to
do.
"""

from collections.abc import Sequence
from dataclasses import replace

from alerts.context import MailContext
from alerts.document import Document, Grid, Steps
from alerts.guidance import ShiftGuidance, clear_reason, rule_order, shift_guidance_for
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
from alerts.sheet import DOCUMENT_COLUMNS, csv_file, document_rows
from alerts.signals import Evidence, VendorSignal
from alerts.wording import counted, day, interval, isolated, measure, money, ordinal, plural, with_days
from ecosystem.plain_text import clean

CHARTS_SHOWN = 3
# Below this many events a share is shown with a word of caution.
FEW = 5
KIND_NAMES = {
    "purchase_order": "order",
    "orders_of_month": "orders of",
    "inspection_lot": "lot",
    "quality_notification": "complaint",
    "ticket": "ticket",
    "invoice": "invoice",
    "survey": "survey",
}


def opened_mail(told: Sequence[Told], owner: Owner, context: MailContext, thread: Sequence[str]) -> Mail:
    """New vendor-level alerts of one vendor and KPI family."""
    shifts = shifts_of(told)
    document = opened_document(told, owner, context)
    return mail_of("opened", told, owner, subject_of(shifts[0]), document, context, thread, _attached(shifts, context))


def opened_document(
    told: Sequence[Told], owner: Owner, context: MailContext, documents_shown: int = LINES_SHOWN
) -> Document:
    """What a mail, or the page, says about vendor-level alerts of one vendor and KPI family."""
    shifts = shifts_of(told)
    first = shifts[0]
    again = " ".join(f"It is back: {clean(one.reason)}." for one in told if one.reason)
    return Document(
        tone="open",
        kicker=f"{clean(first.kpi_family, 40)} · early warning",
        title=f"{isolated(vendor_name(first))}: {headline(first)}",
        summary=" ".join([*(_sentence(one) for one in shifts), again]).strip(),
        figures=figures(first),
        action=action(context),
        certainty=_certainty(context, shifts),
        charts=tuple(context.shift_chart(one) for one in shifts[:CHARTS_SHOWN]),
        steps=tuple(
            Steps(
                "What to do next" if len(shifts) == 1 else f"What to do next: {_guidance(one).measure}",
                _guidance(one).next_steps,
            )
            for one in shifts
        ),
        evidence=tuple(grid for one in shifts for grid in evidence_grids(one, context, documents_shown)),
        facts=(
            ("Owner", owner.team.name),
            ("Why you", f"You get this because {owner.reason}."),
            (
                "Clears",
                f"By itself, {'; '.join(_guidance(one).clears for one in shifts)}. You are told in this thread.",
            ),
            *how_to_act(context, told),
            *vendor_facts(context, first),
        ),
    )


def again_mail(told: Sequence[Told], owner: Owner, context: MailContext, thread: Sequence[str]) -> Mail:
    """Further alarms of episodes that were told; ``reason`` of an alert says since when somebody has taken it on."""
    shifts = shifts_of(told)
    first = shifts[0]
    opened = opened_document([replace(one, reason=None) for one in told], owner, context)
    taken_on = dict.fromkeys(one.reason for one in told if one.reason)
    document = replace(
        opened,
        kicker=f"{clean(first.kpi_family, 40)} · again",
        title=f"Again: {opened.title}, {_alarm(first)}",
        summary=" ".join([*(_goes_on(one) for one in shifts), opened.summary]),
        facts=(*opened.facts[:2], *(("Taken on", f"{one}.") for one in taken_on), *opened.facts[2:]),
    )
    return mail_of("again", told, owner, document.title, document, context, thread, _attached(shifts, context))


def resolved_mail(told: Sequence[Told], owner: Owner, context: MailContext, thread: Sequence[str]) -> Mail:
    """Vendor-level alerts that were mailed and are over."""
    shifts = shifts_of(told)
    first = shifts[0]
    vendor, family = isolated(vendor_name(first)), clean(first.kpi_family, 40)
    reasons = ", ".join(sorted({clean(clear_reason(one.reason), 60) for one in told}))
    measures = " and ".join(_guidance(one).measure for one in shifts)
    document = Document(
        tone="resolved",
        kicker=f"{family} · resolved",
        title=f"{vendor}: {measures} {reasons}",
        summary=f"The early warning about {measures} of {vendor} is over: {reasons}. Nothing is left to do.",
        charts=tuple(context.shift_chart(one) for one in shifts[:CHARTS_SHOWN]),
        tables=(_told_grid("What was told and is over", shifts),),
        facts=(("Owner", owner.team.name), ("Why you", WHY_CLOSED), *vendor_facts(context, first)),
    )
    subject = f"Resolved: {vendor}: {measures} {reasons}"
    return mail_of("resolved", told, owner, subject, document, context, thread)


def withdrawn_mail(told: Sequence[Told], owner: Owner, context: MailContext, thread: Sequence[str]) -> Mail:
    """Vendor-level alerts that were mailed and turned out wrong, because the data behind them were corrected."""
    shifts = shifts_of(told)
    first = shifts[0]
    vendor, family = isolated(vendor_name(first)), clean(first.kpi_family, 40)
    measures = " and ".join(_guidance(one).measure for one in shifts)
    reasons = "; ".join(sorted({clean(one.reason) for one in told if one.reason}))
    document = Document(
        tone="withdrawn",
        kicker=f"{family} · correction",
        title=f"{vendor}: alert about {measures} withdrawn",
        summary=f"We told you about {measures} of {vendor}. "
        f"The data behind it were corrected since, so please disregard it: {reasons}.",
        tables=(_told_grid("What was told and no longer holds", shifts),),
        facts=(("Owner", owner.team.name), ("Why you", WHY_CLOSED), *vendor_facts(context, first)),
    )
    subject = f"Withdrawn: {vendor}: {measures} restated"
    return mail_of("withdrawn", told, owner, subject, document, context, thread)


def shifts_of(told: Sequence[Told]) -> list[VendorSignal]:
    """Those of the alerts that are about the vendor, in the order of the rules."""
    shifts = [one.signal for one in told if isinstance(one.signal, VendorSignal)]
    return sorted(shifts, key=lambda one: (rule_order(one.rule_id), one.signal_key))


def headline(shift: VendorSignal) -> str:
    """``late deliveries 38 %, expected 6 %``."""
    expected = "none due yet" if shift.observed is None else f"expected {measure(shift.expected, shift.unit)}"
    return f"{observed(shift)}, {expected}"


def observed(shift: VendorSignal) -> str:
    """``late deliveries 38 %``; where nothing could be judged yet ``7 of 12 open deliveries announced later``."""
    if shift.observed is not None:
        return f"{_guidance(shift).measure} {measure(shift.observed, shift.unit)}"
    return f"{_announced(shift)} announced later"


def subject_of(shift: VendorSignal) -> str:
    """Vendor, what, how much, of how many."""
    counted_over = f" ({counted(shift.observed_of, _guidance(shift).noun)})" if shift.observed is not None else ""
    return f"{isolated(vendor_name(shift))}: {headline(shift)}{counted_over}"


def figures(shift: VendorSignal) -> tuple[tuple[str, str], ...]:
    """The three numbers to see first."""
    guidance = _guidance(shift)
    return (
        (
            (f"{guidance.measure[:1].upper()}{guidance.measure[1:]}", measure(shift.observed, shift.unit))
            if shift.observed is not None
            else ("Announced later", _announced(shift))
        ),
        ("Usually late" if shift.observed is None else "Expected", measure(shift.expected, shift.unit)),
        ("Likely since", day(shift.likely_since_date)),
    )


def evidence_grids(shift: VendorSignal, context: MailContext, documents_shown: int = LINES_SHOWN) -> tuple[Grid, ...]:
    """The most telling documents behind a signal; none where the publication has none."""
    documents = context.documents.get(shift.signal_key, ())
    if not documents:
        return ()
    shown, left = documents[:documents_shown], len(documents) - documents_shown
    kinds = {one.document_kind for one in documents}
    column = kind_name(next(iter(kinds))).capitalize() if len(kinds) == 1 else "Document"
    return (
        Grid(
            f"What it rests on: {_guidance(shift).measure}",
            (column, "Date", "What"),
            tuple((document_name(one, with_kind=len(kinds) > 1), day(one.event_date), _finding(one)) for one in shown),
            widths=(36, 25, 39),
            more=f"and {counted(left, 'more document')}, in the attached file." if left > 0 else "",
        ),
    )


def kind_name(document_kind: str) -> str:
    """What people call a document of this kind."""
    return KIND_NAMES.get(document_kind, clean(document_kind, 30).replace("_", " "))


def document_name(document: Evidence, with_kind: bool) -> str:
    """``4500000001 / 10``, or ``order 4500000001 / 10``."""
    item = f" / {clean(document.item, 10)}" if document.item else ""
    number = f"{clean(document.document, 30)}{item}"
    return f"{kind_name(document.document_kind)} {number}" if with_kind else number


def _finding(document: Evidence) -> str:
    value = f" ({money(document.value, document.currency)})" if document.value is not None else ""
    return f"{with_days(clean(document.finding, 200))}{value}"


def _guidance(shift: VendorSignal) -> ShiftGuidance:
    return shift_guidance_for(shift.rule_id)


def _announced(shift: VendorSignal) -> str:
    """``7 of 12 open deliveries``; without numbers where the publication has none."""
    nouns = f"open {plural(_guidance(shift).noun)}"
    if not shift.announced_count or shift.announced_of is None:
        return nouns
    return f"{shift.announced_count:,} of {shift.announced_of:,} {nouns}"


def _alarm(shift: VendorSignal) -> str:
    since = f" since {day(shift.likely_since_date)}" if shift.likely_since_date else ""
    return f"{ordinal(shift.alerts)} alarm{since}"


def _goes_on(shift: VendorSignal) -> str:
    last = f", on {day(shift.last_told_at.date())}" if shift.last_told_at else ""
    return (
        f"The shift in {_guidance(shift).measure} goes on: this is the {_alarm(shift)}{last}, "
        "by evidence that no earlier alarm rested on."
    )


def _sentence(shift: VendorSignal) -> str:
    """What happened and what that means; where something was measured, the detector's own sentence."""
    if shift.observed is None:
        return f"{_announcements(shift)}. The alarm rests on these announcements alone."
    return f"{with_days(clean(shift.evidence, 500)).rstrip('.')}. {_guidance(shift).meaning}"


def _certainty(context: MailContext, shifts: Sequence[VendorSignal]) -> tuple[str, ...]:
    sentences = []
    for shift in shifts:
        guidance = _guidance(shift)
        if shift.observed is None:
            sentences += [
                f"Announced, not measured: nothing is late so far; {measure(shift.expected, shift.unit)} usually are.",
                measured_quality(context, shift.rule_id),
                *judged_so_far(context, shift.rule_id),
            ]
            continue
        between = interval(shift.observed_low, shift.observed_high, shift.unit)
        sentences.append(
            f"{guidance.measure[:1].upper()}{guidance.measure[1:]}: {measure(shift.observed, shift.unit)} "
            f"{'of' if shift.unit == 'share' else 'over'} "
            f"{counted(shift.observed_of, guidance.noun)}"
            + (f" since {day(shift.likely_since_date)}" if shift.likely_since_date else "")
            + (f", 95 % interval {between}" if between else ", interval unknown")
            + f"; {measure(shift.expected, shift.unit)} was expected."
        )
        if shift.observed_of < FEW:
            sentences.append("So few say little by themselves: look at each before you call.")
        sentences += [measured_quality(context, shift.rule_id), *judged_so_far(context, shift.rule_id)]
    return tuple(sentences)


def _announcements(shift: VendorSignal) -> str:
    """``7 of 12 open deliveries were announced later since 18 May 2026; none of them is due yet``."""
    since = f" since {day(shift.likely_since_date)}" if shift.likely_since_date else ""
    what = _announced(shift)
    were = "was" if shift.announced_count == 1 else "were"
    return f"{what[:1].upper()}{what[1:]} {were} announced later{since}; none of them is due yet"


def _told_grid(heading: str, shifts: Sequence[VendorSignal]) -> Grid:
    rows = tuple((_guidance(one).measure, with_days(clean(one.evidence, 500))) for one in shifts)
    return Grid(heading, ("What", "Evidence"), rows, widths=(30, 70))


def _attached(shifts: Sequence[VendorSignal], context: MailContext) -> list[Attachment]:
    rows = [row for one in shifts for row in document_rows(one, context.documents.get(one.signal_key, ()))]
    first = shifts[0]
    name = f"{first.kpi_family} {first.vendor_key.partition(':')[2]} {context.published.as_of:%Y-%m-%d} evidence"
    return [csv_file(name, DOCUMENT_COLUMNS, rows)] if rows else []
