"""Mails about a shift in a vendor's behaviour: what the detector's evidence says, one row for each signal."""

from collections.abc import Sequence

from alerts.document import Document, Grid
from alerts.guidance import clear_reason
from alerts.mail import Mail, Told, compose, vendor_facts, vendor_name
from alerts.routing import Owner
from alerts.signals import Published
from alerts.wording import clean, isolated


def opened_mail(told: Sequence[Told], published: Published, owner: Owner, domain: str, thread: Sequence[str]) -> Mail:
    """New vendor-level alerts of one vendor and KPI family."""
    vendor, family = isolated(vendor_name(told[0].signal)), clean(told[0].signal.kpi_family, 40)
    title = f"{vendor}: {family} has shifted"
    document = Document(
        tone="open",
        kicker=f"{family} · early warning",
        title=title,
        summary=f"The way {vendor} behaves has changed: {_evidence(told[0])}.",
        tables=(_grid("What has changed", told),),
        facts=_facts(told, published, owner, f"You get this because {owner.reason}."),
    )
    return _mail("opened", told, published, owner, title, document, domain, thread)


def resolved_mail(told: Sequence[Told], published: Published, owner: Owner, domain: str, thread: Sequence[str]) -> Mail:
    """Vendor-level alerts that were mailed and are over."""
    vendor, family = isolated(vendor_name(told[0].signal)), clean(told[0].signal.kpi_family, 40)
    reasons = ", ".join(sorted({clean(clear_reason(one.reason), 60) for one in told}))
    document = Document(
        tone="resolved",
        kicker=f"{family} · resolved",
        title=f"{vendor}: {family} {reasons}",
        summary=f"The early warning about the {family} of {vendor} is over: {reasons}.",
        tables=(_grid("What was told and is over", told),),
        facts=_facts(told, published, owner, "You were mailed when it opened."),
    )
    return _mail(
        "resolved", told, published, owner, f"Resolved: {vendor}: {family} {reasons}", document, domain, thread
    )


def withdrawn_mail(
    told: Sequence[Told], published: Published, owner: Owner, domain: str, thread: Sequence[str]
) -> Mail:
    """Vendor-level alerts that were mailed and turned out wrong, because the data behind them were corrected."""
    vendor, family = isolated(vendor_name(told[0].signal)), clean(told[0].signal.kpi_family, 40)
    document = Document(
        tone="withdrawn",
        kicker=f"{family} · correction",
        title=f"{vendor}: alert about {family} withdrawn",
        summary=f"We told you about the {family} of {vendor}. "
        f"The data behind it were corrected since, so please disregard it: {clean(told[0].reason)}.",
        tables=(_grid("What was told and no longer holds", told),),
        facts=_facts(told, published, owner, "You were mailed when it opened."),
    )
    return _mail(
        "withdrawn", told, published, owner, f"Withdrawn: {vendor}: {family} restated", document, domain, thread
    )


def _evidence(one: Told) -> str:
    return clean(one.signal.evidence, 500)


def _grid(heading: str, told: Sequence[Told]) -> Grid:
    return Grid(
        heading, ("Rule", "Evidence"), tuple((one.signal.rule_id.replace("_", " "), _evidence(one)) for one in told)
    )


def _facts(told: Sequence[Told], published: Published, owner: Owner, why: str) -> tuple[tuple[str, str], ...]:
    return (("Owner", owner.team.name), ("Why you", why), *vendor_facts(published, told[0].signal))


def _mail(
    kind: str,
    told: Sequence[Told],
    published: Published,
    owner: Owner,
    subject: str,
    document: Document,
    domain: str,
    thread: Sequence[str],
) -> Mail:
    return compose(kind, [one.key for one in told], owner.route, subject, document, published.as_of, domain, thread)
