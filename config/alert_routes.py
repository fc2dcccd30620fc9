"""Who is mailed about what: the settings in ``alert_routes.yml``, checked when they are read."""

from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from config.yaml_file import Settings, config_folder, read_mapping
from ecosystem.errors import UsageError

FILE_NAME = "alert_routes.yml"
DEFAULT_ROUTE = "default"
ENGINEERS_ROUTE = "engineers"


def _as_tuple(value: Any) -> Any:
    """A single value stands for a list of one."""
    return (value,) if isinstance(value, str | bool) else value


def _reject_duplicates(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(values)) != len(values):
        raise ValueError("names an entry twice")
    return values


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
Domain = Annotated[str, StringConstraints(max_length=200, pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]
# Deliberately strict: what does not match is far more often a slip than an exotic mailbox.
Address = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$")]
AnyOf = Annotated[tuple[Name, ...], BeforeValidator(_as_tuple), Field(min_length=1)]


class MailSettings(Settings):
    """What all mails have in common."""

    sender_name: Name
    message_id_domain: Domain


class Team(Settings):
    """People who own alerts, and where they are reached."""

    name: Name
    recipients: Annotated[
        tuple[Address, ...], BeforeValidator(_as_tuple), AfterValidator(_reject_duplicates), Field(min_length=1)
    ]


class Conditions(Settings):
    """What a route matches; a condition left out matches everything."""

    vendor_category: AnyOf | None = None
    kpi_family: AnyOf | None = None
    severity: AnyOf | None = None
    is_strategic: bool | None = None


class Route(Settings):
    """One line of the routing table."""

    name: Key
    when: Conditions
    team: Key


class AlertRoutes(Settings):
    """The whole file."""

    mail: MailSettings
    teams: dict[Key, Team] = Field(min_length=1)
    routes: tuple[Route, ...] = ()
    default_team: Key
    engineers_team: Key

    @model_validator(mode="after")
    def _names_resolve(self) -> Self:
        named = {
            "default_team": self.default_team,
            "engineers_team": self.engineers_team,
            **{f"routes.{route.name}.team": route.team for route in self.routes},
        }
        for key, team in named.items():
            if team not in self.teams:
                raise ValueError(f"{key} is '{team}', which is not among teams ({', '.join(sorted(self.teams))})")
        names = [route.name for route in self.routes]
        for name in names:
            if name in (DEFAULT_ROUTE, ENGINEERS_ROUTE):
                raise ValueError(f"routes: the name '{name}' is reserved")
            if names.count(name) > 1:
                raise ValueError(f"routes: the name '{name}' is used twice")
        return self

    def team_of(self, route_name: str) -> Team | None:
        """The team behind a route's name, ``default`` and ``engineers`` included; None if there is no such route (any
        more).
        """
        owners = {
            DEFAULT_ROUTE: self.default_team,
            ENGINEERS_ROUTE: self.engineers_team,
            **{route.name: route.team for route in self.routes},
        }
        owner = owners.get(route_name)
        return self.teams[owner] if owner else None


def load_alert_routes(file: Path | None = None) -> AlertRoutes:
    """Read and check the routes.

    Raises:
        UsageError: the file is missing, is not YAML, or a key is missing, unknown or wrong; the text names file and
            key.
    """
    file = file or config_folder() / FILE_NAME
    try:
        return AlertRoutes.model_validate(read_mapping(file))
    except ValidationError as error:
        raise UsageError(f"The alert routes {file} are wrong: {_first_problem(error)}.") from None


def _first_problem(error: ValidationError) -> str:
    """The first finding with its key; addresses are left out, for the text may reach a log."""
    finding = error.errors(include_url=False, include_context=False)[0]
    key = ".".join(str(part) for part in finding["loc"]) or "the file"
    more = error.error_count() - 1
    message = finding["msg"].removeprefix("Value error, ")
    return f"{key}: {message}" + (f" (and {more} more)" if more else "")
