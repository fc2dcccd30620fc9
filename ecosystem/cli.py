"""The command-line program ``ecosystem``.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 blocked by the gate.
"""

import sys
from typing import Annotated

import typer

from ecosystem.errors import EcosystemError
from ecosystem.logging import configure
from ecosystem.paths import home

app = typer.Typer(
    name="ecosystem",
    help="Procurement as a living ecosystem: extract, build, check, publish, alert.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def settings(
    verbose: Annotated[bool, typer.Option("--verbose", help="Print progress to standard error.")] = False,
) -> None:
    """State is read from and written to $ECOSYSTEM_HOME (default ./var)."""
    configure(home(), verbose)


def main() -> None:
    """Run the program; an :class:`EcosystemError` becomes one sentence on standard error and its exit code."""
    try:
        app()
    except EcosystemError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
