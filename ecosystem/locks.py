"""Advisory file locks, because Airflow's pools do not see the command line or a zombie task."""

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from ecosystem.errors import EcosystemError
from ecosystem.paths import Home


@contextmanager
def exclusive(name: str, home: Home, timeout_s: float = 0) -> Iterator[None]:
    """Hold the lock ``name`` of this state directory; the operating system frees it when the process dies.

    Args:
        name: what is locked, safe as a file name, such as ``warehouse`` or ``extract-erp_s4hana-supplier``.
        timeout_s: how long to wait for another holder, in seconds.

    Raises:
        EcosystemError: another process still holds it after ``timeout_s``.
    """
    home.locks.mkdir(parents=True, exist_ok=True)
    lock = FileLock(home.locks / f"{name}.lock")
    try:
        lock.acquire(timeout=timeout_s)
    except Timeout:
        raise EcosystemError(
            f"Another process holds the lock '{name}' ({lock.lock_file}): wait for it to end, then run this again."
        ) from None
    try:
        yield
    finally:
        lock.release()
