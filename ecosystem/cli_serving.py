"""``ecosystem serving``: the marts on PostgreSQL, and the logins of vendors.

Each command imports the part it runs only when called, so that ``--help`` is quick.
"""

import os
from typing import Annotated

import typer

from ecosystem.errors import UsageError
from ecosystem.paths import home
from publishing.postgres.names import DATABASE_VARIABLE

serving_app = typer.Typer(no_args_is_help=True, help="The marts on PostgreSQL: publish, audit, logins of vendors.")

ADMINISTRATOR_VARIABLE = "ECOSYSTEM_SERVING_ADMIN_URL"


@serving_app.command("setup")
def set_up() -> None:
    """Make roles, schemas and rights in the database of $ECOSYSTEM_SERVING_ADMIN_URL, once; again is harmless.

    Its user is a superuser. The user of $ECOSYSTEM_SERVING_DB_URL is made and gets the password given there.
    """
    from publishing.postgres.roles import set_up as set_up_database

    set_up_database(_url(ADMINISTRATOR_VARIABLE), _url(DATABASE_VARIABLE))
    typer.echo("The database is set up: 'ecosystem serving publish' brings the marts to it.")


@serving_app.command("publish")
def publish() -> None:
    """Bring the current publication to PostgreSQL; exit code 1 when the audit withdrew the vendors' rights.

    Reads $ECOSYSTEM_HOME/published/current and config/sharing.yml; writes the database of $ECOSYSTEM_SERVING_DB_URL.
    """
    from publishing.postgres.audit import require_none
    from publishing.postgres.publish import publish_to_postgres

    served = publish_to_postgres(home(), _url(DATABASE_VARIABLE))
    sent = sum(loaded.sent for loaded in served.written.values())
    typer.echo(
        f"build {served.build_id}: {len(served.written)} of {served.tables} tables differed, {sent:,} rows sent"
        f" ({served.seconds:.1f} s)"
    )
    require_none(served.findings)


@serving_app.command("audit")
def audit() -> None:
    """Look at what vendors can reach on the server; exit code 1 when it is more than what is shared. Changes nothing.

    Reads config/sharing.yml and the database of $ECOSYSTEM_SERVING_DB_URL.
    """
    from publishing.postgres.audit import require_none
    from publishing.postgres.publish import audit as audit_database

    require_none(audit_database(home(), _url(DATABASE_VARIABLE)))
    typer.echo("Vendors reach what the protocol shares, and nothing else.")


@serving_app.command("add-login")
def add_login(vendor_key: Annotated[str, typer.Argument(help="The vendor, as dim_vendor names it.")]) -> None:
    """Make a login for a vendor and print it with its password, which is kept nowhere.

    Needs $ECOSYSTEM_SERVING_ADMIN_URL.
    """
    from publishing.postgres.roles import add_vendor_login

    login = add_vendor_login(_url(ADMINISTRATOR_VARIABLE), vendor_key)
    typer.echo(f"user      {login.login}\npassword  {login.password}")


@serving_app.command("logins")
def logins() -> None:
    """List the logins of vendors. Needs $ECOSYSTEM_SERVING_ADMIN_URL."""
    from publishing.postgres.roles import vendor_logins

    for login, vendor_key in vendor_logins(_url(ADMINISTRATOR_VARIABLE)):
        typer.echo(f"{login}  {vendor_key}")


@serving_app.command("end-login")
def end_login(login: Annotated[str, typer.Argument(help="A login, as 'ecosystem serving logins' names it.")]) -> None:
    """End a vendor's login and its sessions. Needs $ECOSYSTEM_SERVING_ADMIN_URL."""
    from publishing.postgres.roles import remove_vendor_login

    remove_vendor_login(_url(ADMINISTRATOR_VARIABLE), login)
    typer.echo(f"{login} is no login any more.")


def _url(variable: str) -> str:
    url = os.environ.get(variable)
    if not url:
        raise UsageError(f"Set {variable} to the serving database, such as postgresql://user:password@host/serving.")
    return url
