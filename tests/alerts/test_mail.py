"""What a mail says, and that nothing in a name can harm it."""

import hashlib
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser

import pytest

from alerts.run import run_alerts
from alerts.wording import isolated, money, money_by_currency
from ecosystem.plain_text import clean

HOSTILE_NAMES = {
    "html": '<script>alert(1)</script><img src=x onerror="alert(2)">',
    "quotes": 'O\'Neil "&" Sons <sales@vendor.example>',
    "line break": "Evil Ltd\r\nBcc: victim@example.com\r\n\r\nInjected body",
    "unicode line break": "Evil\u2028Bcc: victim@example.com\u0085X-Injected: yes",
    "right to left": 'שלום תעשיות בע"מ',
    "bidirectional override": "Acme \u202egnp.exe\u2066 Ltd",
    "null and bell": "Nul\x00 Bell\x07",
    "template": "{{ 7 * 7 }} {% raw %}",
    "encoded word": "=?utf-8?q?Injected?=",
    "very long": "Long " * 200,
}


class Tags(HTMLParser):
    """Every tag and attribute name of a page."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes = set(), set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.fixture
def mailed(publish, signal, home, smtp, mailbox, day):
    """Gives the mail about the second day's signals."""

    def mailed(*rows):
        publish([], day(1))
        run_alerts(home, day(1), smtp)
        publish(rows, day(2))
        run_alerts(home, day(2), smtp)
        assert len(mailbox.received) == 1
        return mailbox.mails[0]

    return mailed


def part(message, kind):
    return message.get_body((kind,)).get_content()


def test_both_parts_say_what_from_when_to_when_how_late_how_much_why_who_and_what_next(mailed, signal):
    message = mailed(signal(1, 1), signal(2, 1, rule_id="overdue", previous_promise_date=None, days_late=21))

    assert str(message["Subject"]) == "Vendor 1: 2 order lines slip or are overdue, worst +21 days, EUR 36,800 open"
    assert [one.get_content_type() for one in message.walk()] == [
        *("multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/csv")
    ]
    for kind in ("plain", "html"):
        content = " ".join(part(message, kind).split())
        for needed in (
            "4500000001 / 10",
            "Part 1 · MAT-001",
            "1 Jul 2026",
            "3 Jul 2026",
            "11 Jul 2026",
            "+10 days",
            "+21 days",
            "EUR 18,400",
            "1,200 PC",
            "1 order line is now promised later than before",
            "1 order line has passed its promised date",
            "Buyers",
            "no other route matches it",
            "Call the vendor together",
            "goods receiving first",
            "received in full or cancelled",
            "As of 1 Jul 2026 18:00 UTC",
        ):
            assert needed in content, (kind, needed)


def test_headers_are_deterministic_and_follow_the_publication(mailed, signal):
    row = signal(1, 1)
    message = mailed(row)

    assert str(message["Date"]) == "Wed, 01 Jul 2026 18:00:00 +0000"
    key = hashlib.sha256(f"opened\n{row['signal_key']}".encode()).hexdigest()[:40]
    assert str(message["Message-ID"]) == f"<opened.{key}@alerts.example.com>"
    assert str(message["From"]) == "Vendor early warning <early-warning@example.com>"
    assert str(message["To"]) == "Buyers <buyer-one@example.com>, Buyers <buyer-two@example.com>"
    assert message["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("name", HOSTILE_NAMES.values(), ids=HOSTILE_NAMES)
def test_a_hostile_name_harms_neither_headers_nor_parts(mailed, signal, mailbox, name):
    fields = {"vendor_name": name, "material_text": name, "material": name, "category": name, "quantity_unit": name}
    message = mailed(signal(1, 1, rule_id="a_new_rule", evidence=name, **fields))
    recipients, raw = mailbox.received[0]

    assert recipients == ("buyer-one@example.com", "buyer-two@example.com")
    assert set(message.keys()) == {
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Alert-Kind", "X-Alert-Route"),
        *("MIME-Version", "Content-Type"),
    }
    assert not message.defects
    assert len(str(message["Subject"])) <= 200
    assert max(len(line) for line in raw.splitlines()) <= 998
    page = Tags(part(message, "html"))
    assert {"table", "h1"} <= page.tags
    assert not page.tags & {"script", "img", "iframe", "a", "raw", "style", "link", "form"}
    assert not {one for one in page.attributes if one.startswith("on")}
    for kind in ("plain", "html"):
        content = part(message, kind)
        assert not set(content) & set("\u202e\u2066\u2067\u202d\u2028\x00\x07\x85")
        assert content.count("\u2068") == content.count("\u2069")
    assert "49" not in str(message["Subject"])


def test_a_name_that_runs_right_to_left_is_isolated_in_the_subject(mailed, signal):
    name = HOSTILE_NAMES["right to left"]
    assert str(mailed(signal(1, 1, vendor_name=name))["Subject"]).startswith(f"\u2068{name}\u2069: 1 order line slips")


def test_currencies_are_never_added_and_unknown_values_are_said_to_be_unknown(mailed, signal):
    rows = [
        signal(1, 1, open_value=1000.0),
        signal(2, 1, open_value=500.5),
        signal(3, 1, open_value=900.0, currency="USD"),
        signal(4, 1, open_value=None),
    ]
    message = mailed(*rows)
    assert "EUR 1,501 + USD 900 (1 unknown) open" in message["Subject"]
    assert "value unknown" in part(message, "plain")


def test_a_line_that_breaks_two_rules_is_counted_and_valued_once(mailed, signal):
    message = mailed(signal(1, 1), signal(1, 1, rule_id="overdue"))
    assert str(message["Subject"]) == "Vendor 1: 1 order line slips and is overdue, worst +10 days, EUR 18,400 open"


def test_a_long_list_shows_the_ten_worst_and_counts_the_rest(mailed, signal):
    message = mailed(*(signal(line, 1, days_late=line) for line in range(1, 31)))
    text = part(message, "plain")
    assert text.count("  first promise") == 10
    assert "+30 days" in text
    assert "+20 days" not in text
    assert "and 20 more lines (EUR 368,000), in the attached file." in text


def test_the_content_of_a_mail_depends_on_nothing_but_its_alerts(publish, signal, home, smtp, mailbox, day):
    contents = []
    for _ in range(2):
        home.alerts_db.unlink(missing_ok=True)
        mailbox.received.clear()
        publish([], day(1))
        run_alerts(home, day(1), smtp)
        publish([signal(line, 1) for line in range(1, 4)], day(2))
        run_alerts(home, day(2), smtp)
        contents.append(mailbox.received[0][1])
    assert contents[0] == contents[1]
    assert message_from_bytes(contents[0], policy=default)["Message-ID"]


@pytest.mark.parametrize(
    ("value", "currency", "written"),
    [
        (48_200.4, "EUR", "EUR 48,200"),
        (99.5, "USD", "USD 99.50"),
        (12.0, "USD", "USD 12"),
        (0.0, "EUR", "EUR 0"),
        (None, "EUR", "value unknown"),
        (10.0, None, "currency unknown 10"),
    ],
)
def test_money_is_written_with_its_currency(value, currency, written):
    assert money(value, currency) == written


def test_sums_without_any_value_are_unknown():
    assert money_by_currency([(None, "EUR"), (None, None)]) == "value unknown"


def test_clean_keeps_letters_of_every_script():
    assert clean("Ünïcode  株式会社\tНорд") == "Ünïcode 株式会社 Норд"
    assert isolated("Ünïcode") == "Ünïcode"


def test_a_resolved_mail_counts_the_reasons_and_says_that_a_new_date_is_no_delivery(
    publish, signal, home, smtp, mailbox, day
):
    lines = [signal(line, 1) for line in (1, 2, 3)]
    reasons = ["delivered", "delivered", "re_promised"]
    over = [
        row | {"signal_state": "cleared", "clear_reason": reason} for row, reason in zip(lines, reasons, strict=True)
    ]
    for number, rows in enumerate([[], lines, over], 1):
        publish(rows, day(number))
        run_alerts(home, day(number), smtp)

    resolved = mailbox.mails[-1]
    assert str(resolved["Subject"]).startswith("Resolved: Vendor 1: 3 order lines ")
    for reason in ("2 received in full", "1 given a new date"):
        assert reason in resolved["Subject"]
        assert reason in " ".join(part(resolved, "plain").split())
    assert "A new date is no delivery yet" in part(resolved, "html")
