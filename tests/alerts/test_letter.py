"""A vendor is told of its own rows only, only where the routes say so, and nothing of how we judge or work."""

import csv
import io
import re
from datetime import date
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from alerts.context import mail_context
from alerts.ledger import LETTER, open_ledger, outbox
from alerts.letter import letter, letter_document
from alerts.mail import Told
from alerts.publication import read_published
from alerts.run import run_alerts
from alerts.signals import LineSignal, VendorSignal
from config.alert_routes import load_alert_routes
from ecosystem.errors import EcosystemError, UsageError

SALES = "sales@vendor-one.example"
LETTERS = f"""
vendor_letters:
  sender_name: Example Company Purchasing
  reply_to: purchasing@example.com
  vendors:
    - {{vendor_key: "erp_s4hana:10001", name: Vendor One, recipients: {SALES}, kpi_family: [delivery, quality]}}
"""
# What only we may know: how an alert is sorted, judged, weighed and worked on.
INTERNAL_WORDS = (
    *("alert", "severity", "watch", "priority", "verdict", "false alarm", "detector", "threshold", "baseline"),
    *("expected", "escalat", "acknowledge", "silence", "route", "owner", "buyers", "build", "category", "strategic"),
    *("score", "statistic", "early warning", "early_warning", "erp_s4hana"),
)


@pytest.fixture
def letters_on(routes_file):
    text = routes_file.read_text(encoding="utf-8").replace("sender_name: Vendor early warning", "sender_name: Internal")
    routes_file.write_text(text + LETTERS, encoding="utf-8")


@pytest.fixture
def lived(letters_on, publish, home, smtp, day):
    """The first load, then one publication a day, each with what is passed on to the publisher."""

    def lived(*publications):
        for number, (rows, fields) in enumerate([([], {}), *publications], 1):
            publish(rows, day(number), **fields)
            run_alerts(home, day(number), smtp)

    return lived


def letters(mailbox):
    return [mail for mail, (to, _) in zip(mailbox.mails, mailbox.received, strict=True) if to == (SALES,)]


def words_of(message):
    """All that a reader or a program can find in a mail, decoded."""
    found = [f"{name}: {value}" for name, value in message.items()]
    for part in message.walk():
        if part.get_content_maintype() == "text":
            found.append(part.get_payload(decode=True).decode("utf-8"))
        if part.get_filename():
            found.append(part.get_filename())
    return "\n".join(found)


def shift_marts(shift, *vendors):
    rows = [shift(vendor, statistic=4.17, threshold=3.53) for vendor in vendors]
    documents = [
        {
            "signal_key": row["signal_key"],
            "vendor_key": row["vendor_key"],
            "evidence_rank": 1,
            "document_kind": "purchase_order",
            "document": f"46{row['vendor_key'][-5:]}",
            "item": "10",
            "event_date": date(2026, 6, 1),
            "finding": "received 12 days late",
            "score": 3.25,
            "value": 1000.0,
            "currency": "EUR",
        }
        for row in rows
    ]
    months = [
        {
            "signal_key": row["signal_key"],
            "vendor_key": row["vendor_key"],
            "month_date": date(2026, month, 1),
            "unit": "share",
            "n": 20 + int(row["vendor_key"][-1]),
            "observed": 0.1 * month,
            "observed_low": 0.0,
            "observed_high": 0.9,
            "expected": 0.0613,
        }
        for row in rows
        for month in range(1, 7)
    ]
    return {"shifts": rows, "evidence": documents, "months": months}


def test_no_vendor_is_told_unless_the_routes_say_so(publish, signal, home, smtp, mailbox, day):
    publish([], day(1))
    run_alerts(home, day(1), smtp)
    publish([signal(1, 1)], day(2))
    run_alerts(home, day(2), smtp)
    assert len(mailbox.received) == 1
    assert load_alert_routes().vendor_letters is None


def test_a_vendor_that_is_set_gets_one_letter_of_its_own_lines(lived, signal, home, smtp, mailbox, day):
    lived(([signal(1, 1), signal(2, 1, days_late=4), signal(1, 2)], {}))
    for _ in range(2):
        run_alerts(home, day(2), smtp)

    (message,) = letters(mailbox)
    assert str(message["Subject"]) == "Example Company Purchasing: 2 order lines slip"
    assert str(message["From"]) == "Example Company Purchasing <early-warning@example.com>"
    assert str(message["To"]) == f"Vendor One <{SALES}>"
    assert str(message["Reply-To"]) == "purchasing@example.com"
    text = " ".join(message.get_body(("plain",)).get_content().split())
    for needed in (
        "4500000001 / 10",
        "4500000001 / 20",
        "Part 1",
        "11 Jul 2026",
        "+10 days",
        "Please confirm the date",
    ):
        assert needed in text
    (attachment,) = message.iter_attachments()
    rows = list(csv.DictReader(io.StringIO(attachment.get_payload(decode=True).decode("utf-8-sig"), newline="")))
    assert [(row["purchase_order"], row["item"]) for row in rows] == [("4500000001", "10"), ("4500000001", "20")]
    assert set(rows[0]) & {"rule", "evidence", "open_value", "vendor_key"} == set()


def test_a_letter_holds_no_other_vendors_data_and_no_word_of_ours(
    lived, signal, shift, publish, home, smtp, mailbox, day
):
    """Of all that the other vendors have (keys, names, orders, materials, numbers of their own) nothing may come."""
    # Of another family, so that the alert about the vendor as a whole does not keep them back.
    lines = [
        signal(
            1,
            vendor,
            kpi_family="quality",
            vendor_name=f"Rival {vendor}",
            material=f"RIVALMAT-{vendor}",
            open_value=7_000.0 + vendor,
        )
        for vendor in (2, 3)
    ]
    marts = shift_marts(shift, 1, 2, 3)
    for row in marts["shifts"][1:]:
        row["vendor_name"] = f"Rival {row['vendor_key'][-1]}"
    lived(([signal(1, 1, kpi_family="quality"), *lines], marts))

    found = letters(mailbox)
    assert sorted(str(message["Subject"]).partition(": ")[2] for message in found) == [
        "1 order line slips",
        "Late deliveries 38 % (24 deliveries since 18 May 2026)",
    ]
    everything = "\n".join(words_of(message) for message in found)
    assert "4610001" in everything, "its own documents are there"
    for foreign in ("Rival", "RIVALMAT", "10002", "10003", "450000000200", "4610002", "4610003", "7,002", "7,003"):
        assert foreign not in everything, foreign
    assert not re.search(r"4500000002\b|4500000003\b", everything)
    for number in ("0.0613", "6.1 %", "4.17", "3.53", "3.25", "18,400"):
        assert number not in everything, number
    visible = everything.lower().replace(INTERNAL_ADDRESS, "").replace(ID_DOMAIN, "")
    for word in INTERNAL_WORDS:
        assert word not in visible, word


# The address that mails come from, and the right-hand side of their ids, are the company's own choice.
ID_DOMAIN = "alerts.example.com"
INTERNAL_ADDRESS = "early-warning@example.com"


def test_a_letter_carries_no_header_of_ours(lived, signal, mailbox):
    lived(([signal(1, 1)], {}))
    (message,) = letters(mailbox)
    assert set(message.keys()) == {
        *("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted"),
        *("MIME-Version", "Content-Type"),
    }
    team = next(mail for mail in mailbox.mails if mail["X-Alert-Kind"] == "opened")
    assert message["In-Reply-To"] != team["Message-ID"]


def test_a_letters_chart_shows_the_months_and_nothing_of_what_we_expect(letters_on, publish, shift, home, day):
    row = shift(1)
    publish([], day(2), **shift_marts(shift, 1))
    published = read_published(home)
    routes = load_alert_routes()
    context = mail_context(published, routes, published.signals)
    vendor = routes.letters_to("erp_s4hana:10001")
    told = [Told(row["signal_key"], VendorSignal(**row))]
    message = letter("opened", told, context, routes.vendor_letters, vendor)
    assert b"image/png" in message.content
    (chart,) = letter_document("opened", told, context, routes.vendor_letters, vendor).charts
    assert [month.n for month in chart.months] == [21] * 6
    assert {month.expected for month in chart.months} == {None}
    assert (chart.since_date, chart.alarm_date) == (None, None)


def test_a_letter_about_another_vendors_rows_cannot_be_made(letters_on, publish, signal, home, day):
    publish([signal(1, 1)], day(1))
    published, routes = read_published(home), load_alert_routes()
    context = mail_context(published, routes, published.signals)
    told = [Told("a", LineSignal(**signal(1, 1))), Told("b", LineSignal(**signal(1, 2)))]
    with pytest.raises(ValueError, match="would tell of another vendor's rows"):
        letter("opened", told, context, routes.vendor_letters, routes.letters_to("erp_s4hana:10001"))


def test_what_ends_and_what_is_taken_back_is_told_in_the_same_thread(lived, signal, mailbox):
    known = signal(9, 2)
    cleared = {"signal_state": "cleared", "clear_reason": "delivered"}
    lived(
        ([known, signal(1, 1), signal(2, 1)], {}),
        ([known, signal(1, 1, **cleared)], {}),
    )
    subjects = sorted(str(message["Subject"]).partition(": ")[2] for message in letters(mailbox))
    assert subjects == ["2 order lines slip", "Please disregard: 1 order line slips", "Settled: 1 order line slips"]
    assert len({message["In-Reply-To"] for message in letters(mailbox)}) == 1
    assert "received in full" in next(words_of(one) for one in letters(mailbox) if "Settled" in one["Subject"])


@pytest.mark.parametrize("fields", [{"kpi_family": "cost"}, {"severity": "watch"}])
def test_a_vendor_is_not_told_of_other_families_or_of_a_watch(lived, signal, mailbox, fields):
    lived(([signal(1, 1, **fields)], {}))
    assert letters(mailbox) == []


def test_a_letter_that_waits_is_taken_out_when_the_vendor_is_no_longer_to_be_told(
    lived, signal, home, smtp, mailbox, day, routes_file
):
    mailbox.refusals[SALES] = 451
    with pytest.raises(EcosystemError, match="put off"):
        lived(([signal(1, 1)], {}))
    mailbox.refusals.clear()
    text = routes_file.read_text(encoding="utf-8")
    routes_file.write_text(text.replace(LETTERS, ""), encoding="utf-8")
    run_alerts(home, day(2), smtp)

    assert letters(mailbox) == []
    engine = open_ledger(home)
    with engine.connect() as connection:
        assert connection.execute(select(outbox).where(outbox.c.medium == LETTER)).all() == []
    engine.dispose()


def test_a_vendor_named_twice_is_a_mistake(routes_file):
    doubled = LETTERS + LETTERS.splitlines()[-1] + "\n"
    routes_file.write_text(routes_file.read_text(encoding="utf-8") + doubled, encoding="utf-8")
    with pytest.raises(UsageError, match="vendor_letters: names an entry twice"):
        load_alert_routes()


names = st.text(alphabet=st.characters(codec="utf-8"), max_size=40)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=names, material=names, order=names)
def test_no_text_of_a_source_reaches_a_letters_headers(letters_on, publish, signal, home, day, name, material, order):
    publish([], day(1))
    routes = load_alert_routes()
    context = mail_context(read_published(home), routes, [])
    line = LineSignal(**signal(1, 1, vendor_name=name, material_text=material, purchase_order=order, evidence=name))
    made = letter("opened", [Told("k", line)], context, routes.vendor_letters, routes.letters_to("erp_s4hana:10001"))
    head = made.content.split(b"\r\n\r\n", 1)[0].decode("ascii")
    assert re.findall(r"(?m)^([A-Za-z-]+):", head) == [
        *("Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted", "MIME-Version"),
        "Content-Type",
    ]


def test_a_letter_says_of_a_document_nothing_that_others_were_measured_by(publish, shift, home, day, routes_file):
    row = shift(1, rule_id="service_slowdown", kpi_family="service")
    ticket = {
        "signal_key": row["signal_key"],
        "vendor_key": row["vendor_key"],
        "evidence_rank": 1,
        "document_kind": "ticket",
        "document": "INC0001",
        "item": None,
        "event_date": date(2026, 6, 1),
        "finding": "Took longer than three in four did",
        "score": 1.0,
        "value": None,
        "currency": None,
    }
    routes_file.write_text(
        routes_file.read_text(encoding="utf-8")
        + "vendor_letters:\n  sender_name: We\n  vendors:\n"
        + '    - {vendor_key: "erp_s4hana:10001", name: V, recipients: [a@v.example], kpi_family: [service]}\n',
        encoding="utf-8",
    )
    publish([], day(1), shifts=[row], evidence=[ticket])
    routes, published = load_alert_routes(), read_published(home)
    signals = published.signals
    composed = letter(
        "opened",
        [Told(one.signal_key, one) for one in signals],
        mail_context(published, routes, signals),
        routes.vendor_letters,
        routes.letters_to("erp_s4hana:10001"),
    )
    message = message_from_bytes(composed.content, policy=default)
    (attachment,) = message.iter_attachments()
    for content in (words_of(message), attachment.get_payload(decode=True).decode("utf-8")):
        assert "INC0001" in content
        assert "three in four" not in content
        assert "Took long to solve" in content
