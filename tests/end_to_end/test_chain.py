"""One company lives on from test to test: the tests of this module run in their order."""

import hashlib
import re
import subprocess
import sys
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import duckdb
import pytest

from alerts.run import run_alerts
from ecosystem.clock import iso
from ecosystem.errors import GateBlocked
from ecosystem.paths import project_root
from publishing.postgres.publish import publish_to_postgres
from publishing.postgres.roles import add_vendor_login
from tests.end_to_end.company import Company, Day, rows_of
from tests.end_to_end.serving import differing_marts, rows_of_vendor, rows_seen, same
from tests.postgres_server import program
from tests.serving_database import Database
from warehouse.build import build_as_of

# The first tests wait for whole days of the company.
pytestmark = pytest.mark.timeout(900)

MARTS = (
    "dim_vendor",
    "fct_schedule_line",
    "fct_promise_change",
    "fct_service_ticket",
    "vendor_month",
    "ecosystem_quarter",
    "early_warning",
)


MARTS_OF_A_DAY: dict[datetime, dict[str, list]] = {}
SUBJECTS_OF_A_DAY: dict[datetime, list[str]] = {}


def subject_of(mail: Path) -> str:
    return str(message_from_bytes(mail.read_bytes(), policy=policy.default)["Subject"])


def marts(company: Company) -> dict[str, list]:
    """The rows of all marts; a mart without rows would make every comparison vacuous."""
    rows = {mart: company.published(mart) for mart in MARTS}
    assert all(rows[mart] for mart in MARTS if mart != "fct_promise_change"), {m: len(rows[m]) for m in MARTS}
    return rows


def rows_landed(day: Day, mode: str) -> int:
    """The rows that the day's extracts of that mode brought, children included."""
    return sum(sum(result.rows.values()) for result in day.extracts if result.mode == mode)


def busiest_vendors(company: Company) -> list[str]:
    lines = f"read_parquet('{company.home.current}/fct_schedule_line.parquet')"
    ranked = rows_of(
        f"(select vendor_key from {lines} where is_vendor_performance group by 1 order by count(*) desc limit 3)"
    )
    return [vendor for (vendor,) in ranked]


def sql_of_page(name: str) -> list[str]:
    page = project_root() / "docs" / "bi" / f"{name}.md"
    return re.findall(r"```sql\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


def fingerprint(folder: Path) -> dict[str, str]:
    files = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.resolve().iterdir()}
    assert len(files) > len(MARTS)
    return files


def test_the_history_reaches_the_readers_and_opens_alerts_silently_with_one_digest(loaded: tuple[Company, Day]):
    company, first = loaded
    assert first.gate.passed
    assert first.alerts is not None
    assert first.alerts.opened > 0
    assert len(company.mails()) == 1
    assert marts(company)["fct_promise_change"] == [], "promise history before the first load is unknown"


def test_postgresql_holds_what_was_published_and_shows_a_vendor_its_own_rows_alone(
    loaded: tuple[Company, Day], serving_database: Database
):
    company, _first = loaded
    served = publish_to_postgres(company.home, serving_database.url)
    assert served.findings == ()
    assert served.written["fct_schedule_line"].inserted > 1000
    with serving_database.buyer() as buyer:
        assert differing_marts(company.home, buyer) == {}
    vendors = busiest_vendors(company)
    for vendor_key in vendors:
        with serving_database.vendor(vendor_key) as vendor:
            seen = rows_seen(vendor)
        assert len(seen["fct_schedule_line"]) > 100
        assert same(seen, rows_of_vendor(company.home, vendor_key))
        others = set(vendors) - {vendor_key}
        assert not any(other in repr(seen) for other in others)


def test_the_page_about_duckdb_leads_from_the_publication_to_a_chart(loaded: tuple[Company, Day]):
    company, _first = loaded
    with duckdb.connect(str(company.home.current / "ecosystem.duckdb"), read_only=True) as analyst:
        answers = [analyst.sql(query).fetchall() for query in sql_of_page("duckdb")]
    assert len(answers) == 3
    assert all(answers)
    assert "\u2588" in str(answers[0])


def test_the_page_about_psql_leads_buyers_and_vendors_to_a_chart(
    loaded: tuple[Company, Day], serving_database: Database
):
    company, _first = loaded
    login = add_vendor_login(serving_database.admin_url, busiest_vendors(company)[0])
    address = f"host=127.0.0.1 port={serving_database.server.port} dbname={serving_database.name}"
    readers = {
        f"host={serving_database.server.folder} port={serving_database.server.port}"
        f" dbname={serving_database.name} user=anna": "set search_path = marts;",
        f"{address} user={login.login} password={login.password}": "",
    }
    queries = sql_of_page("psql")
    assert len(queries) == 4
    for reader, before in readers.items():
        for query in queries:
            done = subprocess.run(
                [program("psql"), reader, "--no-psqlrc", "--set", "ON_ERROR_STOP=1"],
                input=f"{before}\n{query}",
                capture_output=True,
                text=True,
                timeout=60,
            )
            assert done.returncode == 0, done.stderr
            assert "row" in done.stdout
            assert "####" in done.stdout or "repeat" not in query


def test_every_landed_row_is_what_the_source_showed(loaded: tuple[Company, Day]):
    company, _ = loaded
    landed = rows_of(
        "(select distinct PurchaseOrder from read_parquet("
        f"'{company.home.landing}/sap_s4hana/purchase_order/*/*.parquet'))"
    )
    assert len(landed) > 500
    assert {key for (key,) in landed} == {row["PurchaseOrder"] for row in company.source.rows("purchase_order")}


def test_the_whole_chain_run_twice_changes_no_mart_row_and_sends_no_mail(loaded: tuple[Company, Day]):
    company, first = loaded
    before, mails = marts(company), company.mails()
    again = company.live()
    assert sum(result.batches for result in again.extracts) > 0
    assert marts(company) == before
    assert company.mails() == mails
    assert again.build.as_of == first.build.as_of


def test_a_day_later_only_new_batches_are_read_and_slips_are_mailed_once(loaded: tuple[Company, Day]):
    company, first = loaded
    mails = len(company.mails())
    company.source.advance(1)
    day = company.live()
    MARTS_OF_A_DAY[day.as_of] = marts(company)
    # What has no change time is read in full each day; the rest brings what changed.
    changed = rows_landed(day, "incremental")
    at_first = sum(rows_landed(first, mode) for mode in ("full", "incremental"))
    assert 0 < changed < at_first / 10
    assert day.build.rows_read == changed + rows_landed(day, "full")
    assert not day.build.full_refresh
    assert day.alerts is not None
    assert day.alerts.opened > 0
    assert company.published("fct_promise_change")
    sent = company.mails()
    assert len(sent) > mails
    SUBJECTS_OF_A_DAY[day.as_of] = sorted(subject_of(mail) for mail in sent[mails:])
    identities = [message_from_bytes(mail.read_bytes())["Message-ID"] for mail in sent]
    assert len(set(identities)) == len(identities)


def test_postgresql_follows_the_day_with_what_differs(loaded: tuple[Company, Day], serving_database: Database):
    company, _first = loaded
    served = publish_to_postgres(company.home, serving_database.url)
    lines = served.written["fct_schedule_line"]
    assert served.findings == ()
    assert 0 < lines.inserted + lines.updated < lines.sent / 2
    with serving_database.buyer() as buyer:
        assert differing_marts(company.home, buyer) == {}


def test_the_alert_task_run_three_times_sends_each_mail_once(loaded: tuple[Company, Day]):
    company, _ = loaded
    mails = company.mails()
    assert mails
    for _ in range(3):
        assert run_alerts(company.home, company.source.now(), company.smtp).mails_sent == 0
    assert company.mails() == mails


def test_a_rebuild_from_the_landing_zone_gives_the_same_marts(loaded: tuple[Company, Day]):
    company, _ = loaded
    before = marts(company)
    company.home.warehouse_file.unlink()
    again = company.live()
    assert again.build.full_refresh
    assert marts(company) == before


def test_an_empty_full_read_blocks_and_the_former_publication_stays_byte_for_byte(loaded: tuple[Company, Day]):
    company, _ = loaded
    before, target, mails = fingerprint(company.home.current), company.home.current.resolve(), company.mails()
    company.source.change("supplier", lambda rows: [])
    company.source.advance(1)
    with pytest.raises(GateBlocked, match="supplier") as blocked:
        company.live("erp_s4hana")
    company.source.change("supplier", None)
    assert "last_full_rows 0." in str(blocked.value)
    command = subprocess.run([sys.executable, "-m", "ecosystem", "gate"], capture_output=True, text=True, timeout=120)
    assert (command.returncode, command.stderr.strip()) == (3, str(blocked.value))
    assert company.home.current.resolve() == target
    assert fingerprint(company.home.current) == before
    assert company.mails() == mails


def test_a_shrunken_full_read_blocks_and_says_how_much_is_gone(loaded: tuple[Company, Day]):
    company, _ = loaded
    before = fingerprint(company.home.current)
    vendors = len(company.source.rows("supplier"))
    company.source.change("supplier", lambda rows: rows[: len(rows) // 2])
    with pytest.raises(GateBlocked, match="supplier") as blocked:
        company.live("erp_s4hana")
    company.source.change("supplier", None)
    assert str(vendors // 2) in str(blocked.value)
    assert str(vendors) in str(blocked.value)
    assert fingerprint(company.home.current) == before


def test_doubtful_rows_beyond_the_tolerated_share_block(loaded: tuple[Company, Day]):
    company, _ = loaded
    before = fingerprint(company.home.current)

    def received_before_ordered(rows):
        return [{**row, "PostingDate": row["PostingDate"] - timedelta(days=2000)} for row in rows]

    later = company.source.now() + timedelta(hours=1)
    company.source.change("material_document", received_before_ordered)
    company.extract("erp_s4hana", full=True, as_of=later)
    company.source.change("material_document", None)
    with pytest.raises(GateBlocked, match="tolerated share") as blocked:
        company.live("crm_salesforce", as_of=later + timedelta(minutes=1))
    assert "data_flags" in str(blocked.value)
    assert "doubtful_rows" in str(blocked.value)
    assert fingerprint(company.home.current) == before


def test_a_corrected_read_clears_the_doubt_and_publishes_again(loaded: tuple[Company, Day]):
    company, _ = loaded
    before = company.home.current.resolve()
    later = company.source.now() + timedelta(hours=2)
    company.extract("erp_s4hana", full=True, as_of=later)
    assert company.live("crm_salesforce", as_of=later + timedelta(minutes=1)).gate.passed
    assert company.home.current.resolve() != before


def test_the_marts_as_known_on_a_past_day_are_those_that_were_published_then(loaded: tuple[Company, Day]):
    company, first = loaded
    past, published = next(iter(MARTS_OF_A_DAY.items()))
    assert first.build.as_of < past < company.source.now()
    known = build_as_of(company.home, past)
    for mart in MARTS:
        assert rows_of(f"marts.{mart}", known.warehouse_file) == published[mart]


def test_a_replay_of_that_day_shows_the_mails_that_were_sent_then_and_sends_none(loaded: tuple[Company, Day]):
    company, first = loaded
    (past, subjects), *_ = SUBJECTS_OF_A_DAY.items()
    mails, ledger = company.mails(), company.home.alerts_db.read_bytes()
    command = ("alerts", "replay", "--as-of", iso(past), "--since", iso(first.as_of))
    done = subprocess.run([sys.executable, "-m", "ecosystem", *command], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    head, *lines = done.stdout.splitlines()
    assert head.startswith(f"As of {iso(past)} (build ")
    assert len(lines) == len(subjects) > 0
    assert all(any(line.endswith(subject) for line in lines) for subject in subjects)
    assert company.mails() == mails
    assert company.home.alerts_db.read_bytes() == ledger


def test_a_stale_feed_does_not_block_but_marks_its_marts_and_mutes_their_alerts(loaded: tuple[Company, Day]):
    company, _ = loaded
    mails = len(company.mails())
    company.source.advance(3)
    day = company.live("crm_salesforce", "sla_servicenow")
    assert day.gate.passed
    manifest = company.manifest()
    assert manifest["marts"]["fct_schedule_line"]["is_stale"]
    assert not manifest["marts"]["kpi_definition"]["is_stale"]
    assert day.alerts is not None
    assert day.alerts.muted > 0
    assert day.alerts.opened == 0
    stale = company.mails()[mails:]
    subjects = [message_from_bytes(mail.read_bytes())["Subject"] for mail in stale]
    assert subjects, "a stale feed raises a data alert to engineers"
    assert all("stale" in subject.lower() for subject in subjects)


def test_the_feed_comes_back_and_its_alerts_with_it(loaded: tuple[Company, Day]):
    company, _ = loaded
    unreadable = {**company.source.rows("supplier")[0], "Supplier": ""}
    company.source.change("supplier", lambda rows: [*rows, unreadable])
    day = company.live()
    company.source.change("supplier", None)
    assert day.gate.passed
    assert not company.manifest()["marts"]["fct_schedule_line"]["is_stale"]
    assert day.alerts is not None
    assert day.alerts.muted == 0


def test_a_row_whose_key_could_not_be_read_that_day_is_set_aside_with_its_reason(loaded: tuple[Company, Day]):
    company, _ = loaded
    quarantined = rows_of(
        "(select entity, reason, field, batch_id from quarantine.quarantine_row)", company.home.warehouse_file
    )
    assert len(quarantined) == 1
    entity, reason, field, batch = quarantined[0]
    assert (entity, field) == ("supplier", "Supplier")
    assert reason
    assert batch
