"""Every DAG file can be parsed, cheaply, and says who owns it, what it may use, and what to do when it fails."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ecosystem import airflow_home
from ecosystem.paths import Home, project_root

DAGS = project_root() / "dags"
SHARED = {"__init__", "extraction", "wiring"}
DAG_FILES = sorted(path.stem for path in DAGS.glob("*.py") if path.stem not in SHARED)
DOC_SECTIONS = ("**Purpose:**", "**Owner:**", "**Schedule:**", "**When it fails:**")
# Parts and libraries that cost seconds or touch files: tasks import them when they run.
HEAVY = ("dbt", "duckdb", "great_expectations", "pyarrow", "connectors", "warehouse", "expectations", "publishing")
# Bookkeeping inside Airflow: no system behind it that could be flooded.
MAY_USE_THE_DEFAULT_POOL = {"list_sap_s4hana", "list_salesforce", "list_servicenow", "announce", "require_all"}
# Judges what already happened; trying again would judge the same.
NEED_NO_RETRY = {"require_all"}


def every_task(bag: Any) -> list[Any]:
    tasks = [task for dag in bag.dags.values() for task in dag.tasks]
    assert len(tasks) >= len(DAG_FILES)
    return tasks


def test_the_dag_files_are_the_six_of_the_design() -> None:
    assert DAG_FILES == [
        "alert_vendor_signals",
        "build_marts",
        "extract_crm",
        "extract_erp",
        "extract_sla_portal",
        "harvest_session",
    ]


def test_no_dag_file_has_an_import_error(dag_bag: Any) -> None:
    assert dag_bag.import_errors == {}


@pytest.mark.parametrize("name", DAG_FILES)
def test_a_dag_file_holds_the_dag_of_its_name(dag_bag: Any, name: str) -> None:
    dag = dag_bag.dags.get(name)
    assert dag is not None, f"dags/{name}.py defines no DAG with the id {name}: name the DAG like its file."
    assert Path(dag.fileloc).name == f"{name}.py"
    assert dag.tasks


def test_no_dag_comes_from_elsewhere(dag_bag: Any) -> None:
    assert sorted(dag_bag.dags) == DAG_FILES


def test_shared_modules_are_not_parsed_as_dag_files() -> None:
    ignored = set((DAGS / ".airflowignore").read_text().split())
    assert ignored == {f"{name}.py" for name in SHARED}, "List every shared module of dags/ in dags/.airflowignore."


def test_a_dag_file_is_not_named_like_a_dbt_plugin() -> None:
    assert not [name for name in DAG_FILES if name.startswith("dbt_")], "dbt imports modules named dbt_*: rename it."


@pytest.mark.parametrize("name", DAG_FILES)
def test_a_dag_documents_itself(dag_bag: Any, name: str) -> None:
    doc = dag_bag.dags[name].doc_md or ""
    missing = [section for section in DOC_SECTIONS if section not in doc]
    assert not missing, f"Add {missing} to the docstring at the top of dags/{name}.py and pass doc_md=__doc__."
    for command in ("ecosystem extract", "ecosystem build", "ecosystem alert"):
        if command in doc:
            break
    else:
        pytest.fail(f"Name the command that does the same from a terminal in the docstring of dags/{name}.py.")


@pytest.mark.parametrize("name", DAG_FILES)
def test_a_dag_has_one_known_tag_of_each_group(dag_bag: Any, name: str) -> None:
    from dags.wiring import Tag

    tags = sorted(str(tag) for tag in dag_bag.dags[name].tags)
    unknown = set(tags) - {str(tag) for tag in Tag}
    assert not unknown, f"{unknown} in dags/{name}.py: use dags.wiring.Tag, or add a tag there."
    assert [tag.split("/")[0] for tag in tags] == ["impact", "layer"], f"Give dags/{name}.py one tag of each group."


@pytest.mark.parametrize("name", DAG_FILES)
def test_runs_of_a_dag_do_not_overlap_or_catch_up(dag_bag: Any, name: str) -> None:
    dag = dag_bag.dags[name]
    assert dag.max_active_runs == 1, f"Take **EVERY_DAG into dags/{name}.py: two runs would do the same work."
    assert dag.catchup is False


def test_every_task_has_an_owner_a_time_limit_and_retries(dag_bag: Any) -> None:
    from dags.wiring import OWNER

    for task in every_task(dag_bag):
        assert task.owner == OWNER, f"{task.dag_id}.{task.task_id}: take owner from dags.wiring."
        assert isinstance(task.execution_timeout, timedelta), f"{task.dag_id}.{task.task_id}: set execution_timeout."
        assert task.execution_timeout <= timedelta(hours=2)
        retries = 0 if task.task_id in NEED_NO_RETRY else 2
        assert task.retries == retries, f"{task.dag_id}.{task.task_id}: expected {retries} retries."


def test_every_task_runs_in_a_declared_pool(dag_bag: Any) -> None:
    from dags.wiring import POOLS_FILE

    pools = json.loads(POOLS_FILE.read_text())
    assert pools["warehouse"]["slots"] == 1, "The warehouse file has one writer."
    for task in every_task(dag_bag):
        allowed = set(pools) | ({"default_pool"} if task.task_id in MAY_USE_THE_DEFAULT_POOL else set())
        assert task.pool in allowed, (
            f"{task.dag_id}.{task.task_id} runs in '{task.pool}': choose a pool of dags/pools.json, or add one there."
        )


def test_whatever_opens_the_warehouse_file_runs_in_its_pool(dag_bag: Any) -> None:
    tasks = dag_bag.dags["build_marts"].task_dict
    assert {name: tasks[name].pool for name in ("build", "gate", "publish")} == {
        "build": "warehouse",
        "gate": "warehouse",
        "publish": "warehouse",
    }


def test_every_failure_is_reported_to_engineers_and_every_recovery_too(dag_bag: Any) -> None:
    for task in every_task(dag_bag):
        told = bool(task.on_failure_callback), bool(task.on_success_callback)
        expected = task.task_id not in NEED_NO_RETRY
        assert told == (expected, expected), f"{task.dag_id}.{task.task_id}: take the callbacks from dags.wiring."


def test_each_configured_system_is_extracted_in_a_pool_of_its_own(dag_bag: Any) -> None:
    from config.sources import load_sources

    sources = load_sources()
    assert sources
    for source in sources:
        dag = dag_bag.dags[f"extract_{source.kind}"]
        task = dag.task_dict.get(f"extract_{source.system}")
        assert task is not None, f"Add {source.system} to SYSTEMS in dags/wiring.py: config/sources.yml names it."
        assert task.pool == source.system


def parsed_in_a_new_process(tmp_path: Path, expression: str, **environment: str) -> Any:
    """The value of an expression over ``bag`` and ``imported``, from a process that parsed the DAG files."""
    program = f"""
import json, sys
from airflow.dag_processing.dagbag import DagBag
before = set(sys.modules)
bag = DagBag({str(DAGS)!r})
imported = sorted(set(sys.modules) - before)
assert len(bag.dags) == {len(DAG_FILES)}, bag.import_errors
print()
print(json.dumps({expression}))
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        env=airflow_home.environment(Home(tmp_path)) | {"PATH": "/usr/bin:/bin"} | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_parsing_imports_nothing_heavy(tmp_path: Path) -> None:
    imported = parsed_in_a_new_process(tmp_path, "imported")
    assert "ecosystem.clock" in imported
    assert [name for name in imported if name.split(".")[0] in HEAVY] == [], "Import these inside the tasks."


def test_what_is_not_triggered_has_a_schedule_unless_told_that_it_is_started_by_hand(tmp_path: Path) -> None:
    scheduled = "sorted(d.dag_id for d in bag.dags.values() if type(d.timetable).__name__ == 'CronTriggerTimetable')"
    by_clock = ["extract_crm", "extract_erp", "extract_sla_portal", "harvest_session"]
    assert parsed_in_a_new_process(tmp_path, scheduled, ECOSYSTEM_SCHEDULES="") == by_clock
    assert parsed_in_a_new_process(tmp_path, scheduled, ECOSYSTEM_SCHEDULES="manual") == []
