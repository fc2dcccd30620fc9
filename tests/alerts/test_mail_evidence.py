"""A mail shows what it rests on: chart, lines or documents, how sure it is; the same bytes for the same input."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts import line_mail, vendor_mail
from alerts.context import MailContext
from alerts.guidance import GUIDANCE, SHIFTS
from alerts.mail import Told
from alerts.precision import Precision
from alerts.routing import Owner
from alerts.run import run_alerts
from alerts.signals import EvidenceMonth, LineSignal, Published, VendorSignal
from config.alert_routes import Team
from config.detector_quality import DetectorQuality, load_detector_quality
from ecosystem.errors import UsageError

OWNER = Owner("default", Team(name="Buyers", recipients=("buyer@example.com",)), "no other route matches")
VENDOR_MONTH = pa.schema(
    [
        ("vendor_key", pa.string()),
        ("month", pa.date32()),
        ("otd_first_promise", pa.float64()),
        ("otd_first_promise_n", pa.int64()),
        ("otd_first_promise_lower", pa.float64()),
        ("otd_first_promise_upper", pa.float64()),
    ]
)


def context(tmp_path, **fields):
    as_of = datetime(2026, 7, 1, 18, tzinfo=UTC)
    published = Published(tmp_path, "20260701T180000Z-0123456789ab", as_of, (), frozenset(), ())
    return MailContext(published, "alerts.example.com", **fields)


def parsed(mail):
    message = message_from_bytes(mail.content, policy=default)
    assert not message.defects
    return message


def text_of(message, kind="plain"):
    return " ".join(message.get_body((kind,)).get_content().replace("&nbsp;", " ").split())


def told(signal):
    return Told(signal.signal_key, signal)


def months_of(shift):
    return {
        shift["signal_key"]: tuple(
            EvidenceMonth(shift["signal_key"], shift["vendor_key"], date(2026, m, 1), "share", 20, 0.1, 0, 0.2, 0.06)
            for m in range(1, 7)
        )
    }


class Images(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.found.append(dict(attrs))


@pytest.fixture
def with_vendor_months(publish):
    """Adds the mart vendor_month to a publication."""

    def add(rows):
        folder = publish.home.current.resolve()
        pq.write_table(pa.Table.from_pylist(rows, schema=VENDOR_MONTH), folder / "vendor_month.parquet")
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        manifest["marts"]["vendor_month"] = {"rows": len(rows)}
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")

    return add


def month_row(vendor, month, share, n):
    return {
        "vendor_key": f"erp_s4hana:{10000 + vendor}",
        "month": date(2026, month, 1),
        "otd_first_promise": share,
        "otd_first_promise_n": n,
        "otd_first_promise_lower": None if share is None else share - 0.1,
        "otd_first_promise_upper": share,
    }


def test_a_line_level_mail_shows_the_vendors_own_punctuality_as_a_picture_in_the_mail(
    publish, signal, home, smtp, mailbox, day, with_vendor_months
):
    publish([], day(1))
    run_alerts(home, day(1), smtp)
    publish([signal(1, 1)], day(2))
    # August lies after the publication: no line of it has come due.
    other = [month_row(2, month, 0.11, 500) for month in (4, 5, 6)]
    with_vendor_months([*(month_row(1, m, 0.9, 20 + m) for m in (4, 5, 6)), month_row(1, 8, None, 0), *other])
    run_alerts(home, day(2), smtp)

    message = mailbox.mails[-1]
    (image,) = (one for one in message.walk() if one.get_content_type() == "image/png")
    (shown,) = Images(message.get_body(("html",)).get_content()).found
    assert shown["src"] == f"cid:{image['Content-ID'].strip('<>')}"
    assert image.get_content().startswith(b"\x89PNG")
    alternative = shown["alt"].replace("\u00a0", " ")
    assert "Apr 2026 90 % of 24; May 2026 90 % of 25; Jun 2026 90 % of 26." in alternative
    assert alternative in text_of(message)
    assert "90 % of 26 were on time (95 % interval 80 to 90 %)" in text_of(message)
    assert "11 %" not in text_of(message), "another vendor's months"
    assert [one.get_content_type() for one in message.walk() if one.is_multipart()] == [
        "multipart/mixed",
        "multipart/alternative",
        "multipart/related",
    ]


def test_all_lines_are_attached_and_the_ten_worst_are_shown(publish, signal, home, smtp, mailbox, day):
    publish([], day(1))
    run_alerts(home, day(1), smtp)
    publish([signal(line, 1, days_late=line, material_text="=1+1") for line in range(1, 31)], day(2))
    run_alerts(home, day(2), smtp)

    (attachment,) = mailbox.mails[-1].iter_attachments()
    assert attachment.get_filename() == "delivery-10001-2026-07-01.csv"
    content = attachment.get_payload(decode=True)
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [int(row["days_late"]) for row in rows] == list(range(30, 0, -1))
    assert {row["material_text"] for row in rows} == {"'=1+1"}
    assert text_of(mailbox.mails[-1]).count("first promise 1 Jul") == 10


def test_a_vendor_level_mail_says_what_changed_since_when_how_sure_and_shows_the_documents(
    publish, shift, home, smtp, mailbox, day
):
    row = shift(1)
    documents = [
        {
            "signal_key": row["signal_key"],
            "vendor_key": row["vendor_key"],
            "evidence_rank": rank,
            "document_kind": "purchase_order",
            "document": f"45{rank:08d}",
            "item": "10",
            "event_date": date(2026, 6, 1),
            "finding": f"received {40 - rank} days late",
            "score": 2.0,
            "value": 1000.0,
            "currency": "EUR",
        }
        for rank in range(1, 15)
    ]
    months = [
        {
            "signal_key": row["signal_key"],
            "vendor_key": row["vendor_key"],
            "month_date": date(2026, month, 1),
            "unit": "share",
            "n": 12,
            "observed": 0.1 * month,
            "observed_low": 0.05,
            "observed_high": 0.7,
            "expected": 0.06,
        }
        for month in range(1, 7)
    ]
    publish([], day(1))
    run_alerts(home, day(1), smtp)
    publish([], day(2), shifts=[row], evidence=documents, months=months)
    run_alerts(home, day(2), smtp)

    message = mailbox.mails[-1]
    assert str(message["Subject"]) == "Vendor 1: late deliveries 38 %, expected 6 % (24 deliveries)"
    for kind in ("plain", "html"):
        content = text_of(message, kind)
        for needed in (
            "9 of 24 orders since 18 May 2026",
            "95 % interval 21 to 57 %",
            "6 % was expected",
            "has not been measured yet",
            "Look at the orders below",
            "4500000001 / 10",
            "received 39 days late (EUR 1,000)",
            "and 4 more documents, in the attached file.",
            "Buyers",
            "for the rate to be the usual one",
            "Likely since 18 May 2026. Alarm on 29 Jun 2026.",
        ):
            assert needed in content, (kind, needed)
        assert "4500000011" not in content
    (attachment,) = message.iter_attachments()
    assert attachment.get_payload(decode=True).count(b"\r\n") == 15


def test_the_false_alarm_rate_is_quoted_where_it_was_measured_and_never_guessed(tmp_path, shift):
    signal = VendorSignal(**shift(1))
    quality = DetectorQuality(
        false_alarms_per_vendor_month=0.025, recall=0.86, median_delay_days=39, measured_by="make bench-alerts"
    )
    unmeasured = vendor_mail.opened_mail([told(signal)], OWNER, context(tmp_path), ())
    measured = vendor_mail.opened_mail([told(signal)], OWNER, context(tmp_path, quality={"delivery_slip": quality}), ())
    only_right = DetectorQuality(precision=0.48, measured_by="make bench-likely-late")
    right = vendor_mail.opened_mail([told(signal)], OWNER, context(tmp_path, quality={"delivery_slip": only_right}), ())
    said = "'delivery slip' was right with 48 % of what it told. Measured by make bench-likely-late."
    assert said in text_of(parsed(right))
    assert "'delivery slip' raises a false alarm has not been measured yet." in text_of(parsed(unmeasured))
    assert (
        "raised 0.025 false alarms per vendor and month without any shift, about one in 40 vendor-months. "
        "It found 86 % of the shifts, half of them within 39 days. Measured by make bench-alerts."
    ) in text_of(parsed(measured))


def test_what_people_judged_is_quoted_with_its_interval(tmp_path, signal, shift):
    judged = {rule: Precision(rule, 9, 12, 0.468, 0.911) for rule in ("delivery_slip", "overdue")}
    for mail in (
        vendor_mail.opened_mail([told(VendorSignal(**shift(1)))], OWNER, context(tmp_path, judged=judged), ()),
        line_mail.opened_mail(
            [told(LineSignal(**signal(1, 1, rule_id="overdue")))], OWNER, context(tmp_path, judged=judged), ()
        ),
    ):
        assert "judged, 9 were right (75 %, 95 % interval 47 to 91 %)." in text_of(parsed(mail))


def test_the_repositorys_measured_quality_is_valid():
    assert set(load_detector_quality()) <= {*SHIFTS, *GUIDANCE, "target_at_risk"}


def test_a_mistake_in_the_measured_quality_is_named_with_file_and_key(tmp_path):
    file = tmp_path / "detector_quality.yml"
    file.write_text("rules: {delivery_slip: {false_alarms_per_vendor_month: 2, measured_by: x}}", encoding="utf-8")
    with pytest.raises(UsageError, match=r"detector_quality\.yml is wrong: rules\.delivery_slip\.false_alarms_per"):
        load_detector_quality(file)


def test_a_rule_of_which_nothing_was_measured_has_no_entry(tmp_path):
    file = tmp_path / "detector_quality.yml"
    file.write_text("rules: {likely_late: {recall: 0.3, measured_by: x}}", encoding="utf-8")
    with pytest.raises(UsageError, match=r"neither false_alarms_per_vendor_month nor precision"):
        load_detector_quality(file)


def test_every_rule_that_is_published_has_words_of_its_own():
    assert set(GUIDANCE) == {"promise_moved_later", "overdue", "no_confirmation", "likely_late"}
    assert set(SHIFTS) == {
        *("delivery_slip", "lead_time_growth", "quality_dip", "quality_notifications", "lot_rejections"),
        *("service_breaches", "service_slowdown", "price_jump", "relationship_drop"),
    }


@pytest.mark.parametrize(
    ("rule", "subject"),
    [
        ("no_confirmation", "Vendor 1: 2 order lines are not confirmed, EUR 36,800 open"),
        ("likely_late", "Vendor 1: 2 order lines are likely late, EUR 36,800 open"),
    ],
)
def test_lines_that_are_not_late_yet_are_not_said_to_be(tmp_path, signal, rule, subject):
    lines = [LineSignal(**signal(line, 1, rule_id=rule, days_late=0)) for line in (1, 2)]
    message = parsed(line_mail.opened_mail([told(line) for line in lines], OWNER, context(tmp_path), ()))
    assert str(message["Subject"]) == subject
    assert "not late yet" in text_of(message)
    assert "+0" not in text_of(message)
    assert ("has not been measured yet" in text_of(message)) is (rule == "likely_late")


@pytest.mark.parametrize(
    ("rule", "reason", "words"),
    [
        ("no_confirmation", "confirmed", "confirmed by the vendor"),
        ("likely_late", "fell_due", "past its date, and overdue from now on"),
    ],
)
def test_the_end_of_a_line_that_was_not_late_yet_says_why(tmp_path, signal, rule, reason, words):
    line = LineSignal(**signal(1, 1, rule_id=rule, days_late=0, signal_state="cleared", clear_reason=reason))
    ended = [replace(told(line), reason=reason)]
    message = parsed(line_mail.resolved_mail(ended, OWNER, context(tmp_path), ()))
    assert words in str(message["Subject"])
    assert words in text_of(message)


def test_the_evidence_of_a_likely_late_line_stands_beside_it(tmp_path, signal):
    evidence = (
        "Due 2026-07-04 and not received 7 days before it; of such deliveries 25 of 41 of the vendor and 90 of 380 of "
        "its category came late: weighed, 58 % (95 % interval 44 to 71 %), where 12 % are usual in the category; stock "
        "of 2026-06-29 covers 4 days; 40.000 EA still open."
    )
    line = LineSignal(**signal(1, 1, rule_id="likely_late", days_late=0, evidence=evidence))
    text = " ".join(text_of(parsed(line_mail.opened_mail([told(line)], OWNER, context(tmp_path), ()))).split())
    assert "58 % (95 % interval 44 to 71 %)" in text
    assert "An estimate from lines of the same vendor and category" in text


@pytest.mark.parametrize("rule", SHIFTS)
@pytest.mark.parametrize("unit", ["share", "ppm", "days", "points", "percent"])
def test_every_rule_reads_in_every_unit(tmp_path, shift, rule, unit):
    signal = VendorSignal(**shift(1, rule_id=rule, unit=unit, observed_low=None, likely_since_date=None))
    message = parsed(vendor_mail.opened_mail([told(signal)], OWNER, context(tmp_path), ()))
    assert len(str(message["Subject"])) < 120
    assert "interval unknown" in text_of(message)
    assert "since unknown" not in text_of(message)
    assert "None" not in text_of(message)


def test_the_same_input_gives_the_same_bytes_and_no_boundary_stands_in_the_content(tmp_path, shift):
    row = shift(1)
    given_context = context(tmp_path, months=months_of(row))
    first, second = (
        vendor_mail.opened_mail([told(VendorSignal(**row))], OWNER, given_context, ()).content for _ in range(2)
    )
    assert first == second
    message = parsed(vendor_mail.opened_mail([told(VendorSignal(**row))], OWNER, given_context, ()))
    boundaries = [part.get_boundary() for part in message.walk() if part.is_multipart()]
    assert len(set(boundaries)) == len(boundaries) == 2


def test_without_links_a_mail_says_how_to_act_and_how_to_turn_them_on(tmp_path, signal):
    line = LineSignal(**signal(1, 1))
    off = text_of(parsed(line_mail.opened_mail([told(line)], OWNER, context(tmp_path), ())))
    on = text_of(parsed(line_mail.opened_mail([told(line)], OWNER, context(tmp_path, has_links=True), ())))
    assert f"ecosystem alerts ack {line.signal_key[:10]}" in off
    assert "ECOSYSTEM_ALERTS_LINK_SECRET" in off
    assert "personal-link" not in off
    assert "https://personal-link.invalid/" in on
    assert "ECOSYSTEM_ALERTS_LINK_SECRET" not in on


any_text = st.text(alphabet=st.characters(codec="utf-8"), max_size=60) | st.sampled_from(
    [
        "\r\nBcc: x@example.com",
        "<img src=x onerror=a>",
        "\u202egnp",
        "{{7*7}}",
        '"><script>',
        "=cmd|' /C calc'!A0",
        "שלום",
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=any_text, other=any_text, number=any_text)
def test_no_text_of_a_source_reaches_headers_or_markup(tmp_path, signal, shift, name, other, number):
    fields = {"vendor_name": name, "category": other, "evidence": other, "kpi_family": number}
    line = LineSignal(**signal(1, 1, material=other, material_text=name, purchase_order=number, **fields))
    row = VendorSignal(**shift(1, **fields))
    for mail in (
        line_mail.opened_mail([told(line)], OWNER, context(tmp_path), ()),
        line_mail.resolved_mail([Told("k", line, other)], OWNER, context(tmp_path), ("<a@b>",)),
        vendor_mail.opened_mail([told(row)], OWNER, context(tmp_path), ()),
        vendor_mail.withdrawn_mail([Told("k", row, other)], OWNER, context(tmp_path), ("<a@b>",)),
    ):
        message = parsed(mail)
        assert set(message.keys()) <= {
            *("Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted", "X-Alert-Kind"),
            *("X-Alert-Route", "MIME-Version", "Content-Type"),
        }
        subject = str(message["Subject"])
        assert 0 < len(subject) <= 200
        assert not set(subject) & set("\r\n\u202e\u2028\x00")
        assert subject.count("\u2068") == subject.count("\u2069")
        page = HtmlTags(message.get_body(("html",)).get_content())
        assert not page.tags & {"script", "img", "iframe", "form", "object", "svg", "a"}
        assert not {one for one in page.attributes if one.startswith("on") or one == "href"}
        # The head of a mail ends at the first empty line: nothing that follows may come to stand in it.
        assert b"\r\nbcc:" not in mail.content.split(b"\r\n\r\n", 1)[0].lower()


class HtmlTags(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes = set(), set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def announced(count, of, **fields):
    nothing = {"observed": None, "observed_low": None, "observed_high": None, "observed_count": 0, "observed_of": 0}
    said = "Orders that are not due yet were announced to come later since 2026-05-18, where 6 % are usual."
    return nothing | {"evidence": said, "announced_count": count, "announced_of": of} | fields


@pytest.mark.parametrize(
    ("fields", "subject", "said"),
    [
        (
            announced(7, 12),
            "Vendor 1: 7 of 12 open deliveries announced later, none due yet",
            "7 of 12 open deliveries were announced later since 18 May 2026; none of them is due yet.",
        ),
        (
            announced(1, 3),
            "Vendor 1: 1 of 3 open deliveries announced later, none due yet",
            "1 of 3 open deliveries was announced later since 18 May 2026; none of them is due yet.",
        ),
        (
            announced(None, None, likely_since_date=None),
            "Vendor 1: open deliveries announced later, none due yet",
            "Open deliveries were announced later; none of them is due yet.",
        ),
    ],
)
def test_announcements_without_a_figure_are_told_as_announcements(tmp_path, shift, fields, subject, said):
    signal = VendorSignal(**shift(1, **fields))
    message = parsed(vendor_mail.opened_mail([told(signal)], OWNER, context(tmp_path), ()))
    text = " ".join(message.get_body(("plain",)).get_content().split())
    assert str(message["Subject"]) == subject
    assert said in text
    assert "nothing is late so far; 6 % usually are." in text
    assert "late deliveries unknown" not in text
    assert "come late or are overdue" not in text


def test_dates_in_the_sentences_of_marts_are_written_as_everywhere_else(tmp_path, shift):
    signal = VendorSignal(**shift(1, evidence="3 of 9 since 2026-03-28, order 2026-99-99 and 4500-2026-01-01"))
    message = parsed(vendor_mail.opened_mail([told(signal)], OWNER, context(tmp_path), ()))
    assert "3 of 9 since 28 Mar 2026, order 2026-99-99 and" in text_of(message)


@pytest.mark.parametrize(("count", "is_few"), [(4, True), (5, False)])
def test_a_share_of_few_events_comes_with_a_word_of_caution(tmp_path, shift, count, is_few):
    signal = VendorSignal(**shift(1, observed_of=count))
    message = parsed(vendor_mail.opened_mail([told(signal)], OWNER, context(tmp_path), ()))
    assert ("So few say little by themselves" in text_of(message)) is is_few
