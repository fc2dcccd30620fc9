"""A ledger that lives from run to run, for tests of what is told when."""

from datetime import timedelta

from sqlalchemy import select

from alerts import actions, ledger
from alerts.run import run_alerts


class Life:
    """Publishes and runs, every run twice: the second must send nothing."""

    def __init__(self, publish, smtp, mailbox, day, routes_file):
        self.publish, self.smtp, self.mailbox, self.day, self.routes_file = publish, smtp, mailbox, day, routes_file
        self.routes = routes_file.read_text(encoding="utf-8")

    def configure(self, settings):
        self.routes_file.write_text(self.routes + settings, encoding="utf-8")

    def run(self, number, *lines, shifts=(), hours=0, **published):
        """One day; gives the kinds and subjects of the mails that arrived."""
        as_of = self.day(number) + timedelta(hours=hours)
        self.publish(list(lines), as_of, shifts=list(shifts), **published)
        before = len(self.mailbox.received)
        self.result = run_alerts(self.publish.home, as_of, self.smtp)
        arrived = self.mailbox.mails[before:]
        assert run_alerts(self.publish.home, as_of, self.smtp).mails_sent == 0, "the same run again"
        assert set(self.mailbox.copies.values()) == {1} or not self.mailbox.received
        self.arrived = list(arrived)
        return [mail["X-Alert-Kind"] for mail in arrived]

    def row(self, signal_row):
        engine = ledger.open_ledger(self.publish.home)
        with engine.connect() as connection:
            row = dict(actions.find(connection, signal_row["signal_key"]))
        engine.dispose()
        return row

    def history(self, signal_row):
        engine = ledger.open_ledger(self.publish.home)
        with engine.connect() as connection:
            chosen = select(ledger.alert_event).where(ledger.alert_event.c.alert_id == self.row(signal_row)["id"])
            events = connection.execute(chosen.order_by(ledger.alert_event.c.sequence)).mappings().all()
        engine.dispose()
        return [event["change"] for event in events]

    def act(self, action, *arguments, **named):
        engine = ledger.open_ledger(self.publish.home)
        try:
            return action(engine, *arguments, **named)
        finally:
            engine.dispose()
