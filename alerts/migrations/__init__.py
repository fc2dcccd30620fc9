"""The history of the ledger's tables, as Alembic revisions; run by :mod:`alerts.migrate`."""
