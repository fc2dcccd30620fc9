"""How good a detector is: what it costs in false alarms and what it finds, against the truth of a simulated world."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from benchmarks.vendor_worlds import DAYS, FIRST_EVALUATED_DAY, MONTH_DAYS, NEVER, Days, Flags, Numbers, Vendors

WINDOW_AFTER_START_DAYS = 135
ONE_ALARM_IN_DAYS = 30
PREVALENCE = 0.15
EARLY_DAYS = 30
FOLLOWED_DAYS = 90


@dataclass(frozen=True)
class Alarms:
    """What a detector told, per vendor and day, whether its alert stood that day, and what it only told to watch."""

    told: Flags
    standing: Flags
    watched: Flags


@dataclass(frozen=True)
class Outcome:
    """Per vendor: false alarms, false watches, and the months in which there could have been one; days from the start
    of its shift to the first alarm and to the first watch or alarm (NEVER where there was none); days from the shift's
    end until the alert no longer stood, and whether that was seen (False: the world ended first). Within window_days
    from a shift's start an alarm was taken for true."""

    window_days: int
    vendors: Vendors
    false_alarms: Days
    false_watches: Days
    quiet_months: Numbers
    delay: Days
    delay_of_watch: Days
    clear_days: Numbers
    is_clear_seen: Flags


PER_VENDOR = tuple(field.name for field in fields(Outcome) if field.name not in ("window_days", "vendors"))


def alarms_of(flags: Flags) -> Alarms:
    """Alarms of a rule that only says whether a day is above its limit: one when it begins, and one more for every
    thirty days that it goes on."""
    told = np.zeros_like(flags)
    last = np.full(len(flags), -NEVER)
    for day in range(FIRST_EVALUATED_DAY, DAYS):
        told[:, day] = flags[:, day] & (day - last >= ONE_ALARM_IN_DAYS)
        last = np.where(told[:, day], day, last)
    return Alarms(told, flags, np.zeros_like(told))


def outcome_of(alarms: Alarms, vendors: Vendors, window_days: int = WINDOW_AFTER_START_DAYS) -> Outcome:
    """Compare alarms from the second year on with the truth. An alarm within window_days from a shift's start is true;
    no other is, also not one that follows from what the shift left behind."""
    days = np.arange(alarms.told.shape[1])
    told, watched = (flags & (days >= FIRST_EVALUATED_DAY) for flags in (alarms.told, alarms.watched))
    since_start = days - vendors.shift_start[:, None]
    is_in_window = (since_start >= 0) & (since_start < window_days)
    is_evaluated = np.broadcast_to(days >= FIRST_EVALUATED_DAY, told.shape)
    delay = _delay(told & is_in_window, vendors)
    clear_days, is_clear_seen = _clearing(alarms, vendors, delay)
    return Outcome(
        window_days=window_days,
        vendors=vendors,
        false_alarms=(told & ~is_in_window).sum(1),
        false_watches=(watched & ~is_in_window).sum(1),
        quiet_months=(is_evaluated & ~is_in_window).sum(1) / MONTH_DAYS,
        delay=delay,
        delay_of_watch=_delay((told | watched) & is_in_window, vendors),
        clear_days=clear_days,
        is_clear_seen=is_clear_seen,
    )


def _delay(hits: Flags, vendors: Vendors) -> Days:
    return np.where(hits.any(1), hits.argmax(1) - vendors.shift_start, NEVER)


def _clearing(alarms: Alarms, vendors: Vendors, delay: Days) -> tuple[Numbers, Flags]:
    """Only of shifts that were found and whose alert stood when they ended; NaN for all others."""
    clear_days, is_seen = np.full(len(delay), np.nan), np.zeros(len(delay), bool)
    for vendor in np.flatnonzero((delay < NEVER) & (vendors.shift_end < alarms.standing.shape[1])):
        standing = alarms.standing[vendor, vendors.shift_end[vendor] :]
        if not standing[0]:
            continue
        is_seen[vendor] = not standing.all()
        clear_days[vendor] = np.argmin(standing) if is_seen[vendor] else len(standing)
    return clear_days, is_seen


def pooled(outcomes: Sequence[Outcome]) -> Outcome:
    """Several worlds of one kind as one."""
    return Outcome(
        window_days=outcomes[0].window_days,
        vendors=Vendors(
            *(
                np.concatenate([getattr(one.vendors, name) for one in outcomes])
                for name in ("events_per_month", "shift_start", "shift_end")
            )
        ),
        **{name: np.concatenate([getattr(one, name) for one in outcomes]) for name in PER_VENDOR},
    )


def figures(outcome: Outcome) -> dict[str, float | None]:
    """The figures of one detector. A median over shifts counts those that were found."""
    rate = outcome.false_alarms.sum() / outcome.quiet_months.sum()
    # between vendors, because a vendor's false alarms come in company
    spread = (outcome.false_alarms - rate * outcome.quiet_months).std(ddof=1) / np.sqrt(len(outcome.delay))
    margin = 1.96 * spread / outcome.quiet_months.mean()
    delays = outcome.delay[outcome.vendors.has_shift]
    found = delays[delays < NEVER]
    watched = (outcome.delay_of_watch[outcome.vendors.has_shift] < NEVER).sum()
    recall = len(found) / len(delays)
    true_alarms = PREVALENCE * recall
    false_alarms_a_year = 12 * rate
    return {
        "vendors": len(outcome.delay),
        "shifts": len(delays),
        "false_alarms_per_vendor_month": round(float(rate), 4),
        "false_alarms_low": round(float(max(rate - margin, 0)), 4),
        "false_alarms_high": round(float(rate + margin), 4),
        "false_watches_per_vendor_month": round(float(outcome.false_watches.sum() / outcome.quiet_months.sum()), 4),
        "recall": round(recall, 3),
        "recall_with_watches": round(float(watched / len(delays)), 3),
        "recall_in_30_days": round(float((found <= EARLY_DAYS).sum() / len(delays)), 3),
        "chance_recall": round(float(1 - np.exp(-rate * outcome.window_days / MONTH_DAYS)), 3),
        "median_delay_days": float(np.median(found)) if len(found) else None,
        "median_days_to_clear": _median_time(outcome.clear_days, outcome.is_clear_seen),
        "precision_at_15_percent": round(true_alarms / (true_alarms + false_alarms_a_year), 3) if true_alarms else None,
    }


def _median_time(days: Numbers, is_seen: Flags) -> float | None:
    """Kaplan and Meier's median, because some worlds end before an alert does; None where half never clear."""
    is_known = ~np.isnan(days)
    days, is_seen = days[is_known], is_seen[is_known]
    surviving = 1.0
    for day in np.unique(days[is_seen]):
        surviving *= 1 - (is_seen & (days == day)).sum() / (days >= day).sum()
        if surviving <= 0.5:
            return float(day)
    return None


def by_band(outcome: Outcome) -> dict[str, Outcome]:
    """The same by events a month."""
    bands = {}
    for band in np.unique(outcome.vendors.events_per_month):
        chosen = outcome.vendors.events_per_month == band
        vendors = Vendors(
            *(getattr(outcome.vendors, name)[chosen] for name in ("events_per_month", "shift_start", "shift_end"))
        )
        bands[f"{band:.0f}"] = Outcome(
            window_days=outcome.window_days,
            vendors=vendors,
            **{name: getattr(outcome, name)[chosen] for name in PER_VENDOR},
        )
    return bands


def figures_by_band(outcome: Outcome, counted_by: str = "month") -> dict[str, dict[str, float | None]]:
    """The figures overall and of each band."""
    bands = {f"{band}_a_{counted_by}": figures(part) for band, part in by_band(outcome).items()}
    return {"overall": figures(outcome), **bands}
