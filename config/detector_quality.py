"""How good each rule was measured to be: ``detector_quality.yml``, quoted in mails and never guessed."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, ValidationError, model_validator

from config.yaml_file import Settings, config_folder, first_problem, read_mapping
from ecosystem.errors import UsageError

FILE_NAME = "detector_quality.yml"
Share = Annotated[float, Field(ge=0, le=1)]


class DetectorQuality(Settings):
    """What a benchmark found for one rule.

    Of a rule about vendors ``false_alarms_per_vendor_month`` counts months of vendors without any shift, and
    ``median_delay_days`` is from a shift's start to the alarm. Of a rule about something that is yet to come
    ``precision`` is the share of what it told that came so. One of both must be there.
    """

    false_alarms_per_vendor_month: Share | None = None
    precision: Share | None = None
    recall: Share | None = None
    median_delay_days: Annotated[float, Field(ge=0)] | None = None
    measured_by: Annotated[str, Field(min_length=1, max_length=200)]

    @model_validator(mode="after")
    def _measured(self) -> Self:
        if self.false_alarms_per_vendor_month is None and self.precision is None:
            raise ValueError("has neither false_alarms_per_vendor_month nor precision")
        return self


class _File(Settings):
    rules: dict[str, DetectorQuality]


def load_detector_quality(file: Path | None = None) -> dict[str, DetectorQuality]:
    """The measured quality by rule. A rule that is not in the file, or every rule where there is no file, has not been
    measured.

    Raises:
        UsageError: the file is not YAML, or a key is missing, unknown or wrong; the text names file and key.
    """
    file = file or config_folder() / FILE_NAME
    if not file.exists():
        return {}
    try:
        return _File.model_validate(read_mapping(file)).rules
    except ValidationError as error:
        raise UsageError(f"The measured quality of rules {file} is wrong: {first_problem(error)}.") from None
