"""Mails to vendors: a vendor's own rows and a question, and nothing of how we judge, sort or work on them.

What a baseline, a threshold or a rule's own sentence says may rest on other vendors, so none of it is told: counts and
dates of the vendor's own documents only.
"""

import hashlib
from collections.abc import Sequence

from alerts.chart import Chart, ChartMonth
from alerts.context import MailContext
from alerts.document import LINK_MARK, Action, Document, Grid, Section, Steps
from alerts.guidance import clear_reason, guidance_for, rule_order, shift_guidance_for
from alerts.line_mail import of_lines, order_lines, plain_line, worst_first
from alerts.mail import LINES_SHOWN, Told
from alerts.message import Attachment, Mail, compose
from alerts.sheet import LINE_COLUMNS as LINE_FIELDS
from alerts.sheet import csv_file, line_rows
from alerts.signals import Evidence, LineSignal, Signal, SignalOfVendor, VendorSignal
from alerts.vendor_mail import document_name, kind_name, observed, shifts_of
from alerts.wording import counted, day, instant, isolated, with_days
from config.alert_routes import LetterSettings, VendorLetters
from ecosystem.plain_text import clean

LETTERS_OF = ("opened", "resolved", "withdrawn")
LINE_COLUMNS = (
    "purchase_order",
    "item",
    "schedule_line",
    "material",
    "material_text",
    "first_promise_date",
    "previous_promise_date",
    "latest_promise_date",
    "days_late",
    "open_quantity",
    "quantity_unit",
)
DOCUMENT_COLUMNS = ("document", "item", "date", "what")


def wants_letter(kind: str, signal: SignalOfVendor, vendor: VendorLetters) -> bool:
    """Whether the vendor is told of this: by its KPI families, and of what opens or ends only."""
    return kind in LETTERS_OF and signal.vendor_key == vendor.vendor_key and signal.kpi_family in vendor.kpi_family


def letter(
    kind: str, told: Sequence[Told], context: MailContext, settings: LetterSettings, vendor: VendorLetters
) -> Mail:
    """What opens, ends or is taken back, told to the vendor whose rows they are.

    Raises:
        ValueError: an alert is about another vendor, or about none.
    """
    _only_of(vendor, told)
    document = letter_document(kind, told, context, settings, vendor)
    return compose(
        f"letter-{kind}",
        [one.key for one in told],
        "vendor",
        f"{isolated(clean(settings.sender_name, 80))}: {document.title}",
        document,
        context.published.as_of,
        context.domain,
        (_thread_root(told[0].signal, context.domain),),
        _attached(told, context) if kind == "opened" else (),
        names_route=False,
    )


def letter_document(
    kind: str,
    told: Sequence[Told],
    context: MailContext,
    settings: LetterSettings,
    vendor: VendorLetters,
    rows_shown: int = LINES_SHOWN,
) -> Document:
    """What a letter, or the vendor's page, says.

    Raises:
        ValueError: an alert is about another vendor, or about none.
    """
    _only_of(vendor, told)
    lines, shifts = worst_first(of_lines(told)), shifts_of(told)
    what = _what(lines, shifts)
    words = {
        "opened": (what, f"in our data we see: {what[:1].lower()}{what[1:]}. We would like to solve it with you."),
        "resolved": (
            f"Settled: {what[:1].lower()}{what[1:]}",
            f"what we wrote to you about is over: {_reasons(told)}. Thank you. Nothing is left to do.",
        ),
        "withdrawn": (
            f"Please disregard: {what[:1].lower()}{what[1:]}",
            "what we wrote to you about rested on data that were corrected since. Please disregard it.",
        ),
    }
    title, summary = words[kind]
    is_open = kind == "opened"
    asks = [guidance_for(rule).vendor_ask for rule in sorted({one.rule_id for one in lines}, key=rule_order)]
    asks += [shift_guidance_for(one.rule_id).vendor_ask for one in shifts]
    answer = (
        f"Reply to this mail, or write to {settings.reply_to}."
        if settings.reply_to
        else "Write to the buyer whom your order names."
    )
    return Document(
        tone="letter" if is_open else "resolved" if kind == "resolved" else "withdrawn",
        kicker=f"{clean(settings.sender_name, 80)} · your orders",
        title=title,
        summary=f"Dear {isolated(clean(vendor.name, 80))}, {summary}",
        action=_action(context) if is_open else None,
        charts=_charts(lines, shifts, context) if is_open else (),
        sections=_sections(lines, rows_shown) if lines else (),
        steps=(Steps("What we ask you", tuple(dict.fromkeys(asks))),) if is_open else (),
        evidence=tuple(grid for one in shifts for grid in _documents(one, context, rows_shown)) if is_open else (),
        facts=(
            ("Answer", answer),
            ("Why you", "We share with you what our system holds of your own orders, and nothing of others."),
            ("Data", f"As of {instant(context.published.as_of)}."),
        ),
    )


def _only_of(vendor: VendorLetters, told: Sequence[Told]) -> None:
    if any(one.signal.subject_key != vendor.vendor_key for one in told):
        raise ValueError(f"a letter to the vendor {vendor.vendor_key} would tell of another vendor's rows")


def _thread_root(signal: Signal, domain: str) -> str:
    """All letters about a KPI family of a vendor stand in one thread, whose first mail need not exist."""
    digest = hashlib.sha256(f"{signal.subject_key}\n{signal.kpi_family}".encode()).hexdigest()
    return f"<letters.{digest[:40]}@{domain}>"


def _what(lines: Sequence[LineSignal], shifts: Sequence[VendorSignal]) -> str:
    parts = []
    for rule in sorted({one.rule_id for one in lines}, key=rule_order):
        count = order_lines([one for one in lines if one.rule_id == rule])
        guidance = guidance_for(rule)
        parts.append(f"{counted(count, 'order line')} {guidance.verb_one if count == 1 else guidance.verb_many}")
    for shift in shifts:
        since = f" since {day(shift.likely_since_date)}" if shift.likely_since_date else ""
        over = counted(shift.observed_of, shift_guidance_for(shift.rule_id).noun)
        parts.append(observed(shift) + (f"{since}, none due yet" if shift.observed is None else f" ({over}{since})"))
    what = "; ".join(parts)
    return what[:1].upper() + what[1:]


def _reasons(told: Sequence[Told]) -> str:
    """Why it is over, as far as the data say it; what one of us found is ours."""
    known = {clean(clear_reason(one.signal.clear_reason), 60) for one in told if one.signal.clear_reason}
    return ", ".join(sorted(known)) or "we consider it settled"


def _action(context: MailContext) -> Action | None:
    if not context.has_links:
        return None
    return Action(
        "See your orders",
        LINK_MARK,
        f"The same rows on a page. The link is yours alone and valid for {context.link_days} days.",
    )


def _charts(lines: Sequence[LineSignal], shifts: Sequence[VendorSignal], context: MailContext) -> tuple[Chart, ...]:
    """The vendor's own months, without what we expect of it or when we were alarmed."""
    charts = [context.on_time_chart(lines[0].vendor_key)] if lines else []
    charts += [context.shift_chart(one) for one in shifts]
    return tuple(
        Chart(
            title=one.title,
            unit=one.unit,
            noun=one.noun,
            months=tuple(
                ChartMonth(month.month_date, month.n, month.observed, month.low, month.high) for month in one.months
            ),
        )
        for one in charts
    )


def _sections(lines: Sequence[LineSignal], rows_shown: int) -> tuple[Section, ...]:
    left = len(lines) - rows_shown
    more = f"and {counted(left, 'more line')}, in the attached file." if left > 0 else ""
    return (Section("Your order lines", "", tuple(plain_line(one) for one in lines[:rows_shown]), more, "Late, open"),)


def _documents(shift: VendorSignal, context: MailContext, rows_shown: int) -> tuple[Grid, ...]:
    documents = [one for one in context.documents.get(shift.signal_key, ()) if one.vendor_key == shift.vendor_key]
    if not documents:
        return ()
    left = len(documents) - rows_shown
    kinds = {one.document_kind for one in documents}
    column = kind_name(next(iter(kinds))).capitalize() if len(kinds) == 1 else "Document"
    return (
        Grid(
            f"Your documents: {shift_guidance_for(shift.rule_id).measure}",
            (column, "Date", "What"),
            tuple(
                (document_name(one, with_kind=len(kinds) > 1), day(one.event_date), with_days(_finding(shift, one)))
                for one in documents[:rows_shown]
            ),
            widths=(36, 25, 39),
            more=f"and {counted(left, 'more document')}, in the attached file." if left > 0 else "",
        ),
    )


def _finding(shift: VendorSignal, document: Evidence) -> str:
    """What is said of a document, without a word on what others do."""
    return shift_guidance_for(shift.rule_id).vendor_finding or clean(document.finding, 200)


def _attached(told: Sequence[Told], context: MailContext) -> list[Attachment]:
    lines, shifts = worst_first(of_lines(told)), shifts_of(told)
    dated = f"{context.published.as_of:%Y-%m-%d}"
    files = []
    if lines:
        rows = [dict(zip(LINE_FIELDS, row, strict=True)) for row in line_rows(lines)]
        files.append(
            csv_file(f"order lines {dated}", LINE_COLUMNS, [[row[column] for column in LINE_COLUMNS] for row in rows])
        )
    for shift in shifts:
        own = [one for one in context.documents.get(shift.signal_key, ()) if one.vendor_key == shift.vendor_key]
        if own:
            rows_of_documents = [(one.document, one.item, one.event_date, _finding(shift, one)) for one in own]
            files.append(csv_file(f"{shift.rule_id} {dated}", DOCUMENT_COLUMNS, rows_of_documents))
    return files
