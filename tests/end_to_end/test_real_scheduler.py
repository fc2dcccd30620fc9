"""``ecosystem up`` starts a real Airflow; its scheduler takes the data from three systems to a mail by assets alone."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecosystem import up
from ecosystem.clock import iso
from ecosystem.paths import Home
from tests.end_to_end.processes import ecosystem, of_sources, processes_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]

CHAIN_TIMEOUT_S = 700


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(Path(tmp_path_factory.mktemp("scheduler")))


@pytest.fixture(scope="module")
def airflow(home: Home) -> Iterator[up.Running]:
    try:
        done = ecosystem(home, "up")
        assert done.returncode == 0, done.stderr
        started = up.running(home)
        assert started is not None
        assert started.url in done.stdout
        yield started
    finally:
        ecosystem(home, "down")


def runs(airflow: up.Running) -> dict[str, list[dict[str, str]]]:
    """All runs by DAG."""
    found: dict[str, list[dict[str, str]]] = {}
    for run in up.ask_airflow(airflow, "/dags/~/dagRuns?limit=100")["dag_runs"]:
        found.setdefault(run["dag_id"], []).append(run)
    return found


def settled(airflow: up.Running) -> dict[str, list[dict[str, str]]]:
    """All runs by DAG, once an alert run has followed the last build and nothing is left to do."""
    deadline = time.monotonic() + CHAIN_TIMEOUT_S
    quiet_since = None
    while time.monotonic() < deadline:
        now = runs(airflow)
        states = {run["state"] for of_dag in now.values() for run in of_dag}
        if "alert_vendor_signals" in now and states <= {"success", "failed"}:
            quiet_since = quiet_since or time.monotonic()
            # An asset event becomes a run within a second or two.
            if time.monotonic() - quiet_since > 10:
                return now
        else:
            quiet_since = None
        time.sleep(1)
    raise AssertionError(f"the chain did not come to its end within {CHAIN_TIMEOUT_S} s: {runs(airflow)}")


def batches_read(airflow: up.Running, run_id: str) -> int:
    """What the task ``build`` of a run returned."""
    place = f"/dags/build_marts/dagRuns/{run_id}/taskInstances/build/xcomEntries/return_value?deserialize=true"
    return int(up.ask_airflow(airflow, place)["value"]["batches_read"])


def test_assets_take_the_chain_from_three_extracts_to_a_mail(home: Home, airflow: up.Running) -> None:
    now = up.extract_now(airflow)
    done = settled(airflow)

    for dag_id in up.EXTRACTS:
        assert [(run["state"], run["run_type"]) for run in done[dag_id]] == [("success", "manual")]
    for dag_id in ("build_marts", "alert_vendor_signals"):
        assert {run["run_type"] for run in done[dag_id]} == {"asset_triggered"}, "only an asset may start it"
        assert max(done[dag_id], key=lambda run: run["run_after"])["state"] == "success"

    manifest = current_manifest(home)
    assert manifest["as_of"] == iso(now), "the clock of the extracts reached the publication through the events"
    assert manifest["marts"]["fct_schedule_line"]["rows"] > 0
    assert manifest["marts"]["fct_service_ticket"]["rows"] > 0
    subjects = [mail.read_text(errors="replace") for mail in home.outbox.glob("*.eml")]
    assert any("Early warning has started" in text for text in subjects)


def test_an_event_says_which_entities_have_landed(airflow: up.Running) -> None:
    events = up.ask_airflow(airflow, "/assets/events?limit=100")["asset_events"]
    landed = {event["name"]: event["extra"] for event in events if event["name"].startswith("landed_")}
    assert set(landed) == {"landed_erp", "landed_crm", "landed_sla_portal"}
    for extra in landed.values():
        assert extra["as_of"]
        assert extra["entities_ok"]
        assert extra["entities_failed"] == []


def test_a_day_later_only_new_batches_are_read(home: Home, airflow: up.Running) -> None:
    landed_before = len(of_sources(home))
    builds_before = {run["dag_run_id"] for run in runs(airflow)["build_marts"]}
    now = up.live_a_day(home)
    done = settled(airflow)

    last_build = max(done["build_marts"], key=lambda run: run["run_after"])
    assert last_build["state"] == "success"
    assert current_manifest(home)["as_of"] == iso(now)
    landed = len(of_sources(home)) - landed_before
    assert landed > 0
    builds = {run["dag_run_id"] for run in done["build_marts"]} - builds_before
    assert sum(batches_read(airflow, run_id) for run_id in builds) == landed


def test_a_second_up_is_refused_and_a_demo_too(home: Home, airflow: up.Running) -> None:
    for command in ("up", "demo"):
        done = ecosystem(home, command)
        assert done.returncode == 1
        assert airflow.url in done.stderr
        assert "ecosystem down" in done.stderr


def test_down_leaves_no_process_behind(home: Home, airflow: up.Running) -> None:
    assert len(processes_of(home)) >= len(airflow.process_groups)
    done = ecosystem(home, "down")
    assert done.returncode == 0
    assert processes_of(home) == []
    assert up.running(home) is None
    assert "nothing was running" in ecosystem(home, "down").stdout


def current_manifest(home: Home) -> dict[str, dict[str, dict[str, int]]]:
    from ecosystem.demo_summary import manifest

    found = manifest(home)
    assert found is not None
    return found
