"""Reads ``gate.yml``: what the gate tolerates before it blocks a publication."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from config.yaml_file import Settings, config_folder, read_mapping
from ecosystem.errors import UsageError

FILE_NAME = "gate.yml"

Share = Annotated[float, Field(ge=0, le=1)]
Rows = Annotated[int, Field(ge=0)]


class AcceptedRead(Settings):
    """A full read of ``rows`` rows or more is accepted although it is much smaller than the one before."""

    connection_id: str
    entity: str
    rows: Rows
    reason: Annotated[str, Field(min_length=1)]


class FullReadSettings(Settings):
    """When a read of a whole entity counts as broken; ``may_be_empty`` holds names like ``salesforce.account``."""

    shrink_tolerance_share: Share = 0.2
    may_be_empty: frozenset[Annotated[str, Field(pattern=r"^[a-z0-9_]+\.[a-z0-9_]+$")]] = frozenset()
    accepted: tuple[AcceptedRead, ...] = ()


class ToleranceSettings(Settings):
    """A share of rows that is tolerated; up to ``tolerated_rows`` rows never block, however small the table."""

    tolerance_share: Share
    tolerated_rows: Rows = 0


class GateSettings(Settings):
    """The whole file; what it leaves out has its default."""

    full_read: FullReadSettings = FullReadSettings()
    quarantine: ToleranceSettings = ToleranceSettings(tolerance_share=0.01, tolerated_rows=5)
    doubtful: ToleranceSettings = ToleranceSettings(tolerance_share=0.1, tolerated_rows=5)


def load_gate(folder: Path | None = None) -> GateSettings:
    """The gate's settings.

    Raises:
        UsageError: the file is missing or not valid; the sentence names the file, the setting and what is wrong with
        it.
    """
    path = (folder or config_folder()) / FILE_NAME
    try:
        return GateSettings.model_validate(read_mapping(path))
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in problem["loc"]) or "the file"
        raise UsageError(f"{path}: {where}: {problem['msg']} (found {problem['input']!r}).") from None
