"""The assets tie the DAGs together: any extract starts a build, a publication starts the alerts."""

from typing import Any

KINDS = ("crm", "erp", "sla_portal")


def outlets(dag: Any) -> dict[str, list[str]]:
    found = {task.task_id: [asset.name for asset in task.outlets] for task in dag.tasks if task.outlets}
    assert found
    return found


def awaited(dag: Any) -> list[str]:
    condition = dag.timetable.asset_condition
    return sorted(asset.name for asset in getattr(condition, "objects", [condition]))


def test_each_extract_updates_the_asset_of_its_kind_once_all_entities_have_ended(dag_bag: Any) -> None:
    for kind in KINDS:
        dag = dag_bag.dags[f"extract_{kind}"]
        assert outlets(dag) == {"announce": [f"landed_{kind}"]}
        assert dag.task_dict["announce"].trigger_rule == "all_done"


def test_a_failed_entity_fails_the_run_only_after_the_asset_was_updated(dag_bag: Any) -> None:
    for kind in KINDS:
        dag = dag_bag.dags[f"extract_{kind}"]
        assert dag.task_dict["require_all"].upstream_task_ids == {"announce"}
        assert [task.task_id for task in dag.leaves] == ["require_all"], "the leaf decides how the run ends"


def test_any_of_the_three_kinds_starts_a_build(dag_bag: Any) -> None:
    dag = dag_bag.dags["build_marts"]
    assert awaited(dag) == [f"landed_{kind}" for kind in KINDS]
    assert type(dag.timetable.asset_condition).__name__ == "AssetAny"


def test_only_a_build_that_passed_the_gate_is_published(dag_bag: Any) -> None:
    dag = dag_bag.dags["build_marts"]
    assert dag.task_dict["gate"].upstream_task_ids == {"build"}
    assert dag.task_dict["publish"].upstream_task_ids == {"gate"}
    assert {dag.task_dict[name].trigger_rule for name in ("gate", "publish")} == {"all_success"}
    assert outlets(dag) == {"publish": ["published_marts"]}


def test_postgresql_gets_what_was_published_and_keeps_nobody_from_it(dag_bag: Any) -> None:
    dag = dag_bag.dags["build_marts"]
    assert dag.task_dict["serve_on_postgres"].upstream_task_ids == {"publish"}
    assert "serve_on_postgres" not in outlets(dag)


def test_engineers_hear_of_the_gate_whatever_it_decided(dag_bag: Any) -> None:
    report = dag_bag.dags["build_marts"].task_dict["report_gate"]
    assert "gate" in report.upstream_task_ids
    assert report.trigger_rule == "all_done"


def test_vendor_alerts_and_data_alerts_do_not_wait_for_each_other(dag_bag: Any) -> None:
    tasks = dag_bag.dags["alert_vendor_signals"].tasks
    assert {task.task_id: task.upstream_task_ids for task in tasks} == {
        "send_alerts": set(),
        "report_stale_feeds": set(),
    }


def test_a_publication_starts_the_alerts(dag_bag: Any) -> None:
    assert awaited(dag_bag.dags["alert_vendor_signals"]) == ["published_marts"]
