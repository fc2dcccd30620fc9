"""What all mails about a vendor's alerts share: what is told, who the vendor is, how sure we are, and how to act."""

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.context import MailContext
from alerts.document import LINK_MARK, Action, Document
from alerts.links import HOW_TO_TURN_ON
from alerts.message import Attachment, Mail, compose
from alerts.routing import Owner
from alerts.signals import Signal, SignalOfVendor, TargetSignal
from alerts.wording import instant, interval, isolated, measure
from config.detector_quality import DetectorQuality
from ecosystem.plain_text import clean

LINES_SHOWN = 10
WHY_CLOSED = "You were mailed when it opened."


@dataclass(frozen=True)
class Told:
    """One alert as a mail tells it.

    ``key`` is the fingerprint, with the number of the opening where it is not the first; ``reason`` is why it closed
    or came back.
    """

    key: str
    signal: Signal
    reason: str | None = None


def mail_of(
    kind: str,
    told: Sequence[Told],
    owner: Owner,
    subject: str,
    document: Document,
    context: MailContext,
    thread: Sequence[str],
    attachments: Sequence[Attachment] = (),
) -> Mail:
    """The mail that tells these alerts to their owner."""
    return compose(
        kind,
        [one.key for one in told],
        owner.route,
        subject,
        document,
        context.published.as_of,
        context.domain,
        thread,
        attachments,
    )


def subject_name(signal: Signal) -> str:
    """What people call the thing that an alert is about; one without a visible name is called by its key."""
    name = ""
    if isinstance(signal, SignalOfVendor):
        name = signal.vendor_name
    elif isinstance(signal, TargetSignal):
        name = signal.metric_name
    return clean(name, 80) or clean(signal.subject_key, 80)


def vendor_name(signal: SignalOfVendor) -> str:
    """A vendor without a visible name is called by its key."""
    return subject_name(signal)


def silence_conditions(told: Sequence[Told]) -> dict[str, tuple[str, ...]]:
    """What silences the alerts of a mail and those that follow: a vendor's KPI family, or these targets."""
    signals = [one.signal for one in told]
    metrics = dict.fromkeys(one.metric_id for one in signals if isinstance(one, TargetSignal))
    if metrics:
        return {"metric_id": tuple(metrics)}
    vendors = dict.fromkeys(one.vendor_key for one in signals if isinstance(one, SignalOfVendor))
    return {"vendor_key": tuple(vendors), "kpi_family": (signals[0].kpi_family,)}


def action(context: MailContext, label: str = "Open the alert") -> Action | None:
    """The button to the page; None where links are off."""
    if not context.has_links:
        return None
    note = (
        "Evidence, history, acknowledge, silence. The link is yours alone: do not forward it. "
        f"It is valid for {context.link_days} days."
    )
    return Action(label, LINK_MARK, note)


def how_to_act(context: MailContext, told: Sequence[Told]) -> tuple[tuple[str, str], ...]:
    """How to silence, and where links are off how to take it on from a terminal and how to turn links on."""
    conditions = silence_conditions(told)
    if context.has_links:
        what = "this vendor and KPI family" if "vendor_key" in conditions else "these targets"
        return (("Silence", f"On the page, for {what} until a day."),)
    matchers = " ".join(f"{field}={clean(value, 100)}" for field, values in conditions.items() for value in values)
    names = " ".join(clean(one.signal.signal_key, 100)[:10] for one in told[:3]) + (" ..." if len(told) > 3 else "")
    return (
        ("Take on", f"ecosystem alerts ack {names}"),
        (
            "Silence",
            f"ecosystem alerts silence {matchers} --days 14 --reason WHY",
        ),
        ("Page", HOW_TO_TURN_ON),
    )


def measured_quality(context: MailContext, rule_id: str) -> str:
    """What is known of a rule's false alarms; that nothing is known is said too."""
    quality = context.quality.get(rule_id)
    name = clean(rule_id, 60).replace("_", " ")
    if quality is None:
        return f"How often the rule '{name}' raises a false alarm has not been measured yet."
    return f"In tests the rule '{name}' {_in_tests(quality)} Measured by {clean(quality.measured_by, 200)}."


def _in_tests(quality: DetectorQuality) -> str:
    rate = quality.false_alarms_per_vendor_month
    if rate is None:
        return f"was right with {measure(quality.precision, 'share')} of what it told."
    often = f", about one in {1 / rate:,.0f} vendor-months" if rate > 0 else ""
    found = f" It found {measure(quality.recall, 'share')} of the shifts" if quality.recall is not None else ""
    if found and quality.median_delay_days is not None:
        found += f", half of them within {quality.median_delay_days:g} days"
    return f"raised {rate:g} false alarms per vendor and month without any shift{often}.{found + '.' if found else ''}"


def judged_so_far(context: MailContext, rule_id: str) -> tuple[str, ...]:
    """What people found of the rule's alerts here; nothing where nobody has judged one."""
    judged = context.judged.get(rule_id)
    if judged is None:
        return ()
    name = clean(rule_id, 60).replace("_", " ")
    return (
        f"Of {judged.judged:,} alerts of the rule '{name}' that you and your colleagues judged, {judged.right:,} were "
        f"right ({measure(judged.share, 'share')}, 95 % interval {interval(judged.low, judged.high, 'share')}).",
    )


def about_facts(context: MailContext, signals: Sequence[Signal]) -> tuple[tuple[str, str], ...]:
    """Who the vendor is or who owns the targets, and which build the mail was made from."""
    targets = [one for one in signals if isinstance(one, TargetSignal)]
    vendors = [one for one in signals if isinstance(one, SignalOfVendor)]
    if targets:
        return (*_target_facts(targets), _data_fact(context))
    return vendor_facts(context, vendors[0])


def vendor_facts(context: MailContext, signal: SignalOfVendor) -> tuple[tuple[str, str], ...]:
    """Who the vendor is, and which build the mail was made from."""
    number_at_erp = clean(signal.vendor_key, 100).partition(":")[2] or clean(signal.vendor_key, 100)
    kind = "strategic vendor" if signal.is_strategic else "vendor"
    return (
        (
            "Vendor",
            f"{isolated(vendor_name(signal))}, {kind} {number_at_erp}, category {clean(signal.category, 60)}.",
        ),
        _data_fact(context),
    )


def _target_facts(targets: Sequence[TargetSignal]) -> tuple[tuple[str, str], ...]:
    """Who owns the targets; where they have several owners, which is whose."""
    by_owner: dict[str, list[str]] = {}
    for one in targets:
        by_owner.setdefault(clean(one.owner, 80) or "nobody named", []).append(subject_name(one))
    owners = [owner if len(by_owner) == 1 else f"{owner}: {', '.join(names)}" for owner, names in by_owner.items()]
    return (("Target of", "; ".join(owners) + "."),)


def _data_fact(context: MailContext) -> tuple[str, str]:
    published = context.published
    return ("Data", f"As of {instant(published.as_of)}, build {clean(published.build_id, 60)}.")
