"""What went well: only what the figures show."""

from collections.abc import Iterator

from publishing.review_pack.document import Bullets, Section, joined
from publishing.review_pack.review import Review
from publishing.review_pack.rows import Row
from publishing.review_pack.sections import innovation
from publishing.review_pack.wording import amounts, clean, listed
from publishing.site.figures import counted, shown
from publishing.site.states import CANNOT_TELL, MET

NEEDS = {
    "vendor_quarter_kpi": ("quarter", "metric_id", "unit", "value", "value_n", "target_value"),
    "fct_joint_kpi": ("result", "title"),
    "fct_proposal": ("is_adopted", "submitted_date", "title"),
    "fct_pilot": ("end_date", "lesson_learned", "title"),
    "fct_saving": ("is_validated", "validated_on", "validated_amount", "currency"),
    "fct_engagement": ("state", "title"),
}


def section(review: Review) -> Section:
    """Targets met, what became surely better, what was achieved together."""
    items = tuple(_items(review))
    return Section(
        "well",
        "What went well",
        f"The figures of {review.quarter.title} show {counted(len(items), 'good thing')}."
        if items
        else f"The figures of {review.quarter.title} show nothing that went well: write down what you saw.",
        joined(Bullets(items) if items else None),
    )


def _items(review: Review) -> Iterator[str]:
    for metric in review.metrics:
        row, before = review.kpi(metric.id), review.kpi(metric.id, review.quarter.after(-1))
        if row and review.state(metric.id) == MET:
            yield (
                f"{metric.title}: {shown(row['value'], row['unit'])}, the target of "
                f"{shown(row['target_value'], row['unit'])} is met."
            )
        elif row and before and metric.id in review.judgement.surely_better:
            yield (
                f"{metric.title} became better: {shown(row['value'], row['unit'])} after "
                f"{shown(before['value'], before['unit'])} in the quarter before; {_target(review, metric.id, row)}."
            )
    yield from _together(review)


def _target(review: Review, metric_id: str, row: Row) -> str:
    target = shown(row["target_value"], row["unit"])
    if review.state(metric_id) == CANNOT_TELL:
        return f"whether the target of {target} is met, nobody can tell yet"
    return f"the target of {target} is not met yet"


def _together(review: Review) -> Iterator[str]:
    achieved = review.rows.of("fct_joint_kpi", lambda row: row["result"] == "achieved")
    if achieved:
        yield f"{counted(len(achieved), 'joint KPI')} achieved: {listed(clean(row['title']) for row in achieved)}."
    adopted = review.rows.of(
        innovation.PROPOSALS, lambda row: bool(row["is_adopted"]) and review.quarter.holds(row["submitted_date"])
    )
    if adopted:
        yield f"{counted(len(adopted), 'proposal')} adopted: {listed(clean(row['title']) for row in adopted)}."
    learned = review.rows.of(
        innovation.PILOTS, lambda row: review.quarter.holds(row["end_date"]) and bool(row["lesson_learned"])
    )
    for row in learned:
        yield f"Pilot {clean(row['title'])} ended and taught us: {clean(row['lesson_learned'], 200)}."
    validated = review.rows.of(
        "fct_saving", lambda row: bool(row["is_validated"]) and review.quarter.holds(row["validated_on"])
    )
    if validated:
        sums = amounts((row["validated_amount"], row["currency"]) for row in validated)
        yield f"Finance validated {counted(len(validated), 'saving')} of {sums}."
    held = review.rows.of("fct_engagement", lambda row: row["state"] == "held")
    if held:
        yield f"{counted(len(held), 'event')} held together: {listed(clean(row['title']) for row in held)}."
