"""The one mail of a first load: what was already open when the early warning began."""

from collections import Counter
from collections.abc import Sequence

from alerts.context import MailContext
from alerts.document import Document, Grid, Steps
from alerts.lifecycle import MAILED_SEVERITY
from alerts.line_mail import of_lines, open_value, order_lines, sections, worst_first
from alerts.mail import LINES_SHOWN, Told, mail_of, vendor_name
from alerts.message import Mail
from alerts.routing import Owner
from alerts.sheet import LINE_COLUMNS, csv_file, line_rows
from alerts.signals import LineSignal, SignalOfVendor, TargetSignal, VendorSignal
from alerts.target_mail import standing_grid, targets_of
from alerts.wording import counted, days, instant, with_days
from ecosystem.plain_text import clean


def digest_mail(told: Sequence[Told], owner: Owner, context: MailContext) -> Mail:
    """The one mail of a first load: what was already open when the early warning began."""
    signals = [one.signal for one in told if isinstance(one.signal, SignalOfVendor)]
    lines, targets = of_lines(told), targets_of(told)
    shifts = [signal for signal in signals if isinstance(signal, VendorSignal)]
    what = _what(lines, signals, targets)
    worst = (("Worst", f"+{days(max(line.days_late for line in lines))}"),) if lines else ()
    value = f", with {open_value(lines)} still open" if lines else ""
    document = Document(
        tone="digest",
        kicker="early warning · first load",
        title=f"Early warning has started: {what} to look at",
        summary=(
            f"Late, overdue or otherwise than usual when the first load came: {what}{value}. "
            "They were opened silently, without a mail for each; from now on you are mailed only what is new."
        ),
        figures=(
            *((("Lines", f"{order_lines(lines):,}"),) if lines else ()),
            *((("Vendors", f"{_vendors(signals):,}"),) if signals else ()),
            *((("Targets", f"{len(targets):,}"),) if targets else ()),
            *worst,
        ),
        tables=(
            *_by_vendor(signals),
            *_shifted(shifts),
            *((standing_grid(targets, "Targets at risk before the quarter ends"),) if targets else ()),
        ),
        sections=sections(lines, {}, heading="The worst lines", with_vendor=True) if lines else (),
        steps=(
            Steps(
                "What to do next",
                (
                    "Read it as a picture of the start, not as a list to work off: much of it may be known to you.",
                    "Take the worst lines and the vendors named here into your next talks with them.",
                    "Old open lines that nobody expects any more: close them in the ERP, and they clear here by "
                    "themselves.",
                ),
            ),
        ),
        facts=(
            ("Owner", owner.team.name),
            ("Why you", "You get this because the digest of a first load goes to the default team."),
            ("Data", f"As of {instant(context.published.as_of)}, build {clean(context.published.build_id, 60)}."),
        ),
    )
    subject = f"Early warning has started: {what}" + "".join(f", worst {days_late}" for _, days_late in worst)
    name = f"early warning start {context.published.as_of:%Y-%m-%d}"
    attached = [csv_file(name, LINE_COLUMNS, line_rows(worst_first(lines)))] if lines else []
    return mail_of("digest", told, owner, subject, document, context, (), attached)


def _what(lines: Sequence[LineSignal], signals: Sequence[SignalOfVendor], targets: Sequence[TargetSignal]) -> str:
    """``3 order lines at 2 vendors and 1 target of the ecosystem``."""
    vendors = counted(_vendors(signals), "vendor")
    parts = []
    if signals:
        parts.append(f"{counted(order_lines(lines), 'order line')} at {vendors}" if lines else vendors)
    if targets:
        parts.append(f"{counted(len(targets), 'target')} of the ecosystem")
    return " and ".join(parts)


def _vendors(signals: Sequence[SignalOfVendor]) -> int:
    return len({signal.vendor_key for signal in signals})


def _by_vendor(signals: Sequence[SignalOfVendor]) -> tuple[Grid, ...]:
    """How many signals each vendor category has, and which vendors have the most."""
    if not signals:
        return ()
    counts = Counter((signal.category, signal.severity) for signal in signals)
    severities = sorted({signal.severity for signal in signals}, key=lambda one: (one != MAILED_SEVERITY, one))
    categories = sorted({signal.category for signal in signals}, key=lambda one: (-counts[one, MAILED_SEVERITY], one))
    by_vendor = Counter(signal.vendor_key for signal in signals)
    names = {signal.vendor_key: vendor_name(signal) for signal in signals}
    return (
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
    )


def _shifted(shifts: Sequence[VendorSignal]) -> tuple[Grid, ...]:
    if not shifts:
        return ()
    worst = sorted(shifts, key=lambda one: (-one.statistic / one.threshold, one.signal_key))[:LINES_SHOWN]
    rows = tuple((vendor_name(one), with_days(clean(one.evidence))) for one in worst)
    return (Grid("Vendors whose behaviour has shifted", ("Vendor", "What"), rows),)
