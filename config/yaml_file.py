"""What all settings files share: the folder they lie in, reading one, and a strict model of its content."""

import os
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from ecosystem.errors import UsageError


class Settings(BaseModel):
    """Immutable, and an unknown key is an error: a misspelt setting must not fall back to its default."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def config_folder() -> Path:
    """``ECOSYSTEM_CONFIG``, else the folder of this module."""
    configured = os.environ.get("ECOSYSTEM_CONFIG")
    return Path(configured).resolve() if configured else Path(__file__).resolve().parent


def read_mapping(file: Path) -> dict[str, Any]:
    """The content of a YAML file that is a mapping; an empty file is an empty one.

    Raises:
        UsageError: the file is missing, is not YAML, or holds something else; the sentence names file and line.
    """
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"There is no {file} that can be read ({error.strerror}): "
            "write one, or point ECOSYSTEM_CONFIG to the folder that has it."
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" at line {mark.line + 1}" if mark else ""
        raise UsageError(f"{file} is not valid YAML{place}: {getattr(error, 'problem', None) or error}.") from None
    if not isinstance(content or {}, dict):
        raise UsageError(f"{file} must be a mapping of settings, not a {type(content).__name__}.")
    return content or {}


def first_problem(error: ValidationError) -> str:
    """The first finding with its key; values are left out, for the text may reach a log."""
    finding = error.errors(include_url=False, include_context=False)[0]
    key = ".".join(str(part) for part in finding["loc"]) or "the file"
    more = error.error_count() - 1
    message = finding["msg"].removeprefix("Value error, ")
    return f"{key}: {message}" + (f" (and {more} more)" if more else "")
