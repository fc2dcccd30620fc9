"""What a mail draws on besides its alerts: the publication, the evidence behind its signals, how good rules are."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow.compute as pc

from alerts.chart import Chart, ChartMonth
from alerts.guidance import shift_guidance_for
from alerts.links import doorway
from alerts.precision import Precision
from alerts.publication import read_evidence, read_mart, read_months
from alerts.signals import Evidence, EvidenceMonth, LineSignal, Published, Signal, VendorSignal
from alerts.wording import plural
from config.alert_routes import AlertRoutes
from config.detector_quality import DetectorQuality, load_detector_quality

ON_TIME_MART = "vendor_month"
_ON_TIME = {
    "observed": "otd_first_promise",
    "n": "otd_first_promise_n",
    "low": "otd_first_promise_lower",
    "high": "otd_first_promise_upper",
}


@dataclass(frozen=True)
class MailContext:
    """All that composers of one run share; ``on_time`` is by vendor, ``documents`` and ``months`` are by signal."""

    published: Published
    domain: str
    has_links: bool = False
    link_days: int = 30
    on_time: Mapping[str, tuple[ChartMonth, ...]] = field(default_factory=dict)
    documents: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    months: Mapping[str, tuple[EvidenceMonth, ...]] = field(default_factory=dict)
    quality: Mapping[str, DetectorQuality] = field(default_factory=dict)
    judged: Mapping[str, Precision] = field(default_factory=dict)

    def on_time_chart(self, vendor_key: str) -> Chart:
        """How punctual the vendor was by month."""
        return Chart(
            title="On-time share of lines, by first promise",
            unit="share",
            noun="lines due in the month",
            months=self.on_time.get(vendor_key, ()),
        )

    def shift_chart(self, signal: VendorSignal) -> Chart:
        """The measure of a vendor-level signal by month."""
        guidance = shift_guidance_for(signal.rule_id)
        return Chart(
            title=f"{guidance.measure[:1].upper()}{guidance.measure[1:]} by month",
            unit=signal.unit,
            noun=plural(guidance.noun),
            months=tuple(
                ChartMonth(one.month_date, one.n, one.observed, one.observed_low, one.observed_high, one.expected)
                for one in self.months.get(signal.signal_key, ())
            ),
            since_date=signal.likely_since_date,
            alarm_date=signal.started_at.date(),
        )


def mail_context(
    published: Published, routes: AlertRoutes, signals: Sequence[Signal], judged: Sequence[Precision] = ()
) -> MailContext:
    """Read what mails about ``signals`` need from the publication: each file once, and only their rows.

    Args:
        judged: what people's verdicts say of the rules so far.

    Raises:
        EcosystemError: a file of the publication, or the measured quality of rules, cannot be used.
    """
    of_vendors = [one.signal_key for one in signals if isinstance(one, VendorSignal)]
    with_lines = {one.vendor_key for one in signals if isinstance(one, LineSignal)}
    return MailContext(
        published=published,
        domain=routes.mail.message_id_domain,
        has_links=doorway(routes) is not None,
        link_days=routes.page.link_days,
        on_time=read_on_time(published, with_lines),
        documents=read_evidence(published.folder, of_vendors),
        months=read_months(published.folder, of_vendors),
        quality=load_detector_quality(),
        judged={one.rule_id: one for one in judged if one.judged},
    )


def read_on_time(published: Published, vendor_keys: Collection[str]) -> dict[str, tuple[ChartMonth, ...]]:
    """The on-time share by month of these vendors; empty where the publication has no such mart."""
    if not vendor_keys:
        return {}
    rows = read_mart(
        published.folder,
        ON_TIME_MART,
        ["vendor_key", "month", *_ON_TIME.values()],
        pc.field("vendor_key").isin(sorted(vendor_keys)),
    )
    found: dict[str, list[ChartMonth]] = {}
    for row in sorted(rows, key=lambda one: (one["vendor_key"], one["month"])):
        if row["month"] > published.as_of.date():
            continue
        values = {name: row[column] for name, column in _ON_TIME.items()}
        found.setdefault(row["vendor_key"], []).append(
            ChartMonth(month_date=row["month"], **values | {"n": values["n"] or 0})
        )
    return {key: tuple(months) for key, months in found.items()}
