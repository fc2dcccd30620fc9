"""``ecosystem serving tableau`` writes the current publication for Tableau."""

import pytest
from typer.testing import CliRunner

from ecosystem.cli_serving import serving_app
from ecosystem.errors import EcosystemError


def test_the_current_publication_is_written(publication, tmp_path, monkeypatch):
    home = tmp_path / "var"
    (home / "published").mkdir(parents=True)
    (home / "published" / "current").symlink_to(publication)
    monkeypatch.setenv("ECOSYSTEM_HOME", str(home))
    outcome = CliRunner().invoke(serving_app, ["tableau", str(tmp_path / "out")])
    assert outcome.exit_code == 0, outcome.output
    names = {"ecosystem.hyper", "hyper.json", "vendor-ecosystem.twbx", "vendor_month.tdsx"}
    assert {file.name for file in (tmp_path / "out").iterdir()} == names


def test_without_a_publication_one_is_told_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("ECOSYSTEM_HOME", str(tmp_path))
    outcome = CliRunner().invoke(serving_app, ["tableau", str(tmp_path / "out")])
    assert isinstance(outcome.exception, EcosystemError)
    assert "run 'ecosystem publish' first" in str(outcome.exception)
    with pytest.raises(FileNotFoundError):
        list((tmp_path / "out").iterdir())
