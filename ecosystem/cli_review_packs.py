"""``ecosystem review-packs``: the quarterly joint review packs, outside Airflow."""

from typing import Annotated

import typer

from ecosystem.paths import home


def review_packs(
    quarter: Annotated[
        str | None,
        typer.Option("--quarter", metavar="QUARTER", help="2026-Q2, or its first day; default the last that is over."),
    ] = None,
    vendor: Annotated[
        str | None, typer.Option("--vendor", metavar="KEY", help="Only this strategic vendor_key.")
    ] = None,
    running: Annotated[
        bool, typer.Option("--running", help="Allow a quarter that has not ended; its packs say so.")
    ] = False,
) -> None:
    """Build the joint review packs of a quarter: HTML and PDF, for buyers and for each vendor.

    Reads $ECOSYSTEM_HOME/published/current and config/sharing.yml; writes $ECOSYSTEM_HOME/published/review_packs.
    """
    from publishing.review_pack.build import build_review_packs

    built = build_review_packs(home(), quarter, vendor, running_allowed=running)
    vendors = f"{built.vendors} strategic vendor" + ("" if built.vendors == 1 else "s")
    silent = f", {built.vendors_without_data} of them without any data" if built.vendors_without_data else ""
    typer.echo(
        f"review packs {built.quarter}: {vendors}{silent}; "
        f"{built.editions_written} editions written, {built.editions_unchanged} unchanged ({built.seconds:.0f} s) "
        f"in {built.folder}"
    )
