"""The DAG of the review packs: quarterly, thin, and what it builds by its conf."""

from datetime import UTC, datetime
from typing import Any

import pytest

from ecosystem.paths import Home
from publishing.review_pack.store import packs_folder
from tests.publishing.review_pack.review_world import BUILD_ID, write_world


@pytest.fixture
def harvest(dag_bag: Any) -> Any:
    dag = dag_bag.dags["harvest_session"]
    assert [task.task_id for task in dag.tasks] == ["build_packs"]
    return dag


def test_it_runs_on_the_fifth_day_after_each_quarters_end(harvest: Any) -> None:
    assert harvest.timetable.expression == "0 6 5 1,4,7,10 *"
    assert str(harvest.timetable.timezone) in ("UTC", "Timezone('UTC')")


def test_it_tells_readers_of_packs(harvest: Any) -> None:
    assert [asset.name for asset in harvest.task_dict["build_packs"].outlets] == ["review_packs"]
    assert harvest.task_dict["build_packs"].pool == "pages"


def built(harvest: Any, monkeypatch: pytest.MonkeyPatch, home: Home, conf: dict[str, Any]) -> tuple[Any, Any]:
    """What the task returns and announces, run as Airflow's worker would call it."""
    from dags.wiring import REVIEW_PACKS

    class Event:
        extra: Any = None

    class Run:
        run_after = datetime(2026, 7, 5, 6, tzinfo=UTC)

    Run.conf = conf  # type: ignore[attr-defined]
    event = Event()
    context = {"outlet_events": {REVIEW_PACKS: event}, "dag_run": Run, "triggering_asset_events": {}}
    monkeypatch.setenv("ECOSYSTEM_HOME", str(home.root))
    monkeypatch.setattr("dags.wiring.get_current_context", lambda: context)
    task = harvest.task_dict["build_packs"].python_callable
    # Airflow loads a DAG file under a name of its own.
    monkeypatch.setitem(task.__globals__, "get_current_context", lambda: context)
    return task(), event.extra


def test_it_packs_the_last_quarter_that_is_over(harvest: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    home = Home(tmp_path / "var")
    write_world(home)
    result, extra = built(harvest, monkeypatch, home, {})
    assert (result["quarter"], result["vendors"], result["editions_written"]) == ("2026-Q2", 4, 8)
    assert extra == {"as_of": "2026-07-03T18:00:00Z", "build_id": BUILD_ID, "quarter": "2026-Q2"}
    assert len(list(packs_folder(home).glob("2026-Q2/*/vendor/review_pack.pdf"))) == 4


def test_conf_chooses_another_quarter_and_a_wrong_one_is_not_tried_again(
    harvest: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    from airflow.sdk.exceptions import AirflowFailException

    home = Home(tmp_path / "var")
    write_world(home)
    with pytest.raises(AirflowFailException, match="Q3 2026 is running"):
        built(harvest, monkeypatch, home, {"quarter": "2026-07-01"})
    result, _ = built(harvest, monkeypatch, home, {"quarter": "2026-01-01"})
    assert result["quarter"] == "2026-Q1"
