import subprocess
import sys

import pytest

from ecosystem.errors import EcosystemError
from ecosystem.locks import exclusive
from ecosystem.paths import Home

HOLDER = """
import sys, time
from pathlib import Path
from ecosystem.locks import exclusive
from ecosystem.paths import Home
with exclusive("warehouse", Home(Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_lock_held_by_another_process_is_refused_and_freed_when_that_process_is_killed(tmp_path):
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == "held"
        with pytest.raises(EcosystemError, match="warehouse"), exclusive("warehouse", Home(tmp_path)):
            pytest.fail("two processes held the lock")
    finally:
        holder.kill()
        holder.wait()
    with exclusive("warehouse", Home(tmp_path), timeout_s=5):
        assert (tmp_path / "locks" / "warehouse.lock").exists()
