"""The life of an alert on the clock of the runs: muted, reminded, escalated, held back, told in digests; each once."""

from datetime import UTC, datetime, timedelta

from alerts import actions
from alerts.actions import ReasonCode, Verdict
from alerts.run import run_alerts
from config.alert_routes import load_alert_routes

CLEARED = {"signal_state": "cleared", "clear_reason": "delivered"}
RECOVERED = {"signal_state": "cleared", "clear_reason": "recovered"}
FOUND = {"reason_code": ReasonCode.VENDOR, "verdict": Verdict.TRUE}
# The first load of the tests is on Tuesday, 30 June 2026.
WEDNESDAY, SATURDAY, MONDAY = 2, 5, 7


def text_of(mail):
    return " ".join(mail.get_body(("plain",)).get_content().split())


# Inhibition


def test_an_alert_about_a_vendor_mutes_those_about_its_lines_and_they_say_by_what(life, signal, shift):
    life.run(1)
    line, other_family, other_vendor = signal(1, 1), signal(2, 1, kpi_family="cost"), signal(1, 2)
    whole = shift(1)

    assert life.run(2, line, other_family, other_vendor, shifts=[whole]) == ["opened"] * 3
    assert life.result.opened == 4
    assert life.result.quiet == 1
    assert life.row(line)["muted_by"] == f"the alert {whole['signal_key']} about the vendor as a whole"
    assert life.history(line) == ["opened", "muted"]
    assert life.row(other_family)["muted_by"] is None

    assert life.run(3, line, other_family, other_vendor, shifts=[shift(1, **RECOVERED)]) == ["resolved", "opened"]
    assert life.history(line) == ["opened", "muted", "unmuted"]
    assert life.row(line)["announced"] == "mail"


def test_a_watch_about_a_vendor_mutes_nothing(life, signal, shift):
    life.run(1)
    assert life.run(2, signal(1, 1), shifts=[shift(1, severity="watch")]) == ["opened"]


def test_an_alert_about_a_vendor_that_was_closed_by_hand_mutes_no_longer(life, signal, shift, day):
    life.run(1)
    life.run(2, signal(1, 1), shifts=[shift(1)])
    life.act(actions.resolve, [shift(1)["signal_key"]], "Ada", day(2), **FOUND)
    assert life.run(3, signal(1, 1), shifts=[shift(1)]) == ["resolved", "opened"]


def test_a_line_that_was_mailed_before_is_closed_in_its_thread_although_muted(life, signal, shift):
    life.run(1)
    life.run(2, signal(1, 1))
    (opened,) = life.arrived
    assert life.run(3, signal(1, 1), shifts=[shift(1)]) == ["opened"]
    assert life.run(4, signal(1, 1, **CLEARED), shifts=[shift(1)]) == ["resolved"]
    assert life.arrived[0]["In-Reply-To"] == opened["Message-ID"]


# Silences


def test_what_a_silence_matches_opens_unmailed_and_is_mailed_when_it_expires(life, signal, day):
    life.run(1)
    number = life.act(
        actions.silence, {"vendor_key": ["erp_s4hana:10001"]}, "Ada", "strike at the port", day(1), day(4)
    )
    assert life.run(2, signal(1, 1), signal(1, 2)) == ["opened"]
    assert life.row(signal(1, 1))["muted_by"] == f"silence {number}"
    assert life.run(3, signal(1, 1), signal(1, 2)) == []
    assert life.run(4, signal(1, 1), signal(1, 2)) == ["opened"]


def test_a_silence_that_is_ended_by_hand_ends_with_the_next_run(life, signal, day):
    life.run(1)
    number = life.act(actions.silence, {"kpi_family": ["delivery"]}, "Ada", "known", day(1), day(30))
    assert life.run(2, signal(1, 1)) == []
    life.act(actions.unsilence, number, "Ben", day(2))
    assert life.run(2, signal(1, 1), hours=1) == ["opened"]


def test_all_conditions_of_a_silence_must_hold_and_any_value_of_one(life, signal, day):
    life.run(1)
    conditions = {"vendor_key": ["erp_s4hana:10001", "erp_s4hana:10002"], "rule_id": ["promise_moved_later"]}
    life.act(actions.silence, conditions, "Ada", "known", day(1), day(30))
    rows = [signal(1, 1), signal(1, 2), signal(1, 3), signal(2, 1, rule_id="overdue")]
    life.run(2, *rows)
    assert [life.row(row)["muted_by"] is None for row in rows] == [False, False, True, True]


def test_a_silenced_alert_resolves_without_a_mail_but_a_correction_comes(life, signal, day):
    life.run(1)
    life.run(2, signal(1, 1), signal(2, 1))
    life.act(actions.silence, {"kpi_family": ["delivery"]}, "Ada", "known", day(2), day(30))
    assert life.run(3, signal(1, 1, **CLEARED), vendor_keys=["erp_s4hana:10001"]) == ["withdrawn"]
    assert life.row(signal(1, 1))["state"] == "resolved"


def test_a_stale_feed_mutes_reminders_escalations_and_first_mails(life, signal, feed):
    life.configure("remind_after_hours: {alert: 24}\nescalation: {alert: [{after_hours: 24, team: partners}]}\n")
    life.run(1)
    life.run(2, signal(1, 1))
    muted = {"is_muted": True, "mute_reason": "the feed purchase_order is stale"}
    assert life.run(5, signal(1, 1, **muted), feeds=[feed(is_stale=True)]) == []
    assert life.row(signal(1, 1))["muted_by"] == "the feed purchase_order is stale"
    assert "muted" in life.history(signal(1, 1))
    assert life.run(6, feeds=[feed(is_stale=True)]) == []
    assert sorted(life.run(7, signal(1, 1))) == ["escalated", "reminder"]


# Reminders and the ladder


def test_what_nobody_takes_on_is_repeated_at_its_interval_in_its_thread(life, signal, day):
    life.configure("remind_after_hours: {alert: 48}\n")
    life.run(1)
    life.run(2, signal(1, 1))
    (opened,) = life.arrived
    assert life.run(3, signal(1, 1)) == []
    assert life.run(4, signal(1, 1)) == ["reminder"]
    assert life.arrived[0]["In-Reply-To"] == opened["Message-ID"]
    assert str(life.arrived[0]["Subject"]) == "Reminder: Vendor 1: 1 alert still open"
    assert life.run(5, signal(1, 1)) == []
    assert life.run(6, signal(1, 1)) == ["reminder"]
    life.act(actions.acknowledge, [signal(1, 1)["signal_key"]], "Ada", day(6))
    assert life.run(9, signal(1, 1)) == []
    assert life.history(signal(1, 1)) == ["opened", "reminded", "reminded", "acknowledged"]


def test_reminders_of_one_vendor_come_together(life, signal):
    life.configure("remind_after_hours: {alert: 48}\n")
    life.run(1)
    life.run(2, signal(1, 1))
    life.run(3, signal(1, 1), signal(2, 1))
    assert life.run(4, signal(1, 1), signal(2, 1)) == ["reminder"]
    assert "2 alerts" in life.arrived[0]["Subject"]
    assert life.run(5, signal(1, 1), signal(2, 1)) == []


def test_what_only_the_digest_of_a_first_load_told_is_neither_repeated_nor_escalated(life, signal):
    life.configure("remind_after_hours: {alert: 24}\nescalation: {alert: [{after_hours: 24, team: partners}]}\n")
    assert life.run(1, signal(1, 1)) == ["digest"]
    assert life.run(9, signal(1, 1)) == []


LADDER = "escalation: {alert: [{after_hours: 48, team: partners}, {after_hours: 96, team: engineers}]}\n"


def test_the_ladder_is_climbed_by_the_clock_and_those_it_reached_hear_the_end(life, signal, mailbox):
    life.configure(LADDER)
    life.run(1)
    life.run(2, signal(1, 1))
    assert life.run(3, signal(1, 1)) == []
    assert life.run(4, signal(1, 1)) == ["escalated"]
    assert mailbox.received[-1][0] == ("partners@example.com",)
    assert life.row(signal(1, 1))["state"] == "escalated"
    (escalated,) = life.arrived
    assert life.run(6, signal(1, 1)) == ["escalated"]
    assert mailbox.received[-1][0] == ("engineers@example.com",)
    assert life.run(20, signal(1, 1)) == []
    assert life.run(21, signal(1, 1, **CLEARED)) == ["resolved"] * 3
    told = {recipients for recipients, _ in mailbox.received[-3:]}
    assert told == {
        ("buyer-one@example.com", "buyer-two@example.com"),
        ("partners@example.com",),
        ("engineers@example.com",),
    }
    to_partners = next(mail for mail in life.arrived if mail["X-Alert-Route"] == "team/partners")
    assert to_partners["In-Reply-To"] == escalated["Message-ID"]


def test_rungs_that_passed_while_nothing_ran_are_all_told_at_once(life, signal):
    life.configure(LADDER)
    life.run(1)
    life.run(2, signal(1, 1))
    assert life.run(12, signal(1, 1)) == ["escalated", "escalated"]


def test_taking_it_on_stops_the_ladder_and_escalating_by_hand_mails_the_next_rung(life, signal, day):
    life.configure(LADDER)
    life.run(1)
    life.run(2, signal(1, 1))
    life.act(actions.acknowledge, [signal(1, 1)["signal_key"]], "Ada", day(2))
    assert life.run(12, signal(1, 1)) == []
    life.act(actions.escalate, [signal(1, 1)["signal_key"]], "Ada", day(12), load_alert_routes(), "no answer from them")
    assert life.run(12, signal(1, 1), hours=1) == ["escalated"]
    assert "no answer from them" in text_of(life.arrived[0])


def test_quality_must_be_answered_within_its_hours_around_the_clock_whatever_the_ladder_says(life, shift):
    life.configure(
        "answer_within_hours: {quality: 24}\n"
        "calendar: {workdays: [monday, tuesday, wednesday, thursday, friday]}\n" + LADDER
    )
    life.run(1)
    rows = [shift(1, kpi_family="quality", rule_id="quality_dip"), shift(2)]
    assert life.run(2, shifts=rows) == ["opened", "opened"]
    assert life.run(2, shifts=rows, hours=23) == []
    assert life.run(3, shifts=rows) == ["escalated"]
    assert "Vendor 1" in life.arrived[0]["Subject"]


# Calendar


def test_mails_wait_for_a_business_day_and_the_clock_does_not(life, signal, mailbox):
    life.configure(
        "calendar: {workdays: [monday, tuesday, wednesday, thursday, friday]}\n"
        "escalation: {alert: [{after_hours: 72, team: partners}]}\n"
    )
    life.run(1)
    assert life.run(WEDNESDAY, signal(1, 1)) == ["opened"]
    assert life.run(SATURDAY, signal(1, 1), signal(1, 2)) == []
    assert life.row(signal(1, 2))["opened_at"].isoweekday() == 6
    assert life.row(signal(1, 1))["state"] == "escalated", "72 hours have passed, on a Saturday"
    assert life.run(SATURDAY + 1, signal(1, 1, **CLEARED), signal(1, 2), signal(1, 3)) == []
    assert sorted(life.run(MONDAY, signal(1, 1, **CLEARED), signal(1, 2), signal(1, 3))) == [
        "opened",
        "opened",
        "resolved",
    ]


def test_public_holidays_closed_dates_and_families_that_are_mailed_any_day(life, signal, shift):
    life.configure(
        "calendar: {country: DE, subdivision: BY, time_zone: Europe/Berlin, closed_dates: [2026-12-28],"
        " mail_any_day: [quality], workdays: [monday, tuesday, wednesday, thursday, friday]}\n"
    )
    life.run(1)
    christmas_day = (datetime(2026, 12, 25, 18, tzinfo=UTC) - life.day(1)).days + 1
    rows = {"shifts": [shift(1, kpi_family="quality", rule_id="quality_dip")]}
    assert life.run(christmas_day, signal(1, 1), **rows) == ["opened"]
    assert "defects" in life.arrived[0]["Subject"]
    assert life.run(christmas_day + 3, signal(1, 1), **rows) == []
    assert life.run(christmas_day + 4, signal(1, 1), **rows) == ["opened"]


def test_the_day_is_that_of_the_calendars_time_zone(life, signal):
    life.configure("calendar: {time_zone: Asia/Tokyo, workdays: [monday, tuesday, wednesday, thursday, friday]}\n")
    life.run(1)
    assert life.run(SATURDAY - 1, signal(1, 1)) == [], "Friday 18:00 UTC is Saturday in Tokyo"
    assert life.run(MONDAY - 1, signal(1, 1)) == ["opened"]


# Budget and digest

DIGEST = "weekly_digest: monday\n"


def test_watch_is_told_in_one_digest_a_week_for_each_route_and_once(life, signal, mailbox):
    life.configure(DIGEST)
    life.run(1)
    watch = [signal(1, 1, severity="watch"), signal(1, 2, severity="watch", category="Freight")]
    for number in range(2, MONDAY):
        assert life.run(number, *watch) == []
    assert life.run(MONDAY, *watch) == ["weekly", "weekly"]
    assert {recipients for recipients, _ in mailbox.received[-2:]} == {
        ("buyer-one@example.com", "buyer-two@example.com"),
        ("logistics@example.com",),
    }
    assert "Vendor 1" in text_of(life.arrived[0])
    assert life.run(MONDAY, *watch, hours=5) == []
    assert life.run(MONDAY + 7, *watch) == []
    assert life.run(MONDAY + 14, *watch, signal(1, 3, severity="watch")) == ["weekly"]


def test_a_digest_that_fell_on_a_holiday_comes_on_the_next_business_day(life, signal):
    life.configure(DIGEST + "calendar: {closed_dates: [2026-07-06]}\n")
    life.run(1)
    life.run(2, signal(1, 1, severity="watch"))
    assert life.run(MONDAY, signal(1, 1, severity="watch")) == []
    assert life.run(MONDAY + 1, signal(1, 1, severity="watch")) == ["weekly"]
    assert life.run(MONDAY + 2, signal(1, 1, severity="watch"), signal(1, 2, severity="watch")) == []


def test_beyond_the_budget_the_weightiest_are_mailed_and_the_rest_is_in_the_digest(life, signal, shift):
    life.configure(DIGEST + "weekly_mails_per_recipient: 2\n")
    life.run(1)
    rows = [signal(1, vendor, days_late=vendor) for vendor in range(1, 6)]
    assert life.run(2, *rows, shifts=[shift(9)]) == ["opened", "opened"]
    subjects = " ".join(str(mail["Subject"]) for mail in life.arrived)
    assert "Vendor 9" in subjects, "about a vendor as a whole"
    assert "Vendor 5" in subjects, "the latest"
    rows[0] |= CLEARED
    assert life.run(3, *rows, shifts=[shift(9)]) == []
    assert life.run(MONDAY, *rows, shifts=[shift(9)]) == ["weekly"]
    digest = text_of(life.arrived[0])
    assert all(f"Vendor {vendor}" in digest for vendor in (1, 2, 3, 4))
    assert "Vendor 5" not in digest
    assert "over since: resolved" in digest
    assert life.run(MONDAY + 1, *rows, signal(9, 6), shifts=[shift(9)]) == ["opened"], "a new week"


def test_a_recipient_whose_budget_is_used_up_is_left_out_and_reads_it_in_the_digest(life, signal, mailbox):
    life.configure(DIGEST + "weekly_mails_per_recipient: 1\n")
    text = life.routes_file.read_text(encoding="utf-8")
    life.routes_file.write_text(text.replace("logistics@example.com", "logistics@example.com, partners@example.com"))
    life.run(1)
    assert life.run(2, signal(1, 1, is_strategic=True)) == ["opened"]
    assert life.run(3, signal(1, 1, is_strategic=True), signal(1, 2, category="Freight")) == ["opened"]
    assert mailbox.received[-1][0] == ("logistics@example.com",)
    assert "partners@example.com" not in str(life.arrived[0]["To"])
    assert life.run(MONDAY, signal(1, 1, is_strategic=True), signal(1, 2, category="Freight")) == ["weekly"]
    assert set(mailbox.received[-1][0]) == {"logistics@example.com", "partners@example.com"}
    assert "Vendor 2" in text_of(life.arrived[0])


def test_closings_escalations_and_digests_do_not_count_against_the_budget(life, signal):
    life.configure(DIGEST + "weekly_mails_per_recipient: 1\n" + LADDER)
    life.run(1)
    assert life.run(2, signal(1, 1)) == ["opened"]
    assert life.run(4, signal(1, 1)) == ["escalated"]
    assert life.run(5, signal(1, 1, **CLEARED)) == ["resolved", "resolved"]


def test_a_family_that_must_be_answered_is_mailed_beyond_the_budget(life, shift):
    life.configure(DIGEST + "weekly_mails_per_recipient: 1\nanswer_within_hours: {quality: 24}\n")
    life.run(1)
    rows = [shift(vendor, kpi_family="quality", rule_id="quality_dip") for vendor in (1, 2, 3)]
    assert life.run(2, shifts=rows) == ["opened"] * 3
    assert life.run(3, shifts=[*rows, shift(4)]) == []
    assert life.row(shift(4))["announced"] == "queued"


# Closing by hand, clocks


def test_closing_by_hand_closes_the_thread_with_the_cause(life, signal, day):
    life.run(1)
    life.run(2, signal(1, 1), signal(1, 2))
    opened = {mail["Message-ID"] for mail in life.arrived}
    life.act(actions.resolve, [signal(1, 1)["signal_key"]], "Ada", day(2), **FOUND)
    wrong = {"reason_code": ReasonCode.DATA, "verdict": Verdict.FALSE}
    life.act(actions.resolve, [signal(1, 2)["signal_key"]], "Ada", day(2), **wrong)
    assert life.run(3, signal(1, 1), signal(1, 2)) == ["resolved", "resolved"]
    assert {mail["In-Reply-To"] for mail in life.arrived} == opened
    assert sorted(str(mail["Subject"]).partition("line ")[2] for mail in life.arrived) == [
        "closed as a false alarm",
        "closed by hand, cause: vendor",
    ]
    assert life.run(4, signal(1, 1), signal(1, 2)) == []


def test_a_run_whose_clock_is_behind_an_earlier_run_moves_no_timer(life, signal, home, smtp, publish, day):
    life.configure("remind_after_hours: {alert: 48}\n")
    life.run(1)
    life.run(2, signal(1, 1))
    later = run_alerts(home, day(4), smtp)
    assert [mail.kind for mail in later.mails] == ["reminder"], "the same publication, two days on"
    publish([signal(1, 1), signal(2, 1)], day(3))
    newer_build_on_an_older_clock = run_alerts(home, day(3), smtp)
    assert [mail.kind for mail in newer_build_on_an_older_clock.mails] == ["opened"]
    assert life.row(signal(2, 1))["told_at"] == day(4)


def year_of(signal):
    """Slips that began through the year before the first load, and came to the ledger only now."""
    return [
        signal(line, line % 7, started_at=datetime(2025, 6, 30, tzinfo=UTC) + timedelta(days=line))
        for line in range(1, 366)
    ]


def test_history_that_comes_late_is_told_by_the_digest_alone_and_what_is_new_by_a_mail(life, signal):
    life.configure(DIGEST + "backfill_after_days: 30\n")
    life.run(1)
    rows = [*year_of(signal), signal(1, 9)]
    kinds = life.run(2, *rows)
    assert life.result.opened == 366
    # The slips of June are news; the 335 days before lie more than 30 days before the last publication.
    assert kinds == ["opened"] * 8
    assert life.run(3, *rows) == []
    assert life.run(MONDAY, *rows) == ["weekly"]
    assert "335 alerts" in str(life.arrived[0]["Subject"])
    assert life.run(MONDAY + 1, *rows) == []


def test_history_that_comes_late_is_mailed_when_it_is_asked_for(life, signal, publish, home, smtp, day):
    life.configure(DIGEST + "backfill_after_days: 30\n")
    life.run(1)
    publish(year_of(signal), day(2))
    result = run_alerts(home, day(2), smtp, mail_backfill=True)
    assert (result.opened, result.mails_sent) == (365, 7)


def test_builds_of_a_past_year_are_neither_recorded_nor_mailed(life, signal, home, smtp, publish, mailbox, day):
    life.run(400, signal(1, 1))
    before, mails = home.alerts_db.read_bytes(), len(mailbox.received)
    for number in range(35, 400, 5):
        publish([signal(line, 2) for line in range(1, 4)], day(number))
        assert "The clock moved back" in (run_alerts(home, day(number), smtp).note or "")
    assert home.alerts_db.read_bytes() == before
    assert len(mailbox.received) == mails
