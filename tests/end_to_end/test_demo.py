"""``ecosystem demo``: the whole way through Airflow, once more a day later, and what happens when a step fails."""

import json
import re
import shutil
import signal
import subprocess
import time
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from ecosystem.clock import parse_as_of
from ecosystem.paths import Home, project_root
from tests.end_to_end.processes import command, ecosystem, environment, of_sources, processes_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]

CHAIN = ["extract_erp", "extract_crm", "extract_sla_portal", "build_marts", "alert_vendor_signals"]


def summary_of(home: Home) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(home.summary.read_text())
    return content


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(Path(tmp_path_factory.mktemp("demo")))


@pytest.fixture(scope="module")
def first(home: Home) -> subprocess.CompletedProcess[str]:
    return ecosystem(home, "demo", timeout=800)


@pytest.fixture(scope="module")
def first_summary(home: Home, first: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert first.returncode == 0, first.stdout + first.stderr
    return summary_of(home)


def test_the_history_is_loaded_once_and_three_days_are_lived(first_summary: dict[str, Any]) -> None:
    steps = first_summary["steps"]
    assert [step["step"] for step in steps] == CHAIN * 4
    days = sorted({parse_as_of(step["as_of"]).date().isoformat() for step in steps})
    assert days == ["2026-06-30", "2026-07-01", "2026-07-02", "2026-07-03"]
    assert all(step["seconds"] > 0 for step in steps)


def test_the_summary_holds_what_was_read_built_checked_and_mailed(home: Home, first_summary: dict[str, Any]) -> None:
    assert first_summary["batches_read"] == len(of_sources(home))
    assert first_summary["marts"]["fct_schedule_line"] > 0
    assert first_summary["marts"]["dim_vendor"] > 0
    assert len(first_summary["gate"]) == 4
    assert all(result["passed"] and result["checks"] > 0 for result in first_summary["gate"])
    assert first_summary["mails"]
    for mail in first_summary["mails"]:
        assert mail["subject"]
        assert Path(mail["path"]).is_file()


def test_slips_of_the_lived_days_are_mailed_once_and_one_resolves(first_summary: dict[str, Any]) -> None:
    subjects = [mail["subject"] for mail in first_summary["mails"]]
    assert sum("Early warning has started" in subject for subject in subjects) == 1, "one digest for the history"
    assert any("slip" in subject for subject in subjects)
    assert any(subject.startswith("Resolved") for subject in subjects)
    assert_no_mail_came_twice([Path(mail["path"]) for mail in first_summary["mails"]])


def assert_no_mail_came_twice(files: list[Path]) -> None:
    ids = [message_from_bytes(file.read_bytes())["Message-ID"] for file in files]
    assert ids
    assert len(ids) == len(set(ids))


def test_a_person_sees_steps_and_a_summary_and_nothing_else(
    home: Home, first: subprocess.CompletedProcess[str], first_summary: dict[str, Any]
) -> None:
    assert first.stderr == ""
    for heading in ("What slipped", "Where to look", "What to try next"):
        assert heading in first.stdout
    assert str(home.summary) in first.stdout
    assert len(first.stdout.splitlines()) < 120
    assert "Traceback" not in first.stdout
    assert (home.logs / "demo.log").stat().st_size > 0


def test_the_sandbox_ends_with_the_demo(home: Home, first_summary: dict[str, Any]) -> None:
    assert processes_of(home) == []


def test_another_demo_lives_one_day_more_and_reads_only_new_batches(home: Home, first_summary: dict[str, Any]) -> None:
    before = len(of_sources(home))
    done = ecosystem(home, "demo", timeout=500)
    assert done.returncode == 0, done.stdout + done.stderr
    second = summary_of(home)
    assert [step["step"] for step in second["steps"]] == CHAIN
    assert second["as_of"].startswith("2026-07-04T18:00")
    landed = len(of_sources(home)) - before
    assert landed > 0
    assert second["batches_read"] == landed
    assert_no_mail_came_twice(list(home.outbox.glob("*.eml")))


def test_a_failed_step_is_named_with_its_cause_and_its_log(tmp_path: Path) -> None:
    config = tmp_path / "config"
    shutil.copytree(project_root() / "config", config, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    sources = config / "sources.yml"
    text = sources.read_text()
    assert "request_budget: 20000" in text
    sources.write_text(text.replace("request_budget: 20000", "request_budget: 2"))
    home = Home(tmp_path / "home")

    done = ecosystem(home, "demo", config=config)

    assert done.returncode == 1
    sentence = done.stderr.strip()
    assert "\n" not in sentence
    # entities are read side by side, so which one uses the budget up first is chance
    assert re.match(r"The step extract_erp\.extract_sap_s4hana \w+ failed: ", sentence), sentence
    assert "request_budget" in sentence
    assert sentence.endswith(f"Log: {home.logs / 'demo.log'}")
    assert not home.summary.exists()
    assert processes_of(home) == []


@pytest.mark.parametrize("request_to_end", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_demo_takes_the_sandbox_with_it(tmp_path: Path, request_to_end: signal.Signals) -> None:
    home = Home(tmp_path / "home")
    demo = subprocess.Popen(
        command("demo"), cwd=project_root(), env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert demo.stdout is not None
    try:
        for line in demo.stdout:
            if b"extract_erp" in line:
                break
        demo.send_signal(request_to_end)
        assert demo.wait(60) != 0
    finally:
        demo.kill()
        demo.stdout.close()
    time.sleep(0.5)
    assert processes_of(home) == []
