"""How long the dashboard takes for thousands of vendors: from nothing, again, and after a day on which few changed.

``make bench-site`` multiplies the vendors of the current publication into a copy of it, builds both sites from that
in a temporary folder, prints the figures and writes them to ``$ECOSYSTEM_HOME/bench/site.json``.
"""

# ruff: noqa: S608 - the SQL is put together from names of marts and columns that the publication holds

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from config.sharing import load_sharing
from ecosystem.errors import EcosystemError, UsageError
from ecosystem.paths import Home, home
from publishing.manifest import FILE_NAME, read_manifest
from publishing.site.build import build_site, code_hash
from publishing.site.vendor_page.own_site import build_vendor_sites
from publishing.tables import quoted

VENDORS = 5_000
# A day's changes: one vendor in a hundred.
TOUCHED_EVERY = 100
SECONDS_ALLOWED, PAGE_BYTES_ALLOWED = 600, 150_000


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure in a temporary folder; only the figures stay."""
    parser = argparse.ArgumentParser(description="How long the dashboard takes.")
    parser.add_argument("--vendors", type=int, default=VENDORS, help=f"how many, at least; {VENDORS:,} unless given")
    options = parser.parse_args(arguments)
    if not home().current.exists():
        raise UsageError(f"There is no publication {home().current}: run 'make demo' before this benchmark.")
    with tempfile.TemporaryDirectory() as folder:
        found = measure(home().current.resolve(), Home(Path(folder)), options.vendors)
    bench = home().bench
    bench.mkdir(parents=True, exist_ok=True)
    file = bench / "site.json"
    file.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"{_report(found)}\nwritten to {file}\n")


def measure(publication: Path, into: Home, vendors: int) -> dict[str, Any]:
    """Seconds and sizes for a publication multiplied to at least so many vendors."""
    count = multiply(publication, into, vendors)
    whole = build_site(into)
    sizes = sorted(file.stat().st_size for file in (into.site / "vendors").rglob("index.html"))
    again = build_site(into)
    own = build_vendor_sites(into, load_sharing(), code_hash())
    touched = touch(into)
    after = build_site(into)
    return {
        "vendors": count,
        "site_seconds": whole.seconds,
        "site_ms_per_vendor": round(1000 * whole.seconds / count, 1),
        "site_again_seconds": again.seconds,
        "touched_vendors": touched,
        "written_vendors": after.written_vendors,
        "site_touched_seconds": after.seconds,
        "vendor_sites_seconds": own.seconds,
        "vendor_page_median_bytes": sizes[len(sizes) // 2],
        "vendor_page_largest_bytes": sizes[-1],
        "pages": whole.pages,
        "largest_page_bytes": max(file.stat().st_size for file in into.site.rglob("*.html")),
        "seconds_allowed": SECONDS_ALLOWED,
        "page_bytes_allowed": PAGE_BYTES_ALLOWED,
    }


def multiply(publication: Path, into: Home, vendors: int) -> int:
    """Write the publication with each vendor's rows several times over; returns how many vendors it has."""
    folder = into.published / "builds" / publication.name
    folder.mkdir(parents=True)
    manifest = read_manifest(publication)
    (folder / FILE_NAME).write_text(json.dumps(manifest), encoding="utf-8")
    with duckdb.connect(str(folder / manifest["duckdb"]["file"])) as connection:
        source = publication / manifest["duckdb"]["file"]
        connection.execute(f"attach {quoted(str(source))} as source (read_only)")
        known = connection.execute("select count(*) from source.main.dim_vendor").fetchone()
        times = -(-vendors // (known[0] if known else 1))
        for name, mart in manifest["marts"].items():
            has_vendor = any(column["name"] == "vendor_key" for column in mart["columns"])
            key = "vendor_key || case when copy > 0 then '-' || copy else '' end as vendor_key"
            rows = (
                f"select * exclude (copy) replace ({key})"
                f" from source.main.{name} cross join range({times}) as copies (copy)"
            )
            connection.execute(f"create table {name} as {rows if has_vendor else f'from source.main.{name}'}")
        made = connection.execute("select count(*) from dim_vendor").fetchone()
    into.current.symlink_to(folder)
    return made[0] if made else 0


def touch(into: Home) -> int:
    """Make a next publication in which one vendor in a hundred has another row; returns how many."""
    folder = into.current.resolve()
    manifest = dict(read_manifest(folder))
    with duckdb.connect(str(folder / manifest["duckdb"]["file"])) as connection:
        touched = connection.execute(
            "update dim_vendor set vendor_number = vendor_number || '*' where vendor_key in (select vendor_key from"
            f" (select vendor_key, row_number() over (order by vendor_key) as place from dim_vendor)"
            f" where place % {TOUCHED_EVERY} = 0)"
        ).fetchone()
    manifest["build_id"] = f"{manifest['build_id']}-next"
    (folder / FILE_NAME).write_text(json.dumps(manifest), encoding="utf-8")
    return touched[0] if touched else 0


def _report(found: dict[str, Any]) -> str:
    return (
        f"{found['vendors']:,} vendors: site from nothing in {found['site_seconds']:.0f} s "
        f"(allowed {SECONDS_ALLOWED} s), "
        f"{found['site_ms_per_vendor']:.0f} ms a vendor; again in {found['site_again_seconds']:.1f} s; "
        f"{found['touched_vendors']:,} touched in {found['site_touched_seconds']:.1f} s "
        f"({found['written_vendors']:,} pages made)\n"
        f"vendors' own sites from nothing in {found['vendor_sites_seconds']:.0f} s\n"
        f"vendor pages: median {found['vendor_page_median_bytes'] / 1000:.0f} kB, largest "
        f"{found['vendor_page_largest_bytes'] / 1000:.0f} kB; largest page of all "
        f"{found['largest_page_bytes'] / 1000:.0f} kB (allowed {PAGE_BYTES_ALLOWED / 1000:.0f} kB)"
    )


if __name__ == "__main__":
    try:
        main()
    except EcosystemError as error:
        sys.exit(str(error))
