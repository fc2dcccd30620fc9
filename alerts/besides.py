"""What goes out besides a team's mail: a post in the channels of its route, and a letter to the vendor, where set.

Both get rows of their own in the outbox, in the transaction of the mail and with ids that follow from it, so that they
too are told once.
"""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from alerts import ledger
from alerts.context import MailContext
from alerts.letter import letter, wants_letter
from alerts.mail import Told
from alerts.message import Mail, message_id
from alerts.signals import SignalOfVendor
from config.alert_routes import AlertRoutes

# Signs with a meaning in chat programs (mentions, links, mark-up): a vendor's name must not call a whole channel.
_PLAIN = str.maketrans(
    {"<": "‹", ">": "›", "@": "＠", "[": "(", "]": ")", "`": "'", "*": "∗", "\u2068": "", "\u2069": ""}
)


def put_posts(
    connection: Connection, composed: Mail, owner_name: str, routes: AlertRoutes, outbox_id: int, as_of: datetime
) -> None:
    """A post for each channel of the mail's route: what the subject says, and where the rest is."""
    for channel in routes.channels_of(composed.route):
        identity = message_id(f"post-{composed.kind}", [composed.message_id, channel], routes.mail.message_id_domain)
        body = (
            f"{composed.summary}\n\n{owner_name} has the mail with evidence and next steps. "
            f"Reference {identity.partition('.')[2][:12]}."
        )
        post = {"title": composed.subject.translate(_PLAIN), "body": body.translate(_PLAIN)}
        ledger.add_mail(
            connection,
            message_id=identity,
            kind=f"post-{composed.kind}",
            route=composed.route,
            subject=composed.subject,
            content=json.dumps(post, ensure_ascii=False, sort_keys=True).encode(),
            as_of=as_of,
            medium=ledger.POST,
            target=channel,
            beside_id=outbox_id,
        )


def put_letter(
    connection: Connection,
    kind: str,
    told: Sequence[Told],
    alert_ids: Sequence[int],
    context: MailContext,
    routes: AlertRoutes,
    outbox_id: int,
    as_of: datetime,
) -> None:
    """A letter to the vendor of these alerts, if ``alert_routes.yml`` has it told of their KPI family.

    That something is over is told only where it was told that it began. Of targets of the ecosystem no vendor is told.
    """
    first = told[0].signal
    if not isinstance(first, SignalOfVendor):
        return
    settings, vendor = routes.vendor_letters, routes.letters_to(first.vendor_key)
    if settings is None or vendor is None or not wants_letter(kind, first, vendor):
        return
    if kind != "opened" and not _was_told(connection, vendor.vendor_key, alert_ids):
        return
    composed = letter(kind, told, context, settings, vendor)
    ledger.add_mail(
        connection,
        message_id=composed.message_id,
        kind=composed.kind,
        route=composed.route,
        subject=composed.subject,
        content=composed.content,
        as_of=as_of,
        medium=ledger.LETTER,
        target=vendor.vendor_key,
        beside_id=outbox_id,
    )


def _was_told(connection: Connection, vendor_key: str, alert_ids: Sequence[int]) -> bool:
    columns = ledger.outbox.c
    letters = select(columns.beside_id).where(columns.medium == ledger.LETTER, columns.target == vendor_key)
    beside: set[int | None] = set(connection.scalars(letters))
    for start in range(0, len(alert_ids), 500):
        of_alerts = select(ledger.alert_event.c.outbox_id).where(
            ledger.alert_event.c.alert_id.in_(alert_ids[start : start + 500])
        )
        if beside & set(connection.scalars(of_alerts)):
            return True
    return False
