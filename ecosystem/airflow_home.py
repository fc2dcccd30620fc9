"""A local Airflow under the state directory: its environment, its keys, its metadata database.

For the demo, ``make up`` and the tests. A company's own Airflow is set up by its own means; see ``docs/deploy.md``.
"""

import base64
import json
import os
import secrets
import sys
from pathlib import Path

from ecosystem.errors import EcosystemError
from ecosystem.paths import Home, project_root


def environment(home: Home, api_port: int = 8080) -> dict[str, str]:
    """The variables that make this process, or a child, use the Airflow of ``home``.

    Args:
        api_port: where the api-server listens on 127.0.0.1; unused while DAGs run headless.
    """
    address = f"http://127.0.0.1:{api_port}"
    keys = _keys(home)
    python_path = [str(project_root()), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        "AIRFLOW_HOME": str(home.airflow),
        "ECOSYSTEM_HOME": str(home.root),
        # The sandbox lives on a calendar of its own: runs say as of when they are, schedules cannot.
        "ECOSYSTEM_SCHEDULES": "manual",
        "ECOSYSTEM_PSEUDONYM_KEY": keys["pseudonym"],
        "PYTHONPATH": os.pathsep.join(python_path),
        "AIRFLOW__CORE__DAGS_FOLDER": str(project_root() / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        # Each worker of the default 32 is a fork of about 147 MB.
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        "AIRFLOW__CORE__FERNET_KEY": keys["fernet"],
        # No login: the server listens on the loopback interface only.
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(api_port),
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__API__SECRET_KEY": keys["api"],
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API_AUTH__JWT_SECRET": keys["jwt"],
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{_database(home)}",
        # The default of one second between two looks at the work adds up along a chain of assets.
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "30",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home.logs / "airflow"),
        "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(home.logs / "airflow" / "dag_processor"),
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "NO_COLOR": "1",
        "SCARF_NO_ANALYTICS": "1",
        "DO_NOT_TRACK": "1",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }


def use(home: Home, api_port: int = 8080) -> None:
    """Make this process use the Airflow of ``home``: set :func:`environment`, and let DAG files import the project.

    Must come before the first import of Airflow, which reads its settings then.
    """
    os.environ.update(environment(home, api_port))
    if str(project_root()) not in sys.path:
        sys.path.insert(0, str(project_root()))


def prepare(home: Home) -> None:
    """Bring the metadata database to the installed version and create the pools of ``dags/pools.json``.

    Comes after :func:`use`. A new database takes 4 s on two cores, a check of an old one less.

    Raises:
        EcosystemError: Airflow was imported with other settings in this process.
    """
    home.airflow.mkdir(parents=True, exist_ok=True)
    from airflow import settings
    from airflow.models.pool import Pool
    from airflow.utils.db import initdb

    if f"sqlite:///{_database(home)}" != settings.SQL_ALCHEMY_CONN:
        raise EcosystemError(
            f"Airflow uses the database {settings.SQL_ALCHEMY_CONN!r} instead of {_database(home)}: "
            "start this in a process that has not imported Airflow yet."
        )
    initdb()
    for name, pool in json.loads((project_root() / "dags" / "pools.json").read_text(encoding="utf-8")).items():
        Pool.create_or_update_pool(name, pool["slots"], pool["description"], pool["include_deferred"])


def _database(home: Home) -> Path:
    return home.airflow / "airflow.db"


def _keys(home: Home) -> dict[str, str]:
    """Random keys of this state directory, made once; readable by the owner only."""
    file = home.root / "keys.json"
    if not file.exists():
        keys = {
            "fernet": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "jwt": secrets.token_urlsafe(64),
            "api": secrets.token_urlsafe(32),
            "pseudonym": secrets.token_hex(32),
        }
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.with_suffix(".tmp")
        temporary.touch(mode=0o600)
        temporary.write_text(json.dumps(keys), encoding="utf-8")
        temporary.replace(file)
    loaded: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return loaded
