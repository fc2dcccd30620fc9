"""What a person does at a terminal, from an empty database to a vendor's first row and its end."""

import re

import psycopg
import pytest
from typer.testing import CliRunner, Result

from ecosystem.cli_serving import serving_app
from ecosystem.errors import EcosystemError, UsageError
from tests.publishing.postgres.conftest import VENDORS, rows_of_the_first_day


def run(*words: str) -> Result:
    return CliRunner().invoke(serving_app, words, catch_exceptions=False)


@pytest.fixture
def urls(home, database, monkeypatch):
    monkeypatch.setenv("ECOSYSTEM_HOME", str(home.root))
    monkeypatch.setenv("ECOSYSTEM_SERVING_DB_URL", database.url)
    monkeypatch.setenv("ECOSYSTEM_SERVING_ADMIN_URL", database.admin_url)


def test_from_setup_to_a_vendors_first_row_and_its_end(urls, database, write_publication):
    write_publication(1, rows_of_the_first_day())
    assert run("setup").exit_code == 0
    assert re.search(r"7 of 7 tables differed, \d+ rows sent", run("publish").output)
    assert "nothing else" in run("audit").output
    user, password = re.findall(r"(?:user|password)\s+(\S+)", run("add-login", VENDORS[2]).output)
    with database.as_role(user, password) as vendor:
        assert vendor.execute("select vendor_key from dim_vendor").fetchall() == [(VENDORS[2],)]
    assert run("logins").output == f"{user}  {VENDORS[2]}\n"
    assert "no login any more" in run("end-login", user).output
    with pytest.raises(psycopg.OperationalError):
        database.as_role(user, password)


def test_what_the_audit_finds_is_an_error_of_both_commands(urls, database, write_publication):
    write_publication(1, rows_of_the_first_day())
    run("publish")
    with database.admin() as admin:
        admin.execute("grant select on marts.stock to ecosystem_vendor")
    for command in ("audit", "publish"):
        with pytest.raises(EcosystemError, match=r"more than is shared.*marts\.stock"):
            run(command)


def test_a_missing_address_is_named(home, monkeypatch):
    monkeypatch.delenv("ECOSYSTEM_SERVING_DB_URL", raising=False)
    with pytest.raises(UsageError, match="Set ECOSYSTEM_SERVING_DB_URL"):
        run("publish")
