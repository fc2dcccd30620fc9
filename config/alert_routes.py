"""Who is mailed about what: the settings in ``alert_routes.yml``, checked when they are read."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args
from zoneinfo import available_timezones

from holidays import country_holidays
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from config.yaml_file import Settings, config_folder, first_problem, read_mapping
from ecosystem.errors import UsageError

FILE_NAME = "alert_routes.yml"
DEFAULT_ROUTE = "default"
ENGINEERS_ROUTE = "engineers"
# Begins the route of a mail that goes to a team whatever it is about; no route's name may hold a slash.
TEAM_ROUTE = "team/"

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
EVERY_DAY: tuple[Weekday, ...] = get_args(Weekday)
WORKWEEK = EVERY_DAY[:5]
Severity = Annotated[str, StringConstraints(pattern="^(watch|alert)$")]
PositiveHours = Annotated[float, Field(gt=0, allow_inf_nan=False)]


def _as_tuple(value: Any) -> Any:
    """A single value stands for a list of one."""
    return (value,) if isinstance(value, str | bool) else value


def _reject_duplicates(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(values)) != len(values):
        raise ValueError("names an entry twice")
    return values


WebAddress = Annotated[
    str, StringConstraints(max_length=500, pattern=r"^https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~/-]*)?$")
]


def _known_time_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"there is no time zone '{name}'")
    return name


def _fit_for_letters(families: tuple[str, ...]) -> tuple[str, ...]:
    """The answers of a vendor's people are given in confidence, and our targets are ours."""
    ours = sorted({"relationship", "ecosystem"} & set(families))
    if ours:
        raise ValueError(f"vendors are told of no '{ours[0]}' alerts: take it out")
    return families


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


class PageSettings(Settings):
    """The page that a mail's link opens.

    ``base_url`` is where readers reach ``ecosystem alerts serve``; without it mails carry no link. A link is valid for
    ``link_days`` from when its mail was written.
    """

    base_url: WebAddress | None = None
    link_days: Annotated[int, Field(ge=1, le=365)] = 30


class Channel(Settings):
    """Where a route is posted besides its mails; the URL is a secret, so only the connection that holds it is named."""

    name: Name
    connection: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,100}$")]


class VendorLetters(Settings):
    """A vendor that is told of its own rows, and where it is reached."""

    vendor_key: Annotated[str, StringConstraints(pattern=r"^[^:\s]+:\S+$", max_length=300)]
    name: Name
    recipients: Annotated[
        tuple[Address, ...], BeforeValidator(_as_tuple), AfterValidator(_reject_duplicates), Field(min_length=1)
    ]
    kpi_family: Annotated[AnyOf, AfterValidator(_fit_for_letters)] = ("delivery",)


class LetterSettings(Settings):
    """Mails to vendors: none but to those named here."""

    sender_name: Name
    reply_to: Address | None = None
    vendors: tuple[VendorLetters, ...] = ()

    @model_validator(mode="after")
    def _each_vendor_once(self) -> Self:
        keys = [vendor.vendor_key for vendor in self.vendors]
        _reject_duplicates(tuple(keys))
        return self


class Team(Settings):
    """People who own alerts, and where they are reached."""

    name: Name
    recipients: Annotated[
        tuple[Address, ...], BeforeValidator(_as_tuple), AfterValidator(_reject_duplicates), Field(min_length=1)
    ]


class Conditions(Settings):
    """What a route matches; a condition left out matches everything."""

    vendor_category: AnyOf | None = None
    metric_id: AnyOf | None = None
    kpi_family: AnyOf | None = None
    severity: AnyOf | None = None
    is_strategic: bool | None = None


class Route(Settings):
    """One line of the routing table."""

    name: Key
    when: Conditions
    team: Key
    channels: tuple[Key, ...] = ()


class Rung(Settings):
    """A team that is mailed when nobody has taken an alert on ``after_hours`` hours after it was mailed."""

    after_hours: PositiveHours
    team: Key


class BusinessCalendar(Settings):
    """The days on which mails about vendors go out.

    ``country`` and ``subdivision`` name public holidays as the package ``holidays`` knows them (DE, BY);
    ``closed_dates`` are the company's own. Of the KPI families in ``mail_any_day`` mails go out on every day.
    """

    time_zone: Annotated[str, AfterValidator(_known_time_zone)] = "UTC"
    workdays: Annotated[tuple[Weekday, ...], AfterValidator(_reject_duplicates), Field(min_length=1)] = WORKWEEK
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    subdivision: Name | None = None
    closed_dates: tuple[date, ...] = ()
    mail_any_day: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _holidays_are_known(self) -> Self:
        if self.subdivision and not self.country:
            raise ValueError("subdivision needs a country")
        if self.country:
            try:
                country_holidays(self.country, subdiv=self.subdivision)
            except NotImplementedError:
                place = "-".join(filter(None, (self.country, self.subdivision)))
                raise ValueError(f"no public holidays are known of '{place}'") from None
        return self


class AlertRoutes(Settings):
    """The whole file. What is left out of the calendar, digest, budget, reminders and escalation does not happen."""

    mail: MailSettings
    page: PageSettings = PageSettings()
    channels: dict[Key, Channel] = Field(default_factory=dict)
    vendor_letters: LetterSettings | None = None
    teams: dict[Key, Team] = Field(min_length=1)
    routes: tuple[Route, ...] = ()
    default_team: Key
    default_channels: tuple[Key, ...] = ()
    engineers_team: Key
    engineers_channels: tuple[Key, ...] = ()
    calendar: BusinessCalendar = BusinessCalendar(workdays=EVERY_DAY)
    weekly_digest: Weekday | None = None
    weekly_mails_per_recipient: Annotated[int, Field(ge=1)] | None = None
    backfill_after_days: Annotated[int, Field(ge=1)] | None = None
    remind_after_hours: dict[Severity, PositiveHours] = Field(default_factory=dict)
    answer_within_hours: dict[Name, PositiveHours] = Field(default_factory=dict)
    escalation: dict[Severity, Annotated[tuple[Rung, ...], Field(min_length=1)]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _budget_has_a_digest(self) -> Self:
        if self.weekly_mails_per_recipient and not self.weekly_digest:
            raise ValueError("weekly_mails_per_recipient needs weekly_digest: what is over the budget goes into it")
        if self.backfill_after_days and not self.weekly_digest:
            raise ValueError("backfill_after_days needs weekly_digest: what came with a backfill goes into it")
        return self

    @model_validator(mode="after")
    def _rungs_rise(self) -> Self:
        for severity, rungs in self.escalation.items():
            hours = [rung.after_hours for rung in rungs]
            if hours != sorted(set(hours)):
                raise ValueError(f"escalation.{severity}: after_hours must rise from rung to rung")
        return self

    @model_validator(mode="after")
    def _names_resolve(self) -> Self:
        named = {
            "default_team": self.default_team,
            "engineers_team": self.engineers_team,
            **{f"routes.{route.name}.team": route.team for route in self.routes},
            **{
                f"escalation.{severity}.{number}.team": rung.team
                for severity, rungs in self.escalation.items()
                for number, rung in enumerate(rungs)
            },
        }
        for key, team in named.items():
            if team not in self.teams:
                raise ValueError(f"{key} is '{team}', which is not among teams ({', '.join(sorted(self.teams))})")
        for key, channels in self._channels_of_route().items():
            for channel in channels:
                if channel not in self.channels:
                    known = ", ".join(sorted(self.channels)) or "none are set"
                    raise ValueError(f"the channels of route '{key}' name '{channel}', which is not there ({known})")
        names = [route.name for route in self.routes]
        for name in names:
            if name in (DEFAULT_ROUTE, ENGINEERS_ROUTE):
                raise ValueError(f"routes: the name '{name}' is reserved")
            if names.count(name) > 1:
                raise ValueError(f"routes: the name '{name}' is used twice")
        return self

    def _channels_of_route(self) -> dict[str, tuple[str, ...]]:
        return {
            DEFAULT_ROUTE: self.default_channels,
            ENGINEERS_ROUTE: self.engineers_channels,
            **{route.name: route.channels for route in self.routes},
        }

    def channels_of(self, route_name: str) -> tuple[str, ...]:
        """Where a route is posted besides its mails; a route that is gone is posted where the default route is.

        An escalation is for the people of one team, and is not posted.
        """
        if route_name.startswith(TEAM_ROUTE):
            return ()
        return self._channels_of_route().get(route_name, self.default_channels)

    def letters_to(self, vendor_key: str) -> VendorLetters | None:
        """What is set for a vendor; None for one that is not told."""
        vendors = self.vendor_letters.vendors if self.vendor_letters else ()
        return next((vendor for vendor in vendors if vendor.vendor_key == vendor_key), None)

    def team_of(self, route_name: str) -> Team | None:
        """The team behind a route's name, ``default``, ``engineers`` and ``team/<key>`` included; None if there is no
        such route (any more).
        """
        if route_name.startswith(TEAM_ROUTE):
            return self.teams.get(route_name.removeprefix(TEAM_ROUTE))
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
        raise UsageError(f"The alert routes {file} are wrong: {first_problem(error)}.") from None
