"""What each target of the ecosystem asks of the person who is mailed: a table, so that a new metric is a new entry."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TargetGuidance:
    """The words of one metric; ``noun``, a singular, is what its observations are: "28 % over 29 joint KPIs".
    ``bounds`` is what lies between its lower and upper bound.
    """

    noun: str
    next_steps: tuple[str, ...]
    bounds: str = "95 % interval"


TARGETS = {
    "innovation_submissions_per_strategic_vendor": TargetGuidance(
        noun="submitted proposal",
        next_steps=(
            "See which strategic vendors have handed in nothing this quarter, and call their account leads first.",
            "Ask for what is half ready: a proposal counts when it is actionable, not when it is polished.",
            "Put one open problem of ours to each of them, with a name to talk to.",
        ),
    ),
    "innovation_submissions_total": TargetGuidance(
        noun="submitted proposal",
        next_steps=(
            "Look through the proposals that came in but are not actionable yet: one missing answer is often all.",
            "Ask the vendors with an innovation day or sprint this quarter to hand in what came out of it.",
        ),
    ),
    "joint_kpi_achievement_rate": TargetGuidance(
        noun="joint KPI",
        bounds="still possible",
        next_steps=(
            "Read the joint KPIs that are still open: some only lack the measured value; have it entered.",
            "Call the owners of those that can still be reached, on both sides, and agree on what is done this week.",
            "What cannot be reached any more: write down the cause for the joint review while it is fresh.",
        ),
    ),
    "quality_alert_resolution_within_24h": TargetGuidance(
        noun="quality alert",
        next_steps=(
            "Answer today's quality alerts today: only those to come can still lift the share.",
            "See where the late ones waited: for the vendor, for our inspection, or for somebody to take them on.",
            "Name a deputy for the days on which nobody looks.",
        ),
    ),
    "own_quality_alerts_answered_within_24h": TargetGuidance(
        noun="quality alert",
        next_steps=(
            "Take on every quality alert of the early warning on the day it comes: acknowledging it is the answer.",
            "See whose alerts waited longest, and name a deputy for the days on which nobody looks.",
            "Where alerts wait because they are false alarms, say so with a verdict: precision is measured from it.",
        ),
    ),
    "savings_reinvested": TargetGuidance(
        noun="reinvestment",
        next_steps=(
            "See which reinvestments are approved but not disbursed: those count as soon as the money has moved.",
            "Bring the proposals that wait for approval to whoever decides before the quarter ends.",
            "Check with finance that validated savings and disbursements are both booked.",
        ),
    ),
    "vendor_nps": TargetGuidance(
        noun="answer",
        next_steps=(
            "Remind the vendors that have not answered yet: few answers are the widest part of the uncertainty.",
            "Call those who would not recommend us, ask what has become harder, and listen.",
            "Change one thing that several of them name, and tell them so.",
        ),
    ),
}

OTHER_TARGET = TargetGuidance(
    noun="observation",
    next_steps=("Look at what the metric is made of with its owner, and agree on what can still be done in time.",),
)


def target_guidance_for(metric_id: str) -> TargetGuidance:
    """The words of a metric; one that has none yet is mailed with general words."""
    return TARGETS.get(metric_id, OTHER_TARGET)
