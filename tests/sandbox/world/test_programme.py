"""What the CRM holds of the vendor programme: each mess that a mart must survive is there, and in proportion."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from statistics import pstdev

from sandbox.source import ENTITIES
from sandbox.world import LAST_NOW, World
from sandbox.world.crm_records import PREFIXES

DOLLARS = {"USD": 1.0, "EUR": 1.1, "GBP": 1.27, "CHF": 1.12}


def quarter(day):
    return f"{day.year}-Q{(day.month + 2) // 3}"


def test_every_record_belongs_to_an_account_or_a_record_that_exists(world):
    accounts = {row["Id"] for row in world.rows("account")}
    ids = {entity: {row["Id"] for row in world.rows(entity)} for entity in PREFIXES}
    for entity in PREFIXES:
        rows = world.rows(entity)
        assert rows, entity
        if "Account__c" in rows[0]:
            assert {row["Account__c"] for row in rows} <= accounts
    for entity, field, target in (
        ("pilot", "Proposal__c", "innovation_proposal"),
        ("pilot_criterion", "Pilot__c", "pilot"),
        ("pilot_rating", "Pilot_Criterion__c", "pilot_criterion"),
        ("saving", "Proposal__c", "innovation_proposal"),
        ("reinvestment", "Saving__c", "saving"),
        ("reinvestment", "Pilot__c", "pilot"),
    ):
        named = {row[field] for row in world.rows(entity)} - {""}
        assert named
        assert named <= ids[target]


def test_pilots_have_criteria_that_were_fixed_before_and_now_and_then_one_that_was_not(world):
    pilots = {row["Id"]: row for row in world.rows("pilot")}
    assert {row["Status__c"] for row in pilots.values()} >= {"Running", "Completed"}
    assert {row["Outcome__c"] for row in pilots.values()} == {"Adopted", "Extended", "Stopped", ""}
    learned = [row["Lesson_Learned__c"] for row in pilots.values() if row["Status__c"] == "Completed"]
    assert "" in learned
    assert len(set(learned)) >= 4
    in_time, late = defaultdict(int), 0
    for row in world.rows("pilot_criterion"):
        if row["Fixed_On__c"] <= pilots[row["Pilot__c"]]["Start_Date__c"]:
            in_time[row["Pilot__c"]] += row["Weight_Pct__c"]
        else:
            late += 1
    assert late >= 2
    assert set(in_time.values()) == {100}
    measured = [row for row in world.rows("pilot_criterion") if row["Kind__c"] == "Measured"]
    assert any(row["Actual_Value__c"] is None for row in measured)
    assert sum(row["Actual_Value__c"] is not None for row in measured) > 50


def test_rubrics_are_rated_by_three_and_more_who_disagree_and_some_by_too_few(world):
    points = defaultdict(list)
    for row in world.rows("pilot_rating"):
        points[row["Pilot_Criterion__c"]].append(int(row["Rating__c"]))
    assert {point for given in points.values() for point in given} <= {1, 2, 3, 4, 5}
    counts = Counter(map(len, points.values()))
    assert set(counts) == {2, 3, 4, 5, 6}
    assert counts[2] < sum(counts.values()) / 4
    assert sum(pstdev(given) > 0.4 for given in points.values()) > len(points) / 2


def test_joint_kpis_are_agreed_per_vendor_and_quarter_and_not_all_can_be_counted(world):
    rows = [row for row in world.rows("joint_kpi") if row["Quarter__c"] <= "2026-Q1"]
    per_vendor = Counter((row["Account__c"], row["Quarter__c"]) for row in rows)
    assert set(per_vendor.values()) == {2, 3, 4}
    assert len({account for account, _ in per_vendor}) == 14
    assert {row["Status__c"] for row in rows} == {"Agreed", "Measured", "Dropped"}
    assert 0.04 < sum(not row["Is_Measurable__c"] for row in rows) / len(rows) < 0.15
    late = [row for row in rows if quarter(row["Agreed_On__c"]) == row["Quarter__c"]]
    assert 0.03 < len(late) / len(rows) < 0.12
    reached = defaultdict(list)
    for row in rows:
        if row["Actual_Value__c"] is not None:
            more, less = (
                row["Actual_Value__c"] >= row["Target_Value__c"],
                row["Actual_Value__c"] <= row["Target_Value__c"],
            )
            reached[row["Quarter__c"][:4]].append(more if row["Direction__c"] == "higher" else less)
    assert sum(reached["2024"]) / len(reached["2024"]) < 0.85
    assert sum(reached["2026"]) / len(reached["2026"]) > 0.85


def test_savings_lose_on_the_way_and_some_are_rejected_or_only_avoided(world):
    rows = world.rows("saving")
    assert {row["Stage__c"] for row in rows} == {"Identified", "Negotiated", "Realised", "Validated", "Rejected"}
    assert 0.1 < sum(row["Kind__c"] == "Avoidance" for row in rows) / len(rows) < 0.4
    assert len({row["CurrencyIsoCode"] for row in rows}) >= 3
    validated = [row for row in rows if row["Stage__c"] == "Validated"]
    assert len(validated) > 40
    for row in validated:
        stages = ("Identified", "Negotiated", "Realised", "Validated")
        days = [row[f"{stage}_On__c"] for stage in stages]
        amounts = [row[f"{stage}_Amount__c"] for stage in stages]
        assert days == sorted(days)
        assert amounts == sorted(amounts, reverse=True)
        assert row["Validated_By__c"]
    leakage = 1 - sum(row["Realised_Amount__c"] for row in validated) / sum(
        row["Negotiated_Amount__c"] for row in validated
    )
    assert 0.2 < leakage < 0.4
    assert all(row["Validated_Amount__c"] is None for row in rows if row["Stage__c"] == "Rejected")
    baselines = [
        row["Baseline_Fixed_On__c"] and row["Baseline_Fixed_On__c"] < row["Negotiated_On__c"] for row in validated
    ]
    assert None in baselines or False in baselines
    assert baselines.count(True) > 0.8 * len(baselines)


def test_finance_corrects_some_validated_savings_later(world):
    corrected = 0
    for document in world.truth.documents["saving"]:
        amounts = [
            state["Validated_Amount__c"] for state in document.states if state["Validated_Amount__c"] is not None
        ]
        corrected += len(set(amounts)) > 1
    assert corrected >= 3


def test_money_goes_back_a_quarter_after_finance_validated(world):
    savings = {row["Id"]: row for row in world.rows("saving")}
    entries = world.rows("reinvestment")
    assert {row["Entry_Type__c"] for row in entries} == {"Commitment", "Disbursement", "Clawback", "Bonus"}
    assert all(row["Amount__c"] > 0 for row in entries)
    assert len({row["Pool__c"] for row in entries}) == 3
    lags = []
    for row in entries:
        if row["Entry_Type__c"] == "Bonus":
            assert row["Saving__c"] == ""
            continue
        saving = savings[row["Saving__c"]]
        assert saving["Kind__c"] == "Saving"
        if row["Entry_Type__c"] == "Disbursement":
            lags.append((row["Booked_On__c"] - saving["Validated_On__c"]).days)
    assert min(lags) > 70
    assert any(
        row["CurrencyIsoCode"] != savings[row["Saving__c"]]["CurrencyIsoCode"] for row in entries if row["Saving__c"]
    )


def test_a_third_of_the_savings_of_the_last_year_goes_back_and_less_did_before(world):
    validated, disbursed = defaultdict(float), defaultdict(float)
    for row in world.rows("saving"):
        if row["Kind__c"] == "Saving" and row["Validated_On__c"]:
            year = row["Validated_On__c"] > datetime(2025, 6, 30, tzinfo=UTC).date()
            validated[year] += float(row["Validated_Amount__c"]) * DOLLARS[row["CurrencyIsoCode"]]
    for row in world.rows("reinvestment"):
        sign = {"Disbursement": 1, "Clawback": -1}.get(row["Entry_Type__c"], 0)
        year = row["Booked_On__c"] > datetime(2025, 6, 30, tzinfo=UTC).date()
        disbursed[year] += sign * float(row["Amount__c"]) * DOLLARS[row["CurrencyIsoCode"]]
    assert disbursed[True] / validated[True] > 0.30
    assert disbursed[False] / validated[False] < 0.25


def test_value_shares_reach_their_threshold_or_not_and_have_gates_and_caps(world):
    clauses = world.rows("value_share_agreement")
    assert len(clauses) >= 20
    saved = defaultdict(float)
    for row in world.rows("saving"):
        if row["Kind__c"] == "Saving" and row["Validated_On__c"]:
            saved[row["Account__c"], quarter(row["Validated_On__c"])] += float(row["Validated_Amount__c"])
    outcomes = Counter()
    for row in clauses:
        assert row["Valid_From__c"] < row["Valid_To__c"]
        year = row["Valid_From__c"].year
        best = max(saved[row["Account__c"], f"{year}-Q{part}"] for part in (1, 2, 3, 4))
        over = best - float(row["Threshold_Amount__c"])
        share = over * float(row["Share_Pct__c"]) / 100
        outcomes["nothing" if over <= 0 else "capped" if share > row["Cap_Amount__c"] else "shared"] += 1
    assert set(outcomes) == {"nothing", "capped", "shared"}
    assert {row["Quality_Gate_Ppm__c"] for row in clauses} == {1, 20_000}
    assert max(row["Delivery_Gate_Pct__c"] for row in clauses) > 99


def test_roadmaps_and_engagements_are_planned_before_they_happen(world):
    terms = Counter(row["IP_Terms__c"] for row in world.rows("roadmap_item"))
    assert set(terms) == {"Ours", "Vendor", "Joint", "Licensed", ""}
    assert any(
        row["Actual_End__c"] and row["Actual_End__c"] > row["Planned_End__c"] for row in world.rows("roadmap_item")
    )
    kinds = Counter((row["Kind__c"], row["Status__c"]) for row in world.rows("engagement"))
    assert {kind for kind, _ in kinds} == {"Innovation Day", "Joint Sprint", "Workshop", "Harvest Session"}
    assert {status for _, status in kinds} == {"Planned", "Held", "Cancelled"}
    for row in world.rows("engagement"):
        assert row["CreatedDate"].date() < row["Held_On__c"]
        assert (row["Participants_Ours__c"] is None) == (row["Status__c"] != "Held")
    assert any(row["Held_On__c"] < world.now().date() - timedelta(days=30) and row["Status__c"] == "Planned"
               for row in world.rows("engagement"))  # fmt: skip


def test_renewals_are_signed_before_and_after_they_are_due_or_not_at_all(world):
    rows = world.rows("contract_renewal")
    assert {row["Outcome__c"] for row in rows} == {"Renewed", "Renegotiated", "Ended", ""}
    days = [(row["Signed_On__c"] - row["Due_Date__c"]).days for row in rows if row["Signed_On__c"]]
    assert min(days) < -20
    assert max(days) > 10
    assert all(row["Signed_On__c"] is None for row in rows if row["Outcome__c"] in ("Ended", ""))
    assert any(row["Due_Date__c"] > world.now().date() for row in rows)


def test_accounts_are_merged_and_gone_after_the_recycle_bin():
    world = World(seed=11, size=0.1)
    accounts = {row["Id"]: row for row in world.rows("account")}
    merged = [row for row in accounts.values() if row["MasterRecordId"]]
    assert len(merged) == 2
    assert all(row["IsDeleted"] and not accounts[row["MasterRecordId"]]["IsDeleted"] for row in merged)
    assert not any(row["IsDeleted"] for row in accounts.values() if not row["MasterRecordId"])
    assert sum(row["ParentId"] is not None for row in accounts.values()) >= 5
    segments = Counter(row["Segment__c"] for row in accounts.values())
    assert set(segments) == {"Strategic", "Leverage", "Bottleneck", "Routine"}
    assert segments["Strategic"] == 14
    world.advance(10)
    later = {row["Id"]: row for row in world.rows("account")}
    assert not {row["Id"] for row in merged} & later.keys()
    assert sum(row["IsDeleted"] for row in later.values()) == 1


def test_nothing_of_the_programme_changes_before_it_exists_and_every_state_has_its_own_stamp():
    world = World(seed=11, size=0.1, start=LAST_NOW)
    checked = 0
    for entity in ENTITIES:
        for document in world.truth.documents[entity] if entity in PREFIXES else ():
            assert list(document.instants) == sorted(set(document.instants)), document.key
            for at, state in zip(document.instants, document.states, strict=True):
                assert state["SystemModstamp"] == at >= state["CreatedDate"]
                checked += 1
    assert checked > 5_000
