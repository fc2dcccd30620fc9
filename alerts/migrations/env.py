"""Read by Alembic: runs the revisions in the transaction that :func:`alerts.migrate.migrate` has opened."""

from alembic import context

from alerts.migrate import VERSION_TABLE

context.configure(connection=context.config.attributes["connection"], version_table=VERSION_TABLE)
context.run_migrations()
