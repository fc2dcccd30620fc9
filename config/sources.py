"""Reads ``sources.yml``: which systems are read, which of their entities, and within which limits."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from config.yaml_file import Settings, config_folder, read_mapping
from ecosystem.errors import UsageError

FILE_NAME = "sources.yml"


class EntitySettings(Settings):
    """How one entity is read; ``full`` reads it whole every time although the source could tell changes."""

    mode: Literal["incremental", "full"] = "incremental"


class RetrySettings(Settings):
    """How often and how patiently a failed request is repeated; waits and time-outs are in seconds."""

    attempts: Annotated[int, Field(ge=1, le=20)] = 6
    first_wait_s: Annotated[float, Field(ge=0)] = 0.5
    longest_wait_s: Annotated[float, Field(gt=0)] = 120
    connect_timeout_s: Annotated[float, Field(gt=0)] = 10
    read_timeout_s: Annotated[float, Field(gt=0)] = 120


class SourceSettings(Settings):
    """One connection to one system.

    Attributes:
        connection_id: id of the Airflow connection; also names the landing folder and is part of every key.
        overlap_minutes: how far before its cursor an incremental read starts, because rows may be committed late.
        page_size: rows asked for at once; the source may send fewer.
        batch_rows: a batch is landed, with its cursor, as soon as it holds this many rows of the entity itself.
        request_budget: requests that one run may send, repeated ones included.
        unreadable_tolerance_share: share of a batch's rows that may hold an unreadable value.
        unreadable_tolerance_rows: so many unreadable rows are tolerated in a batch however small it is.
        stale_after_hours: age of the last complete read from which the feed counts as stale.
    """

    connection_id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*$")]
    system: str
    kind: Literal["erp", "crm", "sla_portal"]
    entities: Annotated[dict[str, EntitySettings], Field(min_length=1)]
    overlap_minutes: Annotated[int, Field(ge=0)] = 60
    page_size: Annotated[int, Field(ge=1, le=10_000)] = 1000
    batch_rows: Annotated[int, Field(ge=1)] = 50_000
    request_budget: Annotated[int, Field(ge=1)] = 10_000
    unreadable_tolerance_share: Annotated[float, Field(ge=0, le=1)] = 0.01
    unreadable_tolerance_rows: Annotated[int, Field(ge=0)] = 5
    stale_after_hours: Annotated[float, Field(gt=0)] = 36
    retry: RetrySettings = RetrySettings()

    @model_validator(mode="before")
    @classmethod
    def _an_entity_without_settings_takes_the_defaults(cls, data: object) -> object:
        if isinstance(data, dict) and isinstance(data.get("entities"), dict):
            entities = {name: settings or {} for name, settings in data["entities"].items()}
            return {**data, "entities": entities}
        return data


class _SourcesFile(Settings):
    sources: Annotated[list[SourceSettings], Field(min_length=1)]

    @model_validator(mode="after")
    def _connections_are_distinct(self) -> "_SourcesFile":
        ids = [source.connection_id for source in self.sources]
        repeated = sorted({name for name in ids if ids.count(name) > 1})
        if repeated:
            raise ValueError(f"connection_id {', '.join(repeated)} is used twice")
        return self


def load_sources(folder: Path | None = None) -> tuple[SourceSettings, ...]:
    """All configured sources, in the file's order.

    Raises:
        UsageError: the file is missing or not valid; the sentence names the file, the place in it and what is wrong.
    """
    path = (folder or config_folder()) / FILE_NAME
    content = read_mapping(path)
    try:
        return tuple(_SourcesFile.model_validate(content).sources)
    except ValidationError as error:
        raise UsageError(f"{path}: {_first_problem(error, content)}.") from None


def load_source(connection_id: str, folder: Path | None = None) -> SourceSettings:
    """The settings of one connection.

    Raises:
        UsageError: as :func:`load_sources`, or the connection is not configured.
    """
    sources = {source.connection_id: source for source in load_sources(folder)}
    if connection_id not in sources:
        raise UsageError(f"There is no source '{connection_id}' in {FILE_NAME}: choose one of {', '.join(sources)}.")
    return sources[connection_id]


def _first_problem(error: ValidationError, content: object) -> str:
    problem = error.errors(include_url=False)[0]
    place = [str(part) for part in problem["loc"]]
    if len(place) > 1 and place[0] == "sources" and isinstance(content, dict):
        source = content["sources"][int(place[1])]
        name = source.get("connection_id") if isinstance(source, dict) else None
        place[:2] = [f"source {name or int(place[1]) + 1}"]
    where = ".".join(place) or "the file"
    value = problem.get("input")
    # what stands under an unknown name may be a secret that does not belong here
    is_shown = isinstance(value, str | int | float) and problem["type"] != "extra_forbidden"
    shown = f" (found {value!r})" if is_shown else ""
    return f"{where}: {problem['msg']}{shown}"
