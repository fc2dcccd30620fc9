"""The DAGs, parsed once. Airflow reads its settings on import, so they are set before."""

import os
from pathlib import Path
from typing import Any

import pytest

from ecosystem import airflow_home
from ecosystem.paths import Home, project_root


@pytest.fixture(scope="session")
def dag_bag(tmp_path_factory: pytest.TempPathFactory) -> Any:
    home = Home(Path(tmp_path_factory.mktemp("dags")))
    with pytest.MonkeyPatch.context() as environment:
        for name, value in airflow_home.environment(home).items():
            environment.setenv(name, value)
        environment.delenv("ECOSYSTEM_SCHEDULES", raising=False)
        os.environ.pop("ECOSYSTEM_SCHEDULES", None)
        from airflow.dag_processing.dagbag import DagBag

        bag = DagBag(project_root() / "dags")
    assert bag.dags, "no DAG was found: is the folder dags/ still there?"
    return bag
