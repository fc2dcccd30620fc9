"""``ecosystem review-packs`` says what it made and refuses what cannot be meant."""

import pytest
import typer
from typer.testing import CliRunner

from ecosystem.cli_review_packs import review_packs
from ecosystem.errors import UsageError
from ecosystem.paths import Home
from tests.publishing.review_pack.review_world import SILENT


@pytest.fixture
def program(world: Home, monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    monkeypatch.setenv("ECOSYSTEM_HOME", str(world.root))
    app = typer.Typer()
    app.command("review-packs")(review_packs)
    return app


def test_it_says_what_it_made_and_where(program: typer.Typer, world: Home) -> None:
    done = CliRunner().invoke(program, ["--vendor", SILENT])
    assert done.exit_code == 0, done.output
    said = " ".join(done.output.split())
    assert "packs 2026-Q2: 1 strategic vendor, 1 of them without any data; 2 editions written, 0 unchanged" in said
    assert "review_packs/2026-Q2" in said


def test_a_wrong_quarter_is_a_wrong_usage(program: typer.Typer) -> None:
    done = CliRunner().invoke(program, ["--quarter", "2026-07-01"])
    assert isinstance(done.exception, UsageError)
    assert "--running" in str(done.exception)
