"""Whatever opens a way to vendors beyond the protocol is found by the next audit, and closes all ways."""

import psycopg
import pytest

from config.sharing import load_sharing
from ecosystem.paths import Home
from publishing.manifest import read_manifest
from publishing.postgres.audit import findings
from publishing.postgres.publish import publish_to_postgres
from publishing.sharing import sharing_of
from tests.publishing.postgres.conftest import VENDORS, rows_of_the_first_day

PLANTS = {
    "a materialized view": (
        "create materialized view share.lines as table marts.fct_line; grant select on share.lines to {vendors}",
        "materialized view share.lines",
    ),
    "a view with its owner's rights": (
        "create view share.lines as select * from marts.fct_line; grant select on share.lines to {vendors}",
        "share.lines, a view that reads with its owner's rights",
    ),
    "a view that lost its option": (
        "alter view share.fct_line reset (security_invoker)",
        "share.fct_line, a view that reads with its owner's rights",
    ),
    "a view elsewhere": (
        "create view public.lines with (security_invoker) as select * from marts.fct_line;"
        " grant select on public.lines to {vendors}",
        "view public.lines, which lies outside",
    ),
    "a copy": (
        "create table share.copied as select * from marts.fct_line; grant select on share.copied to {vendors}",
        "share.copied, a table without row-level security",
    ),
    "a copy with a policy": (
        "create table public.copied as select * from marts.fct_line; grant select on public.copied to public;"
        " alter table public.copied enable row level security; create policy mine on public.copied using (rank = 1)",
        "public.copied, which the protocol does not share",
    ),
    "a table without policies": (
        "alter table marts.fct_line disable row level security",
        "marts.fct_line, a table without row-level security",
    ),
    "a table that is not shared": ("grant select on marts.stock to {vendors}", "marts.stock"),
    "a column for everyone": ("grant select (rank) on marts.stock_rank to public", "marts.stock_rank"),
    "a policy of somebody's": (
        "create policy more on marts.fct_line using (true)",
        "The policy more of marts.fct_line",
    ),
    "a policy that lets all in": (
        "alter policy vendors_read_their_own on marts.fct_line using (true)",
        "The policy of marts.fct_line lets every vendor see all rows",
    ),
    "a right to write": ("grant insert on marts.fct_line to {vendors}", "Vendors may change marts.fct_line"),
    "a right to write one column": (
        "grant update (note) on share.fct_line to {vendors}",
        "Vendors may change share.fct_line",
    ),
    "another role": (
        "create role reader_{number}; grant reader_{number} to {login}",
        "is a member of reader_{number} too",
    ),
    "a role that reads all": ("grant pg_read_all_data to {login}", "is a member of pg_read_all_data too"),
    "a login above policies": ("alter role {login} bypassrls", "bypasses policies"),
    "a schema to use": ("grant usage on schema marts to {vendors}", "may use the schema marts"),
    "a schema to make things in": ("grant create on schema share to {vendors}", "may make objects in the schema share"),
    "temporary tables": ("grant temporary on database {database} to public", "may make temporary tables"),
    "a function with its owner's rights": (
        "create function share.peek() returns bigint security definer language sql as 'select 1::bigint'",
        "may run share.peek()",
    ),
    "a foreign table": (
        "create extension file_fdw; create server files foreign data wrapper file_fdw; create foreign table share.file"
        " (line text) server files options (filename '/etc/hostname'); grant select on share.file to {vendors}",
        "foreign table share.file",
    ),
}


@pytest.mark.parametrize("plant", PLANTS)
def test_a_way_around_the_protocol_is_found_and_closes_all_ways(home: Home, database, write_publication, plant: str):
    statements, expected = PLANTS[plant]
    rows = rows_of_the_first_day()
    write_publication(1, rows)
    assert publish_to_postgres(home, database.url).findings == ()
    with database.vendor(VENDORS[0]) as vendor, database.admin() as admin:
        assert vendor.execute("select count(*) from share.fct_line").fetchone() != (0,)
        names = {
            "vendors": "ecosystem_vendor",
            "login": vendor.info.user,
            "database": database.name,
            "number": database.name.rpartition("_")[2],
        }
        admin.execute("create table marts.stock_rank (rank integer)")
        admin.execute(statements.format(**names))
        sharing = sharing_of(load_sharing(), read_manifest(home.current)["marts"])
        assert any(expected.format(**names) in finding for finding in findings(admin, sharing))
        assert vendor.execute("select 1").fetchone() == (1,)

        # The next publication has a new line, which buyers see and no vendor does.
        rows["fct_line"].append(("erp:1/new", *rows["fct_line"][0][1:]))
        write_publication(2, rows)
        served = publish_to_postgres(home, database.url)
        assert any(expected.format(**names) in finding for finding in served.findings)
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            database.vendor(VENDORS[0])
        # Who may read everything by a role of the server keeps the session that is open.
        if plant != "a role that reads all":
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                vendor.execute("select * from share.fct_line")
        with database.buyer() as buyer:
            assert buyer.execute("select count(*) from marts.fct_line").fetchone() == (len(rows["fct_line"]),)


def test_once_the_way_is_closed_the_next_publication_lets_vendors_in_again(home: Home, database, write_publication):
    write_publication(1, rows_of_the_first_day())
    publish_to_postgres(home, database.url)
    with database.admin() as admin:
        admin.execute("grant select on marts.stock to ecosystem_vendor")
        assert publish_to_postgres(home, database.url).findings != ()
        admin.execute("revoke select on marts.stock from ecosystem_vendor")
    assert publish_to_postgres(home, database.url).findings == ()
    with database.vendor(VENDORS[0]) as vendor:
        assert vendor.execute("select count(*) from share.dim_vendor").fetchone() == (1,)
