"""Mails about targets of the ecosystem: where they stand before the quarter ends, what is missing, who owns them, what
to do. For our own people only.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from alerts.context import MailContext
from alerts.document import Document, Grid, Steps
from alerts.guidance import clear_reason
from alerts.mail import (
    WHY_CLOSED,
    Told,
    about_facts,
    action,
    how_to_act,
    judged_so_far,
    mail_of,
    measured_quality,
    subject_name,
)
from alerts.message import Mail
from alerts.routing import Owner
from alerts.signals import TargetSignal
from alerts.target_guidance import target_guidance_for
from alerts.wording import amount, counted, day, days, interval, isolated, measure, money, number, with_days
from ecosystem.plain_text import clean

HOW_EXPECTED = (
    "A count goes on at its pace of the last year, undecided entries are achieved as often as in it, and the rest is "
    "expected to stay as it is."
)
# How a quarter may end that is no good news.
_NOT_REACHED = ("quarter_not_met", "quarter_undecided")
_OF_A_LEVEL = ("share", "percent", "points")


def opened_mail(told: Sequence[Told], owner: Owner, context: MailContext, thread: Sequence[str]) -> Mail:
    """Targets of a quarter that are newly at risk."""
    targets = targets_of(told)
    document = opened_document(told, owner, context)
    subject = f"{document.title}, {_left(targets[0])}"
    return mail_of("opened", told, owner, subject, document, context, thread)


def opened_document(told: Sequence[Told], owner: Owner, context: MailContext) -> Document:
    """What a mail, or the page, says about targets of a quarter."""
    targets = targets_of(told)
    first = targets[0]
    again = " ".join(f"It is back: {clean(one.reason)}." for one in told if one.reason)
    return Document(
        tone="open",
        kicker=f"{clean(first.kpi_family, 40)} · target at risk",
        title=f"At risk before {_day_of_year(first.quarter_end_date)}: {_what(targets)}",
        summary=" ".join(part for part in (_summary(targets), again) if part),
        figures=_figures(first) if len(targets) == 1 else (),
        action=action(context),
        certainty=_certainty(context, targets),
        tables=(standing_grid(targets),) if len(targets) > 1 else (),
        steps=target_steps(targets),
        facts=(
            ("Owner", owner.team.name),
            ("Why you", f"You get this because {owner.reason}."),
            ("Clears", "By itself, when it is on track again or the quarter is over. You are told in this thread."),
            *how_to_act(context, told),
            *about_facts(context, targets),
        ),
    )


def resolved_mail(told: Sequence[Told], owner: Owner, context: MailContext, thread: Sequence[str]) -> Mail:
    """Targets that were mailed and are on track again, or whose quarter is over, met or not."""
    targets = targets_of(told)
    reasons = {one.signal.signal_key: one.reason for one in told}
    endings = {key: clean(clear_reason(reason), 60) for key, reason in reasons.items()}
    is_missed = any(reason in _NOT_REACHED for reason in reasons.values())
    names_by_ending: dict[str, list[str]] = defaultdict(list)
    for one in targets:
        names_by_ending[endings[one.signal_key]].append(subject_name(one))
    ended = "; ".join(f"{isolated(', '.join(names))}: {ending}" for ending, names in names_by_ending.items())
    document = Document(
        tone="open" if is_missed else "resolved",
        kicker=f"{clean(targets[0].kpi_family, 40)} · {'over' if is_missed else 'resolved'}",
        title=ended,
        summary="The early warning about "
        f"{'this target' if len(targets) == 1 else f'these {len(targets)} targets'} is over. "
        + (_evidence(targets[0]) if len(targets) == 1 else ""),
        figures=_final(targets[0]) if len(targets) == 1 else (),
        tables=(
            Grid(
                "How it ended",
                ("Target", "Ended", "Stands"),
                tuple((subject_name(one), endings[one.signal_key], stands(one)) for one in targets),
                widths=(36, 32, 32),
            ),
        )
        if len(targets) > 1
        else (),
        facts=(("Owner", owner.team.name), ("Why you", WHY_CLOSED), *about_facts(context, targets)),
    )
    subject = f"{'Over' if is_missed else 'Resolved'}: {document.title}"
    return mail_of("resolved", told, owner, subject, document, context, thread)


def withdrawn_mail(told: Sequence[Told], owner: Owner, context: MailContext, thread: Sequence[str]) -> Mail:
    """Targets that were mailed and never were at risk, because the data behind them were corrected."""
    targets = targets_of(told)
    names = isolated(", ".join(subject_name(one) for one in targets))
    reasons = "; ".join(dict.fromkeys(clean(one.reason) for one in told if one.reason))
    document = Document(
        tone="withdrawn",
        kicker=f"{clean(targets[0].kpi_family, 40)} · correction",
        title=f"{names}: withdrawn",
        summary=f"We told you that {names} was at risk before {_day_of_year(targets[0].quarter_end_date)}. "
        f"The data behind it were corrected since, so please disregard it: {reasons}.",
        facts=(("Owner", owner.team.name), ("Why you", WHY_CLOSED), *about_facts(context, targets)),
    )
    return mail_of("withdrawn", told, owner, f"Withdrawn: {names} restated", document, context, thread)


def targets_of(told: Sequence[Told]) -> list[TargetSignal]:
    """Those of the alerts that are about targets, the one that is furthest from its target first."""
    targets = [one.signal for one in told if isinstance(one.signal, TargetSignal)]
    return sorted(targets, key=lambda one: (-_relative_gap(one), one.metric_id, one.signal_key))


def target_steps(targets: Sequence[TargetSignal]) -> tuple[Steps, ...]:
    """What to do about each target."""
    return tuple(
        Steps(
            "What to do next" if len(targets) == 1 else f"What to do next: {subject_name(one)}",
            target_guidance_for(one.metric_id).next_steps,
        )
        for one in targets
    )


def stands(target: TargetSignal) -> str:
    """``28 %, target 90 %``, or ``1 of 3 proposals``."""
    aim = measure(target.target, target.unit)
    if target.value is None:
        return f"unknown so far, target {aim}"
    now = measure(target.value, target.unit)
    return f"{now}, target {aim}" if target.unit in _OF_A_LEVEL else f"{now.rpartition(' ')[0]} of {aim}"


def missing(target: TargetSignal) -> str:
    """What is missing so far, where that can be counted (``19 joint KPIs``), else what is expected to be missing at the
    end of the quarter (``62 percentage points``), as far as it can be told.
    """
    if target.missing is not None and target.missing_unit:
        return _counted_in(target.missing, target.missing_unit)
    if target.expected_at_end is None and target.value is None:
        return "unknown"
    gap = _gap(target, target.value if target.expected_at_end is None else target.expected_at_end)
    if gap > 0:
        return amount(gap, target.unit)
    at_worst = target.expected_low if target.direction == "at_least" else target.expected_high
    if at_worst is not None and _gap(target, at_worst) > 0:
        return f"up to {amount(_gap(target, at_worst), target.unit)}"
    return "nothing"


def _counted_in(value: float, unit: str) -> str:
    """``19 joint KPIs``, ``1 vote``, ``EUR 48,200``."""
    if len(unit) == 3 and unit.isupper():
        return money(value, unit)
    return f"{number(value)} {clean(unit.removesuffix('s') if value == 1 else unit, 40)}"


def expected(target: TargetSignal) -> str:
    """``31 % (24 to 41 %)``."""
    if target.expected_at_end is None:
        return "unknown"
    between = interval(target.expected_low, target.expected_high, target.unit)
    return measure(target.expected_at_end, target.unit) + (f" ({between})" if between else "")


def _gap(target: TargetSignal, value: float | None) -> float:
    if value is None:
        return abs(target.target)
    return target.target - value if target.direction == "at_least" else value - target.target


def _relative_gap(target: TargetSignal) -> float:
    known = target.value if target.expected_at_end is None else target.expected_at_end
    return _gap(target, known) / (abs(target.target) or 1)


def _what(targets: Sequence[TargetSignal]) -> str:
    first = f"{isolated(subject_name(targets[0]))} {stands(targets[0])}"
    return first if len(targets) == 1 else f"{first}, and {counted(len(targets) - 1, 'more target')}"


def _summary(targets: Sequence[TargetSignal]) -> str:
    first = targets[0]
    if len(targets) > 1:
        return (
            f"{counted(len(targets), 'target')} of the quarter that ends on {day(first.quarter_end_date)} are at risk, "
            f"with {_left(first)}."
        )
    return f"{_evidence(first)} The quarter ends on {day(first.quarter_end_date)}, with {_left(first)}."


def _evidence(target: TargetSignal) -> str:
    return f"{with_days(clean(target.evidence, 500)).rstrip('.')}."


def _figures(target: TargetSignal) -> tuple[tuple[str, str], ...]:
    return (
        ("Now", measure(target.value, target.unit)),
        ("Expected at the end", expected(target)),
        ("Target", measure(target.target, target.unit)),
        ("Missing", missing(target)),
    )


def _final(target: TargetSignal) -> tuple[tuple[str, str], ...]:
    return (("Stands at", measure(target.value, target.unit)), ("Target", measure(target.target, target.unit)))


def _certainty(context: MailContext, targets: Sequence[TargetSignal]) -> tuple[str, ...]:
    sentences = []
    for one in targets:
        is_exact = one.lower_bound == one.upper_bound
        between = "" if is_exact else interval(one.lower_bound, one.upper_bound, one.unit)
        over = f" over {counted(one.n, target_guidance_for(one.metric_id).noun)}" if one.n is not None else ""
        sentences.append(
            f"{subject_name(one)}: {measure(one.value, one.unit)}{over}"
            + (f", {target_guidance_for(one.metric_id).bounds} {between}." if between else ".")
            + f" Expected at the end: {expected(one)}."
        )
    sentences.append(HOW_EXPECTED)
    for rule in dict.fromkeys(one.rule_id for one in targets):
        sentences += [measured_quality(context, rule), *judged_so_far(context, rule)]
    return tuple(sentences)


def standing_grid(targets: Sequence[TargetSignal], heading: str = "Where they stand") -> Grid:
    """Each target with where it stands and what is missing."""
    return Grid(
        heading,
        ("Target", "Stands", "Missing"),
        tuple((subject_name(one), stands(one), missing(one)) for one in targets),
        widths=(40, 30, 30),
    )


def _left(target: TargetSignal) -> str:
    return f"{days(target.days_left)} left" if target.days_left > 0 else "no day left"


def _day_of_year(value: date) -> str:
    return f"{value.day} {value:%B}"
