"""The page opens by a valid link only, reading changes nothing, and acting needs a form of the page."""

import re
import socket
import threading
import time
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser

import pytest
import requests
import uvicorn
from sqlalchemy import select

from alerts import actions
from alerts.ledger import active_silences, alert, alert_event, open_ledger, silence
from alerts.links import Audience, Signer
from alerts.page import FORM_VALID_FOR, create_app, server_config
from alerts.run import run_alerts
from ecosystem.errors import UsageError

SECRET = "a-secret-of-more-than-thirty-two-characters"
ONE, TWO, SALES = "buyer-one@example.com", "buyer-two@example.com", "sales@vendor-one.example"
LETTERS = f"""
vendor_letters:
  sender_name: Example Company Purchasing
  vendors: [{{vendor_key: "erp_s4hana:10001", name: Vendor One, recipients: {SALES}}}]
"""


class Clock:
    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def clock(day):
    return Clock(day(2))


@pytest.fixture
def serve(home, clock):
    """Runs the service on a loopback port; gives its address."""
    servers = []

    def serve():
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        config = server_config(create_app(home, clock), "127.0.0.1", port)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        servers.append((server, thread))
        while not server.started:
            time.sleep(0.01)
        return f"http://127.0.0.1:{port}"

    yield serve
    for server, thread in servers:
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def links_on(routes_file, monkeypatch):
    monkeypatch.setenv("ECOSYSTEM_ALERTS_LINK_SECRET", SECRET)
    monkeypatch.setenv("ECOSYSTEM_ALERTS_BASE_URL", "https://alerts.example.com")
    monkeypatch.setenv("ECOSYSTEM_NOW", "2026-07-01T18:00:00Z")
    routes_file.write_text(routes_file.read_text(encoding="utf-8") + LETTERS, encoding="utf-8")


@pytest.fixture
def mailed(links_on, publish, home, smtp, mailbox, day, serve):
    """Publishes on the second day and gives the page's address for each recipient of the mails, by address."""

    def mailed(*rows, **fields):
        publish([], day(1))
        run_alerts(home, day(1), smtp)
        publish(rows, day(2), **fields)
        run_alerts(home, day(2), smtp)
        base = serve()
        found = {}
        for (to, _), message in zip(mailbox.received, mailbox.mails, strict=True):
            text = message.get_body(("plain",)).get_content()
            found.setdefault(to[0], f"{base}/alert/" + re.search(r"https://alerts\.example\.com/alert/(\S+)", text)[1])
        return found

    return mailed


def everything_in(home):
    engine = open_ledger(home)
    with engine.connect() as connection:
        found = [
            [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in (alert, alert_event, silence)
        ]
    engine.dispose()
    return found


def form_of(page):
    return re.search(r'name="form" value="([^"]+)"', page.text)[1]


class Elements(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def month(row, number, observed):
    return {
        "signal_key": row["signal_key"],
        "vendor_key": row["vendor_key"],
        "month_date": date(2026, number, 1),
        "unit": "share",
        "n": 20,
        "observed": observed,
        "observed_low": 0.0,
        "observed_high": 0.9,
        "expected": 0.06,
    }


def test_a_link_shows_the_alert_with_evidence_chart_and_history(mailed, signal, shift, home):
    row = shift(1)
    documents = [
        {
            "signal_key": row["signal_key"],
            "vendor_key": row["vendor_key"],
            "evidence_rank": rank,
            "document_kind": "purchase_order",
            "document": f"46{rank:08d}",
            "item": "10",
            "event_date": date(2026, 6, 1),
            "finding": "received 12 days late",
            "score": 2.0,
            "value": None,
            "currency": None,
        }
        for rank in range(1, 16)
    ]
    pages = mailed(shifts=[row], evidence=documents, months=[month(row, n, 0.1 * n) for n in range(1, 7)])
    page = requests.get(pages[ONE], timeout=10)

    assert page.status_code == 200
    for needed in (
        "Vendor 1: late deliveries 38 %, expected 6 %",
        "open, nobody has taken it on",
        "95 % interval 21 to 57 %",
        "4600000015 / 10",
        "opened",
        "1 Jul 2026 18:00 UTC",
        f"It belongs to <bdi>{ONE}</bdi>",
        "likely since",
    ):
        assert needed in page.text.replace("\u00a0", " "), needed
    assert page.text.count("<svg") == 1
    assert "personal-link" not in page.text


def test_reading_changes_nothing_however_often_and_by_whatever_reads(mailed, signal, home):
    pages = mailed(signal(1, 1))
    before = everything_in(home)
    for _ in range(3):
        assert requests.get(pages[ONE], timeout=10).status_code == 200
    for path in ("/acknowledge", "/close", "/silence"):
        assert requests.get(pages[ONE] + path, timeout=10).status_code == 405
        assert requests.head(pages[ONE] + path, timeout=10).status_code == 405
    assert everything_in(home) == before


def test_acknowledging_is_recorded_with_the_recipient_and_shown(mailed, signal, home, clock):
    pages = mailed(signal(1, 1), signal(2, 1))
    page = requests.get(pages[TWO], timeout=10)
    answer = requests.post(
        pages[TWO] + "/acknowledge", data={"form": form_of(page), "note": "I call <b>them</b>"}, timeout=10
    )

    assert answer.status_code == 200
    assert answer.url.startswith(pages[TWO])
    assert "Noted: you have taken it on" in answer.text
    assert "I call &lt;b&gt;them&lt;/b&gt;" in answer.text
    alerts, events, _ = everything_in(home)
    assert {row["state"] for row in alerts} == {"acknowledged"}
    assert {(row["actor"], row["at"]) for row in events if row["change"] == "acknowledged"} == {(TWO, clock.now)}
    again = requests.post(pages[TWO] + "/acknowledge", data={"form": form_of(page)}, timeout=10)
    assert "Nothing was left to do" in again.text
    assert "I take it on" not in again.text


def test_an_action_is_never_dated_before_the_alert_although_the_sandboxs_calendar_runs_ahead(
    mailed, signal, home, clock, day
):
    pages = mailed(signal(1, 1))
    clock.now = day(2) - timedelta(days=100)
    form = form_of(requests.get(pages[ONE], timeout=10))
    assert requests.post(pages[ONE] + "/acknowledge", data={"form": form}, timeout=10).status_code == 200
    assert everything_in(home)[0][0]["acknowledged_at"] == day(2)


def test_closing_records_cause_and_verdict(mailed, signal, home):
    pages = mailed(signal(1, 1))
    form = form_of(requests.get(pages[ONE], timeout=10))
    incomplete = requests.post(pages[ONE] + "/close", data={"form": form, "verdict": "true"}, timeout=10)
    assert (incomplete.status_code, everything_in(home)[0][0]["state"]) == (400, "open")

    answer = requests.post(
        pages[ONE] + "/close", data={"form": form, "verdict": "false", "reason_code": "data"}, timeout=10
    )
    assert answer.status_code == 200
    (row,) = everything_in(home)[0]
    assert (row["state"], row["verdict"], row["reason_code"]) == ("resolved", "false", "data")
    assert "It was a false alarm, cause: data" in answer.text
    assert "<form" not in answer.text


def test_a_silence_is_for_the_vendor_and_family_until_a_day_with_author_and_reason(mailed, signal, home, clock):
    pages = mailed(signal(1, 1))
    form = form_of(requests.get(pages[ONE], timeout=10))
    assert requests.post(pages[ONE] + "/silence", data={"form": form, "days": "14"}, timeout=10).status_code == 400
    too_long = {"form": form, "days": "9999", "note": "move"}
    assert requests.post(pages[ONE] + "/silence", data=too_long, timeout=10).status_code == 400
    assert everything_in(home)[2] == []

    answer = requests.post(
        pages[ONE] + "/silence", data={"form": form, "days": "14", "note": "plant moves"}, timeout=10
    )
    (row,) = everything_in(home)[2]
    assert (row["author"], row["reason"], row["expires_at"]) == (ONE, "plant moves", clock.now + timedelta(days=14))
    assert f"by {ONE}: plant moves" in answer.text


def test_a_target_is_shown_with_its_steps_and_silenced_by_its_metric(mailed, target, home):
    pages = mailed(targets=[target()])
    page = requests.get(pages[ONE], timeout=10)
    for said in ("Joint KPI achievement rate 28 %, target 90 %", "Silence this target", "Read the joint KPIs"):
        assert said in page.text.replace("\u00a0", " ")

    silence = {"form": form_of(page), "days": "14", "note": "review next week"}
    answer = requests.post(pages[ONE] + "/silence", data=silence, timeout=10)
    assert answer.status_code == 200
    assert f"by {ONE}: review next week" in answer.text
    engine = open_ledger(home)
    with engine.connect() as connection:
        (found,) = active_silences(connection, datetime(2026, 7, 3, tzinfo=UTC))
    engine.dispose()
    assert found.conditions == {"metric_id": {"joint_kpi_achievement_rate"}}


@pytest.mark.parametrize("form", ["", "wrong", None])
def test_a_post_without_a_form_of_the_page_changes_nothing(mailed, signal, home, form):
    pages = mailed(signal(1, 1))
    before = everything_in(home)
    answer = requests.post(pages[ONE] + "/acknowledge", data={} if form is None else {"form": form}, timeout=10)
    assert answer.status_code == 403
    assert "Nothing was changed" in answer.text
    assert everything_in(home) == before


def test_a_form_of_another_link_of_another_site_or_of_yesterday_changes_nothing(mailed, signal, home, clock):
    pages = mailed(signal(1, 1))
    before = everything_in(home)
    mine, other = (form_of(requests.get(pages[one], timeout=10)) for one in (ONE, TWO))
    assert requests.post(pages[ONE] + "/acknowledge", data={"form": other}, timeout=10).status_code == 403
    from_elsewhere = {"Sec-Fetch-Site": "cross-site"}
    answer = requests.post(pages[ONE] + "/acknowledge", data={"form": mine}, headers=from_elsewhere, timeout=10)
    assert answer.status_code == 403
    clock.now += FORM_VALID_FOR
    assert requests.post(pages[ONE] + "/acknowledge", data={"form": mine}, timeout=10).status_code == 403
    assert everything_in(home) == before


def test_an_overlong_form_is_refused(mailed, signal, home):
    pages = mailed(signal(1, 1))
    form = form_of(requests.get(pages[ONE], timeout=10))
    answer = requests.post(pages[ONE] + "/acknowledge", data={"form": form, "note": "x" * 100_000}, timeout=10)
    assert answer.status_code == 413


def test_an_expired_a_forged_and_a_foreign_link_answer_with_a_clear_page_and_code(mailed, signal, clock, day):
    pages = mailed(signal(1, 1))
    base, token = pages[ONE].rsplit("/", 1)
    unknown = Signer((SECRET,)).link(Audience.TEAM, "<opened.x@alerts.example.com>", ONE, day(9))
    forged = Signer(("x" * 40,)).link(Audience.TEAM, "<opened.x@alerts.example.com>", ONE, day(9))
    for link, code, text in (
        (forged, 404, "not complete or was changed"),
        (token[:-2], 404, "not complete or was changed"),
        ("..", 404, "Open an alert by the link"),
        (unknown, 403, "no longer kept here"),
    ):
        answer = requests.get(f"{base}/{link}", timeout=10)
        assert (answer.status_code, text in answer.text) == (code, True), link
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
    clock.now = day(2) + timedelta(days=30)
    answer = requests.get(pages[ONE], timeout=10)
    assert (answer.status_code, "The newest mail about the alert" in answer.text) == (410, True)
    assert requests.post(pages[ONE] + "/acknowledge", timeout=10).status_code == 410


def test_who_is_taken_out_of_the_routes_can_no_longer_open_old_links(mailed, signal, routes_file):
    pages = mailed(signal(1, 1))
    text = routes_file.read_text(encoding="utf-8")
    routes_file.write_text(text.replace(ONE, "successor@example.com"), encoding="utf-8")
    answer = requests.get(pages[ONE], timeout=10)
    assert (answer.status_code, "no longer among those" in answer.text) == (403, True)
    assert requests.get(pages[TWO], timeout=10).status_code == 200


def test_there_is_no_directory_and_no_documentation_without_a_link(mailed, signal):
    base = mailed(signal(1, 1))[ONE].split("/alert/")[0]
    for path in ("/", "/alert", "/alert/", "/alerts", "/docs", "/openapi.json", "/redoc"):
        answer = requests.get(base + path, timeout=10)
        assert answer.status_code == 404, path
        assert "Vendor" not in answer.text
    assert requests.get(base + "/health", timeout=10).text == "ok\n"


def test_every_answer_is_guarded_and_loads_nothing_from_elsewhere(mailed, signal):
    pages = mailed(signal(1, 1))
    base = pages[ONE].split("/alert/")[0]
    for url in (pages[ONE], base, f"{base}/alert/x", f"{base}/health", pages[ONE] + "/close"):
        headers = requests.get(url, timeout=10).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert "uvicorn" not in headers.get("server", "")
    elements = Elements(requests.get(pages[ONE], timeout=10).text).found
    assert not [one for one in elements if one[0] in ("script", "link", "img", "iframe")]
    assert not [attrs for _, attrs in elements if "style" in attrs or "src" in attrs]


def test_every_field_has_a_label_and_every_table_its_heads(mailed, signal):
    elements = Elements(requests.get(mailed(signal(1, 1))[ONE], timeout=10).text).found
    labelled = {attrs["for"] for tag, attrs in elements if tag == "label" and "for" in attrs}
    fields = [attrs for tag, attrs in elements if tag in ("textarea", "select")]
    assert fields
    assert {attrs["id"] for attrs in fields} <= labelled
    assert all(attrs.get("scope") for tag, attrs in elements if tag == "th")
    assert ("html", {"lang": "en"}) in elements


def test_names_of_a_source_are_text_on_the_page(mailed, signal):
    hostile = "<script>alert(1)</script>\"'&{{ 7*7 }}"
    row = signal(1, 1, vendor_name=hostile, material_text=hostile, rule_id="a_new_rule", evidence=hostile)
    page = requests.get(mailed(row)[ONE], timeout=10)
    assert "<script" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert "49" not in page.text.split("<h1>")[1].split("</h1>")[0]


def test_a_vendors_link_shows_its_own_rows_and_lets_it_do_nothing(mailed, signal, home, clock):
    rival = signal(1, 2, vendor_name="Rival", material_text="Rival part")
    pages = mailed(signal(1, 1), rival)
    page = requests.get(pages[SALES], timeout=10)

    assert page.status_code == 200
    assert "4500000001 / 10" in page.text
    shown = re.sub(r"<style>.*?</style>", "", page.text, flags=re.S)
    for foreign in ("Rival", "4500000002", "Buyers", "buyer", "18,400", "Packaging", "erp_s4hana"):
        assert foreign not in shown, foreign
    for word in ("alert", "acknowledg", "silence", "severity", "verdict", "owner", "<form", "history"):
        assert word not in shown.lower().replace("vendor-one.example", ""), word
    before = everything_in(home)
    form = Signer((SECRET,)).form_token(pages[SALES].rsplit("/", 1)[1], clock.now + FORM_VALID_FOR)
    answer = requests.post(pages[SALES] + "/acknowledge", data={"form": form}, timeout=10)
    assert (answer.status_code, "for reading" in answer.text) == (403, True)
    assert everything_in(home) == before


def test_a_vendors_address_opens_no_teams_page_and_the_reverse(mailed, signal, mailbox, day):
    pages = mailed(signal(1, 1))
    signer = Signer((SECRET,))
    letter_id, mail_id = (
        next(str(mail["Message-ID"]) for mail in mailbox.mails if str(mail["Message-ID"]).startswith(f"<{kind}"))
        for kind in ("letter-opened", "opened")
    )
    base = pages[ONE].rsplit("/", 1)[0]
    for audience, message_id, address in (
        (Audience.TEAM, letter_id, SALES),
        (Audience.TEAM, letter_id, ONE),
        (Audience.TEAM, mail_id, SALES),
        (Audience.VENDOR, mail_id, ONE),
        (Audience.VENDOR, mail_id, SALES),
    ):
        token = signer.link(audience, message_id, address, day(20))
        assert requests.get(f"{base}/{token}", timeout=10).status_code == 403, (audience, address)


def test_what_a_colleague_did_meanwhile_is_shown_and_nothing_is_done_twice(mailed, signal, home, clock):
    row = signal(1, 1)
    pages = mailed(row)
    form = form_of(requests.get(pages[ONE], timeout=10))
    engine = open_ledger(home)
    actions.resolve(engine, [row["signal_key"]], TWO, clock.now, actions.ReasonCode.US, actions.Verdict.TRUE)
    engine.dispose()
    close = {"form": form, "verdict": "false", "reason_code": "data"}
    answer = requests.post(pages[ONE] + "/close", data=close, timeout=10)
    assert "Nothing was left to do" in answer.text
    assert "It was right, cause: us" in answer.text


def test_a_signal_that_is_gone_from_the_mart_is_shown_as_it_was_told(mailed, signal, publish, day):
    pages = mailed(signal(1, 1))
    publish([], day(3))
    page = requests.get(pages[ONE], timeout=10)
    assert (page.status_code, "4500000001 / 10" in page.text) == (200, True)


def test_without_a_publication_the_page_says_to_come_back(mailed, signal, home):
    pages = mailed(signal(1, 1))
    home.current.unlink()
    answer = requests.get(pages[ONE], timeout=10)
    assert (answer.status_code, "try again in some minutes" in answer.text) == (503, True)
    assert str(home.root) not in answer.text


def test_the_service_does_not_start_without_a_secret(home, monkeypatch):
    monkeypatch.delenv("ECOSYSTEM_ALERTS_LINK_SECRET", raising=False)
    with pytest.raises(UsageError, match="ECOSYSTEM_ALERTS_LINK_SECRET is not set"):
        create_app(home)
