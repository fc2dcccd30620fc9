"""Reads ``sharing.yml``: which columns of which marts a vendor may see, and what it may know of its peers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from config.yaml_file import Settings, config_folder, first_problem, read_mapping
from ecosystem.errors import UsageError

FILE_NAME = "sharing.yml"

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Columns = Annotated[tuple[Name, ...], Field(min_length=1)]
Values = Annotated[tuple[bool | int | str, ...], Field(min_length=1)]


class SharedRows(Settings):
    """The shared columns of a mart; rows whose column holds a value of ``except``, or nothing, are withheld."""

    columns: Columns
    withheld: Annotated[Mapping[Name, Values], Field(alias="except", default_factory=dict)]


class SharedTable(Settings):
    """The columns of a mart that holds no row of any vendor; everyone sees all its rows."""

    columns: Columns


class PeerFigures(Settings):
    """Figures of the peers of a category and period; of rows whose columns hold a value of ``only``."""

    period: Name
    columns: Columns
    only: Mapping[Name, Values] = {}


class SharingSettings(Settings):
    """The whole file."""

    other_vendors_at_least: Annotated[int, Field(ge=5)] = 5
    files_for: Literal["none", "strategic", "all"] = "strategic"
    own_rows: Mapping[Name, SharedRows]
    for_everyone: Mapping[Name, SharedTable] = {}
    peers: Mapping[Name, PeerFigures] = {}


def load_sharing(folder: Path | None = None) -> SharingSettings:
    """What is shared with vendors.

    Raises:
        UsageError: the file is missing or not valid; the sentence names file and setting.
    """
    path = (folder or config_folder()) / FILE_NAME
    try:
        return SharingSettings.model_validate(read_mapping(path))
    except ValidationError as error:
        raise UsageError(f"{path}: {first_problem(error)}.") from None
