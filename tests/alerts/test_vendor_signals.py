"""Signals about a vendor's behaviour live beside those about order lines."""

from datetime import date

import pyarrow.parquet as pq
import pytest

from alerts.publication import read_evidence, read_months, read_published
from alerts.run import run_alerts
from alerts.signals import VendorSignal
from ecosystem.errors import EcosystemError

RECOVERED = {"signal_state": "cleared", "clear_reason": "recovered"}


def lived(publish, smtp, day, *shifts_of_day, lines=()):
    """The first load, then one publication a day with these vendor-level signals."""
    results = []
    for number, shifts in enumerate([[], *shifts_of_day], start=1):
        publish(lines, day(number), shifts=shifts)
        results.append(run_alerts(publish.home, day(number), smtp))
    return results


def document(signal_row, rank, **fields):
    return {
        "signal_key": signal_row["signal_key"],
        "vendor_key": signal_row["vendor_key"],
        "evidence_rank": rank,
        "document_kind": "purchase_order",
        "document": f"450000000{rank}",
        "item": None,
        "event_date": date(2026, 6, rank),
        "finding": "received 12 days late",
        "score": 1.5,
        "value": None,
        "currency": None,
    } | fields


def test_a_vendor_level_signal_opens_and_resolves_in_one_thread(publish, shift, smtp, mailbox, day):
    _, opened, kept, resolved = lived(publish, smtp, day, [shift()], [shift()], [shift(**RECOVERED)])

    assert (opened.opened, kept.opened, resolved.resolved) == (1, 0, 1)
    assert (opened.mails_sent, kept.mails_sent, resolved.mails_sent) == (1, 0, 1)
    first, last = mailbox.mails
    assert str(first["Subject"]).startswith("Vendor 1: ")
    assert "9 of 24 orders" in first.get_body(("plain",)).get_content()
    assert last["In-Reply-To"] == first["Message-ID"]


@pytest.mark.parametrize(
    ("later", "reason"),
    [
        ([], "the corrected history of the vendor no longer shows it"),
        ([{"episode": "2026-06-20"}], "the corrected history dates this from 2026-06-20"),
    ],
)
def test_a_vendor_level_signal_that_is_restated_away_is_withdrawn_with_the_reason(
    publish, shift, signal, smtp, mailbox, day, later, reason
):
    *_, withdrawn = lived(publish, smtp, day, [shift()], [shift(**one) for one in later], lines=[signal(1, 1)])
    assert withdrawn.withdrawn == 1
    (correction,) = (mail for mail in mailbox.mails if mail["X-Alert-Kind"] == "withdrawn")
    assert reason in " ".join(correction.get_body(("plain",)).get_content().split())


def test_a_first_load_tells_of_vendor_level_signals_in_its_digest(publish, signal, shift, home, smtp, mailbox, day):
    publish([signal(1, 1)], day(1), shifts=[shift(2)])
    assert run_alerts(home, day(1), smtp).opened == 2
    assert [mail["X-Alert-Kind"] for mail in mailbox.mails] == ["digest"]
    assert "9 of 24 orders" in mailbox.mails[0].get_body(("plain",)).get_content()


def test_a_first_load_without_any_line_has_a_digest_too(publish, shift, home, smtp, mailbox, day):
    publish([], day(1), shifts=[shift(2)])
    run_alerts(home, day(1), smtp)
    assert mailbox.subjects == ["Early warning has started: 1 vendor"]


def test_a_publication_from_before_vendors_were_warned_of_is_read(publish, signal, home, day):
    publish([signal(1, 1)], day(1), shifts=None)
    published = read_published(home)
    assert len(published.signals) == 1
    assert read_evidence(published.folder, ["some key"]) == {}
    assert read_months(published.folder, ["some key"]) == {}


def test_a_listed_mart_that_lost_rows_is_named(publish, shift, home, day):
    publish([], day(1), shifts=[shift(1), shift(2)])
    file = home.current / "vendor_warning.parquet"
    pq.write_table(pq.read_table(file).slice(0, 1), file)
    with pytest.raises(EcosystemError, match=r"vendor_warning\.parquet holds 1 rows where its manifest says 2"):
        read_published(home)


def test_evidence_and_months_are_read_for_the_signals_that_are_asked_for_and_in_order(publish, shift, home, day):
    one, other = shift(1), shift(2)
    months = [
        {
            "signal_key": row["signal_key"],
            "vendor_key": row["vendor_key"],
            "month_date": date(2026, month, 1),
            "unit": "share",
            "n": count,
            "observed": None if count == 0 else 0.5,
            "observed_low": None,
            "observed_high": None,
            "expected": 0.06,
        }
        for row in (one, other)
        for month, count in ((6, 4), (5, 0))
    ]
    documents = [document(one, 2), document(one, 1, value=float("nan")), document(other, 1)]
    publish([], day(1), shifts=[one, other], evidence=documents, months=months)
    published = read_published(home)

    assert all(isinstance(signal, VendorSignal) for signal in published.signals)
    found = read_evidence(published.folder, [one["signal_key"]])
    assert {key: [row.evidence_rank for row in rows] for key, rows in found.items()} == {one["signal_key"]: [1, 2]}
    assert found[one["signal_key"]][0].value is None
    by_month = read_months(published.folder, [one["signal_key"]])
    assert {key: [(row.month_date.month, row.n) for row in rows] for key, rows in by_month.items()} == {
        one["signal_key"]: [(5, 0), (6, 4)]
    }
    assert read_evidence(published.folder, []) == {}
