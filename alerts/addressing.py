"""To whom a row of the outbox goes, and under which name: settled when it is sent, from the routes as they are then."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from alerts.ledger import LETTER
from alerts.links import Audience
from alerts.routing import owner_of
from config.alert_routes import AlertRoutes


@dataclass(frozen=True)
class Addressees:
    """The people who get a mail. ``route`` names them in logs, which hold no address."""

    route: str
    sender_name: str
    to_name: str
    recipients: tuple[str, ...]
    audience: Audience = Audience.TEAM
    reply_to: str | None = None


def addressees_of(row: Mapping[str, Any], routes: AlertRoutes, left_out: Collection[str]) -> Addressees | None:
    """Who gets the mail or letter of this row; None for a letter to a vendor that is no longer to be told.

    A mail goes to the team without those who are left out, whose budget is used up; to all of it when the team has
    become only those.
    """
    if row["medium"] == LETTER:
        settings, vendor = routes.vendor_letters, routes.letters_to(row["target"])
        if settings is None or vendor is None:
            return None
        return Addressees(
            route=row["route"],
            sender_name=settings.sender_name,
            to_name=vendor.name,
            recipients=vendor.recipients,
            audience=Audience.VENDOR,
            reply_to=settings.reply_to,
        )
    owner = owner_of(row["route"], routes)
    meant = tuple(one for one in owner.team.recipients if one not in left_out) or owner.team.recipients
    return Addressees(owner.route, routes.mail.sender_name, owner.team.name, meant)
