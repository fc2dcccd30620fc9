"""Puts a pack together: its sections in the order of the meeting, and what stands on the first page."""

from collections.abc import Callable
from dataclasses import dataclass

from ecosystem.clock import iso
from publishing.review_pack.document import Fact, Facts, Pack, Section
from publishing.review_pack.metrics import METRICS
from publishing.review_pack.review import Edition, Review
from publishing.review_pack.rows import Needs, Row
from publishing.review_pack.sections import (
    appendix,
    cost,
    decisions,
    delivery,
    innovation,
    quality,
    savings,
    service,
    standing,
    value_share,
    warnings,
    well,
)
from publishing.review_pack.wording import clean, interval, listed, moment, words
from publishing.site.figures import NO_DATA, counted, day, shown
from publishing.site.states import State


@dataclass(frozen=True)
class Part:
    """A section with the columns it cannot do without: an edition that may not show them leaves the section out."""

    title: str
    needs: Needs
    make: Callable[[Review], Section]
    editions: frozenset[Edition] = frozenset(Edition)


PARTS = (
    Part("What went well", well.NEEDS, well.section),
    Part("Targets", standing.NEEDS, standing.section),
    Part("Slips and their causes", delivery.NEEDS, delivery.section),
    Part("Quality", quality.NEEDS, quality.section),
    Part("Price", cost.NEEDS, cost.section),
    Part("Service", service.NEEDS, service.section),
    Part("Innovation pipeline", innovation.NEEDS, innovation.section),
    Part("Savings and reinvestment", savings.NEEDS, savings.section),
    Part("Value share", value_share.NEEDS, value_share.section),
    Part("Warnings", warnings.NEEDS, warnings.section, frozenset({Edition.BUYER})),
    Part("Decisions due", decisions.NEEDS, decisions.section),
)
EDITION_TITLES = {Edition.BUYER: "Buyer's edition", Edition.VENDOR: "Vendor's edition"}
EDITION_NOTES = {
    Edition.BUYER: "Internal: it holds what is not shared with the vendor. Send the vendor's edition.",
    Edition.VENDOR: "It holds only what concerns this vendor and is shared with it.",
}


def make_pack(review: Review, build_id: str) -> Pack:
    """The pack of one edition."""
    vendor = review.rows.first("dim_vendor") or {}
    parts = [part for part in PARTS if review.edition in part.editions]
    sections = [part.make(review) for part in parts if review.rows.covers(part.needs)]
    left_out = [part.title for part in parts if not review.rows.covers(part.needs)]
    return Pack(
        vendor_name=clean(vendor.get("vendor_name")) or clean(review.rows.vendor_key),
        vendor_number=clean(vendor.get("vendor_number")),
        edition_title=EDITION_TITLES[review.edition],
        edition_note=EDITION_NOTES[review.edition],
        quarter=review.quarter.title,
        period=f"{day(review.quarter.first_day)} to {day(review.quarter.last_day)}",
        as_of=moment(review.as_of),
        created=iso(review.as_of),
        build_id=build_id,
        is_running=review.is_running,
        sentence=_sentence(review),
        tiles=_tiles(review),
        sections=(*sections, appendix.section(review, build_id, left_out)),
    )


def _sentence(review: Review) -> str:
    title = review.quarter.title
    if not review.judgement.has_data:
        return f"There is no data on this vendor in {title}; nothing in this pack says that it did well or badly."
    met, missed, open_, silent = standing.counts(review)
    judged = met + missed + open_
    if not judged:
        targets = "no target has data"
    else:
        parts = [f"{met} of {judged} targets with data met", f"{missed} not met"]
        parts += [f"{open_} cannot be told"] if open_ else []
        targets = listed(parts) + (f" ({silent} without data)" if silent else "")
    due = len(decisions.decisions(review)) if review.rows.covers(decisions.NEEDS) else 0
    waiting = f"; {counted(due, 'decision')} due" if due else ""
    return f"{title}{' so far' if review.is_running else ''}: {targets}{waiting}."


def _tiles(review: Review) -> Facts:
    mart = "vendor_quarter_health"
    facts = []
    if review.rows.shares(mart, "quarter", "score", "coverage", "no_score_reason"):
        row = review.rows.first(mart, lambda one: one["quarter"] == review.quarter.first_day)
        facts.append(_health(review, row) if row else Fact("Vendor health", NO_DATA, "no score for the quarter"))
    if review.rows.covers(standing.NEEDS):
        met, missed, open_, _ = standing.counts(review)
        judged = met + missed + open_
        facts.append(
            Fact(
                "Targets met",
                f"{met} of {judged}" if judged else NO_DATA,
                f"{missed} not met, {open_} cannot tell" if judged else "no target has data",
            )
        )
        facts += [_tile(review, metric_id) for metric_id in ("otd_first_promise", "defect_ppm")]
    if review.rows.covers(decisions.NEEDS):
        found = decisions.decisions(review)
        facts.append(Fact("Decisions due", f"{len(found)}", f"{sum(one.is_overdue for one in found)} overdue"))
    return Facts(tuple(facts))


def _health(review: Review, row: Row) -> Fact:
    if row["score"] is None:
        return Fact("Vendor health", "no score", words(row["no_score_reason"]), State("unknown", "no score"))
    limits = ""
    if review.rows.shares("vendor_quarter_health", "score_lower", "score_upper"):
        limits = interval(row["score_lower"], row["score_upper"], "")
    return Fact(
        "Vendor health, of 100",
        shown(row["score"], ""),
        f"{limits + '; ' if limits else ''}covers {shown(row['coverage'], 'share')}",
    )


def _tile(review: Review, metric_id: str) -> Fact:
    metric = next(one for one in METRICS if one.id == metric_id)
    row = review.kpi(metric_id)
    if row is None:
        return Fact(metric.title, NO_DATA, "nothing observed", review.state(metric_id))
    return Fact(
        metric.title, shown(row["value"], row["unit"]), f"n {row['value_n']:,} {metric.noun}", review.state(metric_id)
    )
