"""Two vendors with whom something worked, told by ordinary records: a maker of sensors and a service in the cloud.

The sensors of the first are up 62 % of the time; a pilot with three joint sprints brings them to 87 %. The second links
its service portal with the company's: those who work with it recommend it more, and renew three months earlier.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from sandbox.world import parameters as p
from sandbox.world.availability import Item, Outage, item_record, outage_records
from sandbox.world.companies import Company, portal_id, salesforce_id
from sandbox.world.crm_records import Change, amount, measure, record, record_id
from sandbox.world.draws import Draws, Stream, days_later, midnight
from sandbox.world.engagements import engagement_record, roadmap_record
from sandbox.world.history import Document
from sandbox.world.pilots import Criterion, Judged, Pilot, criterion_record, pilot_record, rating_records
from sandbox.world.relations import Answer, answer_records, quarter_starts
from sandbox.world.renewals import months_later, renewal_record
from sandbox.world.tickets import make_ticket
from sandbox.world.vendors import Vendor

FIRST_NUMBER = 500_001
"""Numbers of the stories' records: beyond those of all others, which therefore stay as they are."""


def _partner(place: int, name: str, category: str, currency: str) -> Company:
    number = str(100_000 + p.VENDOR_COUNT + place)
    vendor = Vendor(number, name, category, currency, p.VENDOR_COUNT + place, 0.0, 0.02, 0.02, 4.0, ())
    return Company(
        vendor=vendor,
        account_id=salesforce_id("001", 90_000 + place),
        portal_id=portal_id("core_company", number),
        portal_name=name,
        is_strategic=True,
        created_at=datetime(2023, 5, 2, 8, 15, place, tzinfo=UTC),
    )


SENSOR_MAKER = _partner(1, "Sentivo Sensors GmbH", "Equipment", "EUR")
CLOUD_SERVICE = _partner(2, "Harborline Cloud Services Ltd.", "Software", "GBP")
PARTNERS = (SENSOR_MAKER, CLOUD_SERVICE)
"""Vendors beside the two hundred. They sell services: the ERP has no orders with receipts of them."""

# ---- sensors -----------------------------------------------------------------------------------------------------
SENSORS = 40
SENSOR_PILOT = (date(2025, 7, 1), date(2025, 12, 19))
SPRINTS = (date(2025, 8, 18), date(2025, 10, 13), date(2025, 12, 1))
BEFORE, AFTER = (date(2025, 1, 1), date(2025, 6, 30)), (date(2026, 1, 1), date(2026, 6, 30))
UP_BEFORE, UP_AFTER = 0.62, 0.868
UP_BETWEEN = {7: 0.62, 8: 0.64, 9: 0.70, 10: 0.74, 11: 0.79, 12: 0.83}
"""By month of the pilot: every sprint helps a little more."""

# ---- linked portal -----------------------------------------------------------------------------------------------
PORTAL_PILOT = (date(2025, 6, 2), date(2025, 10, 14))
GO_LIVE = date(2025, 10, 15)
WAVE_BEFORE, WAVE_AFTER = "2025-Q3", "2026-Q1"
VOTES = {
    # wave: promoters, passives, detractors; NPS 65 before, 74 and 82 after
    "before": (29, 8, 3),
    "2025-Q4": (40, 7, 3),
    "after": (43, 5, 2),
}
FIRST_WAVE = "2024-Q1"
CONTRACTS = 12
SIGNED_BEFORE = (-14, -9, -6, -4, -2, 1, 3, 7)
"""Days from due date to signature, one after the other, before the portal was linked."""
FORWARD_DAYS = 91


@dataclass(frozen=True, slots=True)
class SensorStory:
    """Time-weighted availability over all `items` in `before` and `after` (first and last days)."""

    vendor: str
    account_id: str
    portal_id: str
    pilot_id: str
    sprint_ids: tuple[str, ...]
    items: tuple[str, ...]
    before: tuple[date, date]
    after: tuple[date, date]
    availability_before: float
    availability_after: float


@dataclass(frozen=True, slots=True)
class PortalStory:
    """Stakeholder NPS of two waves around `go_live`, and how many days earlier renewals due later are signed."""

    vendor: str
    account_id: str
    pilot_id: str
    go_live: date
    wave_before: str
    wave_after: str
    nps_before: int
    nps_after: int
    renewals_forward_days: int


Stories = tuple[SensorStory, PortalStory]


def labels() -> Stories:
    """What the records of the two partners tell; the same in every world."""
    sensors = SensorStory(
        vendor=SENSOR_MAKER.vendor.number,
        account_id=SENSOR_MAKER.account_id,
        portal_id=SENSOR_MAKER.portal_id,
        pilot_id=record_id("pilot", FIRST_NUMBER),
        sprint_ids=tuple(record_id("engagement", FIRST_NUMBER + place) for place in range(len(SPRINTS))),
        items=tuple(_sensor_id(place) for place in range(SENSORS)),
        before=BEFORE,
        after=AFTER,
        availability_before=UP_BEFORE,
        availability_after=UP_AFTER,
    )
    portal = PortalStory(
        vendor=CLOUD_SERVICE.vendor.number,
        account_id=CLOUD_SERVICE.account_id,
        pilot_id=record_id("pilot", FIRST_NUMBER + 1),
        go_live=GO_LIVE,
        wave_before=WAVE_BEFORE,
        wave_after=WAVE_AFTER,
        nps_before=_nps(*VOTES["before"]),
        nps_after=_nps(*VOTES["after"]),
        renewals_forward_days=FORWARD_DAYS,
    )
    return sensors, portal


def _nps(promoters: int, passives: int, detractors: int) -> int:
    return round(100 * (promoters - detractors) / (promoters + passives + detractors))


def story_documents(seed: int) -> Mapping[str, Sequence[Document]]:
    """The records of the stories by entity, to be shown among all others."""
    draws = Draws(seed, Stream.STORIES)
    pilots, proposals = _pilots()
    judged = [Judged(FIRST_NUMBER + place, *one, None) for place, one in enumerate(_criteria(pilots))]
    measured = {"Availability of the sensors": measure(86.8), "Tickets solved by the asker": measure(41)}
    items = _sensors()
    ratings: list[Document] = []
    for each in judged:
        if each.criterion.kind == "Rated":
            ratings += rating_records(draws, each, (5, 4, 4, 5), FIRST_NUMBER + len(ratings))
    lessons = ("Engineers of both sides in one room for a week", "People recommend what they can follow by themselves")
    return {
        "survey_response": answer_records(draws, sorted(_answers(draws)), FIRST_NUMBER, corrections=False),
        "innovation_proposal": proposals,
        "pilot": [pilot_record(draws, pilot, lesson) for pilot, lesson in zip(pilots, lessons, strict=True)],
        "pilot_criterion": [
            criterion_record(
                each, each.pilot.ended_at and each.pilot.ended_at - timedelta(days=1), measured.get(each.criterion.name)
            )
            for each in judged
        ],
        "pilot_rating": ratings,
        "engagement": list(_engagements(draws)),
        "roadmap_item": list(_roadmap_items()),
        "contract_renewal": list(_renewals(draws)),
        "configuration_item": [item_record(item) for item in items],
        "outage": outage_records(list(_outages(draws, items)), FIRST_NUMBER),
        "incident": list(_tickets(draws)),
    }


def _pilots() -> tuple[list[Pilot], list[Document]]:
    """The two pilots and the proposals that they try."""
    pilots, proposals = [], []
    told = (
        (SENSOR_MAKER, SENSOR_PILOT, "Sensors that report before they fail", "Four of ten sensors are down", 310_000),
        (CLOUD_SERVICE, PORTAL_PILOT, "Linked service portal", "Nobody knows where a ticket stands", 120_000),
    )
    for place, (company, (start, end), title, problem, benefit) in enumerate(told):
        number = FIRST_NUMBER + place
        submitted_at = midnight(days_later(start, -70)) + timedelta(hours=9, minutes=31)
        ended_at = midnight(end) + timedelta(hours=15, minutes=2)
        first: dict[str, Any] = {
            "Name": f"IP-{number:05d}",
            "Account__c": company.account_id,
            "Title__c": title,
            "Problem__c": problem,
            "Benefit_Estimate__c": amount(benefit),
            "CurrencyIsoCode": company.vendor.currency,
            "Proposal_Owner__c": "Supplier developer",
            "Next_Step__c": "Pilot at plant 1010",
            "Cost_To_Implement__c": amount(benefit / 4),
            "Time_To_Implement_Days__c": Decimal((end - start).days),
            "Status__c": "Submitted",
            "Submitted_Date__c": submitted_at.date(),
            "First_Feedback_At__c": None,
        }
        answered_at = submitted_at + timedelta(days=4, hours=2)
        changes: list[Change] = [
            (answered_at, {"Status__c": "Triaged", "First_Feedback_At__c": answered_at}),
            (submitted_at + timedelta(days=15), {"Status__c": "Actionable"}),
            (submitted_at + timedelta(days=40), {"Status__c": "Pilot"}),
            (ended_at + timedelta(days=3), {"Status__c": "Adopted"}),
        ]
        proposals.append(record("innovation_proposal", number, submitted_at, first, changes))
        created_at = submitted_at + timedelta(days=42)
        names = (record_id("innovation_proposal", number), title, created_at)
        pilots.append(Pilot(number, company, *names, start, end, ended_at, "Completed", "Adopted"))
    return pilots, proposals


def _criteria(pilots: Sequence[Pilot]) -> Iterator[tuple[Pilot, Criterion, Decimal]]:
    results = (
        Criterion("Availability of the sensors", "Measured", "Result", "%", "higher", 62, 85),
        Criterion("Tickets solved by the asker", "Measured", "Result", "%", "higher", 12, 35),
    )
    for pilot, result in zip(pilots, results, strict=True):
        yield pilot, result, Decimal(60)
        yield pilot, Criterion("Ideas beyond the brief", "Rated", "Creativity", "points", "higher", 3, 4), Decimal(20)
        yield pilot, Criterion("Fit with our roadmap", "Rated", "Alignment", "points", "higher", 3, 4), Decimal(20)


def _engagements(draws: Draws) -> Iterator[Document]:
    meetings = [(SENSOR_MAKER, ("Joint Sprint", "Sensor data", 5.0), day) for day in SPRINTS]
    meetings.append((CLOUD_SERVICE, ("Workshop", "Linked portal", 1.0), days_later(PORTAL_PILOT[0], 8)))
    meetings.append((CLOUD_SERVICE, ("Joint Sprint", "Linked portal", 5.0), days_later(GO_LIVE, -30)))
    for number, (company, what, day) in enumerate(meetings, start=FIRST_NUMBER):
        planned_at = midnight(days_later(day, -30)) + timedelta(hours=10, seconds=number % 60)
        yield engagement_record(draws, number, company, what, planned_at, day, ("Held", 8, "Prototype accepted"))


def _roadmap_items() -> Iterator[Document]:
    items = (
        (SENSOR_MAKER, "Self-testing sensors", SENSOR_PILOT),
        (CLOUD_SERVICE, "Linked service portal", PORTAL_PILOT),
    )
    for number, (company, title, (start, end)) in enumerate(items, start=FIRST_NUMBER):
        done_at = midnight(GO_LIVE if company is CLOUD_SERVICE else end) + timedelta(hours=16)
        terms = {"Investment__c": amount(90_000), "Our_Share_Pct__c": Decimal(50), "IP_Terms__c": "Joint"}
        changes: list[Change] = [
            (midnight(start) + timedelta(hours=8), {"Status__c": "In Progress"}),
            (done_at, {"Status__c": "Done", "Actual_End__c": done_at.date()}),
        ]
        created_at = midnight(days_later(start, -25)) + timedelta(hours=13)
        yield roadmap_record(number, company, title, (start, end), terms, created_at, changes)


def _answers(draws: Draws) -> Iterator[Answer]:
    """Every wave of the cloud service has its exact votes; the maker of sensors has a few, and they get better."""
    for start in quarter_starts():
        wave = f"{start.year}-Q{(start.month + 2) // 3}"
        if wave < FIRST_WAVE:
            continue
        votes = VOTES["before"] if wave <= WAVE_BEFORE else VOTES.get(wave, VOTES["after"])
        scores = [draws.pick(points) for count, points in zip(votes, _POINTS, strict=True) for _ in range(count)]
        mood = 6.6 if start < SPRINTS[0] else 7.8 if start < SPRINTS[2] else 8.9
        others = [min(max(round(mood + draws.normal()), 0), 10) for _ in range(14)]
        for company, given in ((CLOUD_SERVICE, scores), (SENSOR_MAKER, others)):
            rated_us = [draws.between(7, 10) for _ in range(3)]
            for direction, host, points in (
                ("stakeholder_rates_vendor", "ourcompany", given),
                ("vendor_rates_us", f"v{company.vendor.number}", rated_us),
            ):
                for voter, score in enumerate(points, start=1):
                    given_at = draws.working_second(days_later(start, 77 + draws.between(0, 24)))
                    email = f"person{voter}.{company.vendor.number}@{host}.example"
                    yield Answer(given_at, email, company.account_id, direction, wave, score)


_POINTS = ((9, 10), (7, 8), (2, 4, 5, 6))


def _renewals(draws: Draws) -> Iterator[Document]:
    """A contract falls due each month; those due after the portal was linked are signed three months earlier."""
    number = FIRST_NUMBER
    for place in range(CONTRACTS):
        due = date(2024, place + 1, 15)
        while due <= p.LAST_DAY:
            # nobody signs early because of a portal that is not there yet
            earliest = days_later(due, min(SIGNED_BEFORE) - FORWARD_DAYS - 3)
            early = FORWARD_DAYS if earliest > GO_LIVE else 0
            shift = SIGNED_BEFORE[(number - FIRST_NUMBER) % len(SIGNED_BEFORE)]
            signed_on = draws.working_day_before(days_later(due, shift - early))
            came_of_it = ("Renewed", 12, 40_000.0 + 1_000 * place)
            yield renewal_record(draws, number, CLOUD_SERVICE, f"HC-{place + 1:03d}", (due, signed_on), came_of_it)
            due, number = months_later(due, 12), number + 1


def _sensor_id(place: int) -> str:
    return portal_id("cmdb_ci", "sensor", str(place))


@cache
def _sensors() -> tuple[Item, ...]:
    return tuple(
        Item(
            id=_sensor_id(place),
            name=f"Temperature sensor {place + 1:02d}",
            kind="cmdb_ci_hardware",
            company=SENSOR_MAKER,
            installed_at=datetime(2024, 10, 1 + place // 2, 9 + place % 8, 20, tzinfo=UTC),
        )
        for place in range(SENSORS)
    )


def _up(month: date) -> float:
    if month < SENSOR_PILOT[0]:
        return UP_BEFORE
    return UP_BETWEEN[month.month] if month.year == SENSOR_PILOT[0].year else UP_AFTER


def _outages(draws: Draws, items: Sequence[Item]) -> Iterator[Outage]:
    """One to three outages per sensor and month; all together are down exactly as long as the month says."""
    month = date(2024, 10, 1)
    while month <= p.LAST_DAY:
        following = months_later(month, 1)
        spans = [(max(midnight(month), item.installed_at), midnight(following)) for item in items]
        uneven = [1 + 0.2 * draws.within(-1, 1) for _ in items]
        lengths = [(end - start).total_seconds() for start, end in spans]
        even = sum(lengths) / sum(length * factor for length, factor in zip(lengths, uneven, strict=True))
        for item, (start, _), length, factor in zip(items, spans, lengths, uneven, strict=True):
            down = (1 - _up(month)) * factor * even * length
            yield from _down_times(draws, item, start, length, down)
        month = following


def _down_times(draws: Draws, item: Item, start: datetime, length: float, down: float) -> Iterator[Outage]:
    count = draws.between(1, 3)
    downs, ups = _parts(draws, down, count), _parts(draws, length - down, count + 1)
    at = 0.0
    for gap, lasting in zip(ups, downs, strict=False):
        begin = start + timedelta(seconds=round(at + gap))
        at += gap + lasting
        end = start + timedelta(seconds=round(at))
        yield Outage(item, "outage", begin, end, begin + timedelta(minutes=draws.between(1, 20)))


def _parts(draws: Draws, total: float, count: int) -> list[float]:
    weights = [draws.within(0.3, 1) for _ in range(count)]
    return [total * weight / sum(weights) for weight in weights]


def _tickets(draws: Draws) -> Iterator[Document]:
    """Some tickets of both: of the sensors more before the sprints than after."""
    number = 0
    for company, every, later in ((SENSOR_MAKER, 12, 40), (CLOUD_SERVICE, 25, 25)):
        day = date(2024, 11, 4)
        while day <= p.LAST_DAY:
            number += 1
            opened_at = draws.working_second(draws.working_day(day))
            yield make_ticket(draws, f"INC{9_000_000 + number}", opened_at, company)
            day = days_later(day, draws.between(1, 2 * (every if day < SPRINTS[1] else later)))
