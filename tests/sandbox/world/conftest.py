import pytest

from sandbox.world import World


@pytest.fixture
def world() -> World:
    """A company of its own; the simulation behind it is made once per process."""
    return World(seed=11)


@pytest.fixture
def small_world() -> World:
    """A tenth of a company, made in a tenth of the time."""
    return World(seed=11, size=0.1)
