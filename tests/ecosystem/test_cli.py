import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ecosystem.cli import app

COMMANDS = (
    ["demo"],
    ["extract"],
    ["build"],
    ["gate"],
    ["publish"],
    ["alert"],
    *(
        ["alerts", name]
        for name in (
            *("run", "list", "show", "ack", "escalate", "resolve", "judge"),
            *("silence", "unsilence", "silences", "precision", "replay"),
        )
    ),
    ["status"],
    ["up"],
    ["next-day"],
    ["down"],
    ["sandbox", "serve"],
    ["sandbox", "advance"],
)


def ecosystem(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ecosystem", *arguments],
        env=os.environ | {"ECOSYSTEM_HOME": str(home)} | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_help_of_each_command_says_what_it_reads_and_writes(command):
    result = CliRunner().invoke(app, [*command, "--help"])
    assert result.exit_code == 0
    text = " ".join(result.output.lower().split())
    assert "reads" in text
    assert "write" in text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("extract", "nowhere"), "There is no source 'nowhere' in sources.yml: choose one of "),
        (("extract", "erp_s4hana", "invoice"), "erp_s4hana has no entity 'invoice' in config/sources.yml; there are: "),
        (("build", "--as-of", "30.06.2026"), "'30.06.2026' is neither a date like 2026-06-30 nor an instant"),
        (("alert",), "AIRFLOW_CONN_SMTP_DEFAULT is not set"),
        (("alerts", "run"), "AIRFLOW_CONN_SMTP_DEFAULT is not set"),
        (("alerts", "show", "0123abcd"), "There is no alert '0123abcd' in the ledger"),
        (
            ("alerts", "resolve", "0123", "--reason", "them", "--verdict", "true"),
            "--reason is 'them': choose",
        ),
        (
            ("alerts", "judge", "0123", "--reason", "us", "--verdict", "maybe"),
            "--verdict is 'maybe': choose",
        ),
        (("alerts", "silence", "vendor", "--reason", "r", "--days", "1"), "'vendor' is no condition: write it as"),
        (("alerts", "silence", "kpi_family=cost", "--reason", "r"), "Say how long the silence lasts"),
        (("alerts", "unsilence", "3"), "There is no silence 3: 'ecosystem alerts silences' lists them."),
        (("alerts", "replay", "--as-of", "2026-07-01", "--since", "2026-07-01"), "--since must be before --as-of"),
    ],
)
def test_wrong_usage_ends_with_2_and_one_sentence(tmp_path, monkeypatch, arguments, sentence):
    monkeypatch.delenv("AIRFLOW_CONN_SMTP_DEFAULT", raising=False)
    result = ecosystem(tmp_path, *arguments)
    assert result.returncode == 2
    assert result.stderr.startswith(sentence)
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "arguments", [("build",), ("gate",), ("publish",), ("sandbox", "advance", "--url", "http://127.0.0.1:9")]
)
def test_a_step_that_cannot_be_done_ends_with_1_and_one_sentence(tmp_path, arguments):
    result = ecosystem(tmp_path, *arguments)
    assert result.returncode == 1
    assert len(result.stderr.strip().splitlines()) == 1


def test_the_status_of_a_new_home_names_every_feed_as_never_read(tmp_path):
    result = ecosystem(tmp_path, "status")
    assert result.returncode == 0
    assert result.stdout.count("never") >= 7


def test_down_without_up_says_so(tmp_path):
    result = ecosystem(tmp_path, "down")
    assert (result.returncode, result.stdout.strip()) == (0, "nothing was running")
