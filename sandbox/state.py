"""What a sandbox remembers between two runs: its seed and its clock, in `<home>/sandbox/state.json`."""

import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ecosystem.clock import iso
from ecosystem.errors import EcosystemError
from ecosystem.paths import Home
from sandbox.source import Source


@dataclass(frozen=True)
class State:
    """The seed that made the world (None for replayed files) and how far its clock has moved (UTC)."""

    seed: int | None
    now: datetime


def state_file(home: Home) -> Path:
    """Where the state lies."""
    return home.sandbox / "state.json"


def load(home: Home) -> State | None:
    """The state of the last run, if there was one.

    Raises:
        EcosystemError: the file cannot be read as a state.
    """
    path = state_file(home)
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return State(document["seed"], datetime.fromisoformat(document["now"]))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        raise EcosystemError(f"The sandbox's state {path} cannot be read: delete it to begin the world anew.") from None


def save(home: Home, state: State) -> None:
    """Write the state, whole or not at all."""
    path = state_file(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".json.tmp")
    with temporary.open("w", encoding="utf-8") as file:
        json.dump({"seed": state.seed, "now": iso(state.now)}, file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def resume(home: Home, source: Source, seed: int | None) -> None:
    """Move a fresh source to where the last run left it, or note where it begins.

    Raises:
        EcosystemError: the state belongs to another world.
    """
    state = load(home)
    if state is None:
        save(home, State(seed, source.now()))
        return
    behind = state.now - source.now()
    if state.seed != seed or behind < timedelta(0) or behind % timedelta(days=1):
        raise EcosystemError(
            f"The sandbox's state {state_file(home)} (seed {state.seed}, {iso(state.now)}) is not of this world "
            f"(seed {seed}, from {iso(source.now())}): serve that seed again, or delete the file to begin anew."
        )
    if behind:
        source.advance(behind.days)
