"""Targets of the ecosystem at risk live beside vendors' signals, and no vendor is told of them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from alerts import actions, target_mail
from alerts.actions import ReasonCode, Verdict
from alerts.facts import facts_of, signal_from
from alerts.lifecycle import Announced, Change, plan
from alerts.listing import Wanted, list_rendered, listed, shown
from alerts.publication import read_publication, read_published, read_signals
from alerts.replay import rendered, replay
from alerts.run import run_alerts
from alerts.signals import TargetSignal
from config.alert_routes import load_alert_routes
from connectors.ecosystem import own_records
from ecosystem.errors import UsageError
from tests.alerts.test_life import text_of

FOUND = {"reason_code": ReasonCode.US, "verdict": Verdict.TRUE}
ON_TRACK = {"signal_state": "cleared", "clear_reason": "on_track", "cleared_at": datetime(2026, 7, 3, tzinfo=UTC)}
NOT_MET = ON_TRACK | {"clear_reason": "quarter_not_met", "days_left": 0}
NPS = {"unit": "points", "target": 40.0, "value": 31.0, "lower_bound": 12.0, "upper_bound": 47.0, "n": 41}
TO_LEADS = "  - {name: targets, when: {kpi_family: ecosystem}, team: partners}\n"


def targets_to_partners(life):
    life.routes = life.routes.replace("default_team:", f"{TO_LEADS}default_team:")
    life.configure("")


def signal_of(row):
    known = {name: row[name] for name in TargetSignal.__dataclass_fields__}
    return TargetSignal(**known | {"rule_version": str(row["rule_version"])})


# Reading


def test_a_target_at_risk_is_read_as_the_mart_has_it_and_kept_whole_in_the_ledger(publish, target, home, day):
    publish([], day(1), targets=[target(value=float("nan"), lower_bound=None, upper_bound=None, n=None)])
    (signal,) = read_published(home).signals
    assert isinstance(signal, TargetSignal)
    assert (signal.subject_key, signal.company, signal.value, signal.n) == (signal.metric_id, None, None, None)
    assert signal.started_at.tzinfo is not None
    assert signal_from(facts_of(signal)) == signal
    assert read_signals(read_published(home).folder, [signal.signal_key]) == (signal,)


def test_a_publication_from_before_targets_were_warned_of_is_read(publish, signal, home, day):
    publish([signal(1, 1)], day(1), targets=None)
    published = read_published(home)
    assert len(published.signals) == 1
    assert read_signals(published.folder, [published.signals[0].signal_key, "other"]) == published.signals


# Its life


def test_a_target_at_risk_is_told_and_closed_in_one_thread_to_the_team_its_route_names(life, target):
    targets_to_partners(life)
    life.run(1)
    assert life.run(2, targets=[target()]) == ["opened"]
    (opened,) = life.arrived
    assert opened["X-Alert-Route"] == "targets"
    assert opened["To"] == "Strategic partners <partners@example.com>"
    assert str(opened["Subject"]) == (
        "At risk before 30 September: Joint KPI achievement rate 28 %, target 90 %, 12 days left"
    )
    assert life.run(3, targets=[target()]) == []
    assert life.run(4, targets=[target(**ON_TRACK)]) == ["resolved"]
    assert life.arrived[0]["In-Reply-To"] == opened["Message-ID"]
    assert str(life.arrived[0]["Subject"]) == "Resolved: Joint KPI achievement rate: on track again"
    assert life.history(target()) == ["opened", "resolved"]


@pytest.mark.parametrize(
    ("reason", "subject"),
    [
        ("quarter_met", "Resolved: Joint KPI achievement rate: target met at the end of the quarter"),
        ("quarter_not_met", "Over: Joint KPI achievement rate: target not met at the end of the quarter"),
        ("quarter_undecided", "Over: Joint KPI achievement rate: undecided at the end of the quarter"),
    ],
)
def test_the_end_of_the_quarter_is_told_as_what_it_is(life, target, reason, subject):
    life.run(1)
    life.run(2, targets=[target()])
    assert life.run(3, targets=[target(**NOT_MET | {"clear_reason": reason})]) == ["resolved"]
    assert life.mailbox.subjects[-1] == subject


def test_a_target_that_was_on_track_all_along_opens_nothing(life, target):
    life.run(1)
    assert life.run(2, targets=[target(**ON_TRACK)]) == []
    assert life.result.opened == 0


def test_the_first_load_tells_of_targets_in_its_digest_also_where_it_finds_nothing_else(life, target):
    assert life.run(1, targets=[target()]) == ["digest"]
    assert life.mailbox.subjects == ["Early warning has started: 1 target of the ecosystem"]
    assert "Joint KPI achievement rate" in text_of(life.arrived[0])
    assert life.run(2, targets=[target()]) == []


def test_the_digest_of_a_first_load_counts_vendors_without_targets(life, signal, target):
    life.run(1, signal(1, 1), targets=[target()])
    assert life.mailbox.subjects == [
        "Early warning has started: 1 order line at 1 vendor and 1 target of the ecosystem, worst +10 days"
    ]


def test_targets_of_one_quarter_come_in_one_mail_the_furthest_first_beside_those_of_vendors(life, signal, target):
    life.run(1)
    both = [target("vendor_nps", **NPS, expected_at_end=31.0, expected_low=20.0, expected_high=42.0), target()]
    assert life.run(2, signal(1, 1), targets=both) == ["opened", "opened"]
    assert life.mailbox.subjects[-2:] == [
        "At risk before 30 September: Joint KPI achievement rate 28 %, target 90 %, and 1 more target, 12 days left",
        "Vendor 1: 1 order line slips, worst +10 days, EUR 18,400 open",
    ]
    assert life.run(3, signal(1, 1), targets=[both[0], target(**NOT_MET)]) == ["resolved"]
    assert life.row(both[0])["state"] == "open"


def test_a_target_on_watch_is_told_by_the_weekly_digest(life, signal, target):
    life.configure("weekly_digest: monday\n")
    life.run(1)
    life.run(2, signal(1, 1, severity="watch"), targets=[target(severity="watch")])
    assert life.run(7, signal(1, 1, severity="watch"), targets=[target(severity="watch")]) == ["weekly"]
    assert life.mailbox.subjects[-1] == "Weekly digest: 2 alerts at 1 vendor and for 1 target"
    assert "Joint KPI achievement rate" in text_of(life.arrived[0])
    assert life.run(8, targets=[target()]) == ["opened"]


def test_a_target_at_risk_is_reminded_of_escalated_taken_on_and_judged(life, target, day):
    life.configure("remind_after_hours: {alert: 24}\nescalation: {alert: [{after_hours: 48, team: partners}]}\n")
    life.run(1)
    life.run(2, targets=[target()])
    assert life.run(3, targets=[target()]) == ["reminder"]
    assert str(life.arrived[0]["Subject"]) == "Reminder: Joint KPI achievement rate: 1 alert still open"
    assert "Read the joint KPIs that are still open" in text_of(life.arrived[0])
    assert life.run(4, targets=[target()]) == ["escalated", "reminder"]
    life.act(actions.acknowledge, [target()["signal_key"]], "Ada", day(4))
    assert life.run(9, targets=[target()]) == []
    life.act(actions.resolve, [target()["signal_key"]], "Ada", day(9), **FOUND)
    assert life.run(10, targets=[target()]) == ["resolved", "resolved"]
    assert life.row(target())["verdict"] == "true"


def test_the_budget_of_a_recipient_holds_for_targets_too(life, signal, shift, target):
    life.configure("weekly_digest: monday\nweekly_mails_per_recipient: 1\n")
    life.run(1)
    assert life.run(2, signal(1, 1), targets=[target()]) == ["opened"]
    assert str(life.arrived[0]["Subject"]).startswith("At risk before")
    assert life.row(signal(1, 1))["announced"] == "queued"


@pytest.mark.parametrize("condition", [{"metric_id": ["joint_kpi_achievement_rate"]}, {"rule_id": ["target_at_risk"]}])
def test_a_silence_names_a_target_by_metric_or_rule_and_ends(life, target, day, condition):
    life.run(1)
    life.act(actions.silence, condition, "Ada", "review is next week", day(1), day(4))
    other = target("vendor_nps", rule_id="target_at_risk_otherwise")
    assert life.run(2, targets=[target(), other]) == ["opened"]
    assert life.row(target())["muted_by"] == "silence 1"
    assert life.row(other)["muted_by"] is None
    assert life.run(4, targets=[target(), other]) == ["opened"]


@pytest.mark.parametrize(
    "condition", [{"vendor_key": ["joint_kpi_achievement_rate"]}, {"vendor_category": ["unknown"]}]
)
def test_a_condition_on_vendors_matches_no_target(life, target, day, condition):
    life.run(1)
    life.act(actions.silence, condition, "Ada", "known", day(1), day(4))
    assert life.run(2, targets=[target()]) == ["opened"]


@pytest.mark.parametrize(
    "when", ["{is_strategic: false}", "{vendor_category: [Packaging]}", "{metric_id: [vendor_nps]}"]
)
def test_a_route_for_vendors_or_another_metric_gets_no_target(life, target, when):
    life.routes = life.routes.replace(
        "default_team:", f"  - {{name: some, when: {when}, team: logistics}}\ndefault_team:"
    )
    life.configure("")
    life.run(1)
    life.run(2, targets=[target()])
    assert life.arrived[0]["X-Alert-Route"] == "default"


def test_a_muted_target_waits_until_its_feed_is_fresh(life, target):
    life.run(1)
    muted = {"is_muted": True, "mute_reason": "the feed joint_kpi is stale"}
    assert life.run(2, targets=[target(**muted)]) == []
    assert life.run(3, targets=[target()]) == ["opened"]


def test_a_target_that_is_restated_away_is_withdrawn_with_the_reason(life, target):
    life.run(1)
    life.run(2, targets=[target()])
    assert life.run(3) == ["withdrawn"]
    assert "the corrected history of the target no longer shows it" in text_of(life.arrived[0])
    assert str(life.arrived[0]["Subject"]) == "Withdrawn: Joint KPI achievement rate restated"


def test_a_stale_erp_feed_keeps_no_target_open_that_is_gone(life, signal, target, feed):
    life.run(1)
    life.run(2, signal(1, 1), targets=[target()])
    life.run(3, feeds=[feed(is_stale=True)])
    assert (life.row(target())["state"], life.row(signal(1, 1))["state"]) == ("withdrawn", "open")


def test_a_new_quarter_is_another_alert(life, target):
    life.run(1)
    life.run(2, targets=[target()])
    later = {"episode": "2026-10-01", "quarter": date(2026, 10, 1), "quarter_end_date": date(2026, 12, 31)}
    assert life.run(3, targets=[target(**NOT_MET), target(**later)]) == ["resolved", "opened"]
    assert life.arrived[1]["In-Reply-To"] is None


def test_targets_open_silently_only_while_no_company_is_known(publish, target, home, day):
    publish([], day(1), targets=[target()])
    published = read_published(home)
    assert plan(published, {}, {"erp_s4hana"}).transitions[0].announce is Announced.MAIL
    first = plan(published, {}, set())
    assert [(one.change, one.announce) for one in first.transitions] == [(Change.OPEN, Announced.DIGEST)]
    assert first.first_load == {"erp_s4hana"}


# What a mail says


def test_a_mail_says_where_it_stands_what_is_expected_what_is_missing_who_owns_it_and_what_to_do(life, target):
    life.run(1)
    life.run(2, targets=[target()])
    text = text_of(life.arrived[0])
    for said in (
        "Joint KPI achievement rate stands at 0.276 (8 of 29) with 12 days left; target 0.9.",
        "The quarter ends on 30 Sep 2026, with 12 days left.",
        "Now: 28 % | Expected at the end: 31 % (24 to 41 %) | Target: 90 % | Missing: 59 percentage points",
        "Joint KPI achievement rate: 28 % over 29 joint KPIs, still possible 15 to 46 %.",
        "A count goes on at its pace of the last year",
        "How often the rule 'target at risk' raises a false alarm has not been measured yet.",
        "Call the owners of those that can still be reached",
        "Target of: Head of Procurement.",
        "Owner: Buyers",
        "Why you: You get this because no other route matches it",
        "Clears: By itself, when it is on track again or the quarter is over.",
        "ecosystem alerts silence metric_id=joint_kpi_achievement_rate --days 14 --reason WHY",
    ):
        assert said in text
    assert "vendor" not in text.lower()


@pytest.mark.parametrize(
    ("fields", "stands", "missing"),
    [
        ({}, "28 %, target 90 %", "59 percentage points"),
        ({"value": None, "expected_at_end": None}, "unknown so far, target 90 %", "unknown"),
        ({"expected_at_end": None}, "28 %, target 90 %", "62 percentage points"),
        ({"expected_at_end": 0.92, "expected_low": 0.85}, "28 %, target 90 %", "up to 5 percentage points"),
        ({"expected_at_end": 0.95, "expected_low": 0.91}, "28 %, target 90 %", "nothing"),
        ({"missing": 19.0, "missing_unit": "joint KPIs"}, "28 %, target 90 %", "19 joint KPIs"),
        ({"missing": 1.0, "missing_unit": "votes"}, "28 %, target 90 %", "1 vote"),
        ({"missing": 48200.0, "missing_unit": "EUR"}, "28 %, target 90 %", "EUR 48,200"),
        (NPS | {"expected_at_end": 39.0}, "31 points, target 40 points", "1 point"),
        (
            {"unit": "proposals", "target": 3.0, "value": 1.0, "expected_at_end": 1.4},
            "1 of 3 proposals",
            "1.6 proposals",
        ),
    ],
)
def test_what_is_missing_is_said_in_the_unit_and_unknown_where_nothing_is_known(target, fields, stands, missing):
    signal = signal_of(target(**fields))
    assert (target_mail.stands(signal), target_mail.missing(signal)) == (stands, missing)


def test_a_target_that_must_stay_below_is_missed_from_above(target):
    signal = signal_of(target(direction="at_most", target=0.1, value=0.3, expected_at_end=0.25))
    assert target_mail.missing(signal) == "15 percentage points"
    assert target_mail.missing(replace(signal, expected_at_end=0.05, expected_high=0.12)) == "up to 2 percentage points"


# Where else it shows


def test_the_command_line_lists_and_shows_a_target(life, signal, target, day):
    life.run(1)
    life.run(2, signal(1, 1), targets=[target()])

    def asked(engine):
        with engine.connect() as connection:
            wanted = Wanted(subject_key="joint_kpi_achievement_rate")
            rows = list_rendered(*listed(connection, wanted, 50))
            return rows, shown(connection, target()["signal_key"], load_alert_routes(), day(2))

    rows, details = life.act(asked)
    assert "joint_kpi_achievement_rate" in rows
    assert "erp_s4hana" not in rows
    assert "Joint KPI achievement rate (joint_kpi_achievement_rate), quarter to 30 Sep 2026" in details
    assert "28 %, target 90 %; expected at the end 31 % (24 to 41 %), missing 59 percentage points" in details


def test_a_target_lands_without_a_vendor_and_with_its_metric(life, target, home):
    life.run(1)
    life.run(2, targets=[target()])
    batches = own_records.landed(home, "alert_event")
    rows = pa.concat_tables([pq.read_table(batch.path) for batch in batches]).to_pylist()
    assert {(row["event"], row["stream"], row["vendor_key"], row["subject_key"]) for row in rows} == {
        (event, "vendor", None, "joint_kpi_achievement_rate") for event in ("opened", "notified")
    }


def test_no_letter_of_a_target_is_written_whoever_is_set_to_be_told(life, shift, target):
    life.configure(
        "vendor_letters:\n  sender_name: We\n  vendors:\n"
        '    - {vendor_key: "erp_s4hana:10001", name: Vendor 1, recipients: [sales@vendor.example],'
        " kpi_family: [delivery]}\n"
    )
    life.run(1)
    assert life.run(2, shifts=[shift(1)], targets=[target(kpi_family="delivery")]) == ["opened", "opened", None]
    letters = [mail for mail in life.arrived if mail["To"].endswith("<sales@vendor.example>")]
    assert len(letters) == 1
    assert "KPI" not in text_of(letters[0])


@pytest.mark.parametrize("family", ["ecosystem", "relationship"])
def test_letters_about_what_is_no_vendors_business_cannot_be_set(life, family):
    life.configure(
        "vendor_letters:\n  sender_name: We\n  vendors:\n"
        f'    - {{vendor_key: "e:1", name: V, recipients: [a@v.example], kpi_family: [delivery, {family}]}}\n'
    )
    with pytest.raises(UsageError, match=f"vendors are told of no '{family}' alerts"):
        load_alert_routes()


def test_a_replay_tells_of_targets(publish, target, home, day):
    publish([], day(1))
    before = read_publication(home.current.resolve())
    publish([], day(2), targets=[target()])
    text = rendered(replay(before, read_publication(home.current.resolve()), load_alert_routes()))
    assert "At risk before 30 September: Joint KPI achievement rate 28 %" in text


def test_a_ledger_on_postgresql_takes_targets_in(
    on_postgres, postgres, publish, target, smtp, mailbox, day, monkeypatch
):
    monkeypatch.setenv("ECOSYSTEM_ALERTS_DB_URL", postgres)
    publish([], day(1))
    run_alerts(publish.home, day(1), smtp)
    publish([], day(2), targets=[target()])
    assert run_alerts(publish.home, day(2), smtp).mails_sent == 1
    publish([], day(3), targets=[target(**ON_TRACK)])
    assert run_alerts(publish.home, day(3), smtp).mails_sent == 1
    assert not Path(publish.home.alerts_db).exists()
