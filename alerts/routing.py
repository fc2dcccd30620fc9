"""Which team owns a signal: the first route whose conditions all hold, else the default."""

from dataclasses import dataclass

from alerts.matching import MATCHED_FIELDS
from alerts.signals import Signal, SignalOfVendor
from config.alert_routes import DEFAULT_ROUTE, TEAM_ROUTE, AlertRoutes, Conditions, Team


@dataclass(frozen=True)
class Owner:
    """The team behind a route, and why this alert came to it."""

    route: str
    team: Team
    reason: str


def route_of(signal: Signal, routes: AlertRoutes) -> str:
    """The name of the route that owns the signal."""
    return next((route.name for route in routes.routes if _matches(route.when, signal)), DEFAULT_ROUTE)


def owner_of(route_name: str, routes: AlertRoutes) -> Owner:
    """The team of a route. A route that is no longer configured falls to the default team, and the reason says so."""
    team = routes.team_of(route_name)
    if team is None:
        default = routes.teams[routes.default_team]
        return Owner(
            DEFAULT_ROUTE, default, f"the route '{route_name}' is no longer configured, so the default team takes it"
        )
    if route_name == DEFAULT_ROUTE:
        return Owner(route_name, team, "no other route matches it, so it comes to the default team")
    if route_name.startswith(TEAM_ROUTE):
        return Owner(route_name, team, "your team is a rung of the escalation ladder")
    conditions = next((route.when for route in routes.routes if route.name == route_name), None)
    described = _described(conditions) if conditions else "data alerts"
    return Owner(route_name, team, f"the route '{route_name}' covers {described}")


def _matches(when: Conditions, signal: Signal) -> bool:
    for field in ("vendor_category", "metric_id", "kpi_family", "severity"):
        accepted = getattr(when, field)
        if accepted is not None and MATCHED_FIELDS[field](signal) not in accepted:
            return False
    if when.is_strategic is None:
        return True
    return isinstance(signal, SignalOfVendor) and when.is_strategic == signal.is_strategic


def _described(when: Conditions) -> str:
    parts = []
    if when.is_strategic is not None:
        parts.append("strategic vendors" if when.is_strategic else "vendors that are not strategic")
    if when.vendor_category:
        parts.append(f"vendors of category {' or '.join(when.vendor_category)}")
    if when.metric_id:
        parts.append(f"the target of {' or '.join(when.metric_id)}")
    if when.kpi_family:
        parts.append(f"{' or '.join(when.kpi_family)} alerts")
    if when.severity:
        parts.append(f"severity {' or '.join(when.severity)}")
    return ", ".join(parts) or "all alerts"
