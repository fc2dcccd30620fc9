import os
from functools import cache

from ecosystem.paths import project_root
from publishing.semantic.contract import Contract, of_project


@cache
def contract_of_project() -> Contract:
    """dbt reads the project once for each process: measured 8 s."""
    # dbt asks for the name of a warehouse; reading the project opens none.
    os.environ.setdefault("ECOSYSTEM_WAREHOUSE", "unused.duckdb")
    return of_project(project_root())
