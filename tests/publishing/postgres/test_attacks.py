"""What a vendor with a login and a free hand at SQL finds of other vendors: nothing.

Each attempt runs in a session of its own, read-only switched off. Whatever comes back, rows, notices or errors, is
looked through for anything that is not the vendor's own; what an attempt wrote is looked for as the administrator.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest

from publishing.postgres.publish import publish_to_postgres
from publishing.postgres.roles import VendorLogin, add_vendor_login
from tests.postgres_server import Server
from tests.publishing.postgres.conftest import (
    LINES_OF_A_VENDOR,
    VENDORS,
    make_home,
    rows_of_the_first_day,
    write_current,
)
from tests.serving_database import Database, drop_database, make_database

ME, OTHER = VENDORS[0], VENDORS[1]
# Other vendors' keys and names, rows of no vendor, and withheld rows and columns of the own ones.
FOREIGN = re.compile(
    r"erp:[2-7]|Vendor [2-7]|note of erp:[2-7]|of no vendor|a withheld note|Olga Owner|\b[2-7]0\d\d\.000"
)

ATTEMPTS = {
    # by the views themselves
    "all rows of a view": "select * from share.fct_line",
    "a view by the other's key": f"select * from share.fct_line where vendor_key = '{OTHER}'",
    "a view with a condition that is always true": "select * from share.fct_line where vendor_key = 'x' or true",
    "a view by union": "select vendor_name from share.dim_vendor union all select note from share.fct_line",
    "a view by a join that multiplies": "select b.* from share.dim_vendor a full join share.fct_line b on true",
    "a view by a lateral query": "select l.* from share.dim_vendor, lateral (select * from share.fct_line) l",
    "the whole row as text": "select line::text from share.fct_line line",
    "a column that is not shared": "select rank from share.vendor_month",
    "a column that is not shared, of the row": "select to_jsonb(line) -> 'price' from share.fct_line line",
    "counts of a view": "select count(*), count(distinct vendor_key), max(amount) from share.fct_line",
    "counts of peers": "select metric_id, vendors, quartile_1 from share.vendor_month_peers where category <> 'Steel'",
    "a table function over a view": "select query_to_xml('select * from share.fct_line', true, true, '')",
    # by the tables
    "the table": "select * from marts.fct_line",
    "a shared column of the table": "select vendor_key from marts.fct_line",
    "the table with only": "select * from only marts.fct_line",
    "the table by TABLE": "table marts.dim_vendor",
    "a table that is not shared": "select * from marts.stock",
    "the mapping of logins": "select * from access.vendor_login",
    "what was loaded": "select * from access.loaded",
    "the schema on the path": "set search_path = marts, access; select * from fct_line",
    "the table by its number": (
        "do $$ begin execute (select 'table ' || oid::regclass from pg_class where relname = 'fct_line'); end $$"
    ),
    "copy to the client": "copy (select * from marts.fct_line) to stdout",
    "copy of the table": "copy marts.fct_line to stdout",
    "a table as xml": "select table_to_xml('marts.fct_line', true, true, '')",
    "the schema as xml": "select schema_to_xml('marts', true, true, '')",
    "the database as xml": "select database_to_xml(true, true, '')",
    "a cursor as xml": (
        "begin; declare c cursor for select * from share.fct_line; select cursor_to_xml('c', 99, true, true, '')"
    ),
    # by catalogues and statistics
    "statistics of columns": "select tablename, attname, most_common_vals, histogram_bounds from pg_stats",
    "the statistics behind them": "select * from pg_statistic",
    "extended statistics": "select * from pg_stats_ext",
    "texts of views": "select definition from pg_views where schemaname in ('share', 'marts', 'access')",
    "texts of policies": "select * from pg_policies",
    "comments": "select description from pg_description",
    "names of roles": "select rolname, rolconfig from pg_roles",
    "settings of roles": "select * from pg_db_role_setting",
    "passwords": "select * from pg_authid",
    "mappings of users": "select * from pg_user_mappings",
    "what others run": "select query, application_name from pg_stat_activity",
    "prepared statements of others": "select * from pg_prepared_statements",
    "cursors of others": "select * from pg_cursors",
    "replication slots": "select * from pg_replication_slots",
    # by the planner and by errors
    "a plan": f"explain verbose select * from share.fct_line where vendor_key = '{OTHER}'",
    "a plan with rows": "explain (analyze, buffers) select * from share.dim_vendor where vendor_name = 'Vendor 2'",
    "an error that divides by zero": f"select 1 / (vendor_key <> '{OTHER}')::int from share.fct_line",
    "an error that casts the key": "select vendor_key::int from share.fct_line where vendor_key <> 'erp:1'",
    "an error that casts a note": "select note::int from share.fct_line where vendor_key <> 'erp:1'",
    "an error that casts all": "select cast(note as xml) from share.fct_line",
    "notices of a cheap function": (
        "create function pg_temp.tell(text) returns bool language plpgsql cost 0.0001 as"
        " $$ begin raise notice '%', $1; return true; end $$; select * from share.fct_line where pg_temp.tell(note)"
    ),
    "notices of a block": (
        "do $$ declare r text; begin for r in select note from share.fct_line loop raise info '%', r; end loop; end $$"
    ),
    # by roles and settings
    "the role of the publisher": "set role publisher; select * from marts.fct_line",
    "the role of buyers": "set role ecosystem_buyer; select * from marts.fct_line",
    "the role of vendors": "set role ecosystem_vendor; select * from share.fct_line",
    "another session's role": "set session authorization dba; select * from marts.fct_line",
    "row security off": "set row_security = off; select * from share.fct_line",
    "a setting with a name": "set role.vendor_key = 'erp:2'; select * from share.fct_line",
    "the role as a setting": "select set_config('role', 'dba', false); select * from marts.fct_line",
    "rights for oneself": "grant select on all tables in schema marts to current_user; select * from marts.fct_line",
    "ownership for oneself": "alter table marts.fct_line owner to current_user; select * from marts.fct_line",
    "a policy for oneself": "create policy mine on marts.fct_line using (true); select * from share.fct_line",
    "no more policies": "alter table marts.fct_line disable row level security; select * from share.fct_line",
    "a new login": "create role spy login superuser",
    # by foreign keys and writes
    "a row that names the other": f"insert into share.dim_vendor values ('{OTHER}', 'x', 'y')",
    "a row of the mapping": f"insert into access.vendor_login values (current_user, '{OTHER}')",
    "a change of the mapping": f"update access.vendor_login set vendor_key = '{OTHER}'; select * from share.fct_line",
    "a change that returns": "update share.fct_line set note = note returning *",
    "a deletion that returns": "delete from share.fct_line returning *",
    "a merge": (
        "merge into share.dim_vendor v using share.fct_line l on v.vendor_key <> l.vendor_key when matched then delete"
    ),
    "a table that refers to the vendors": "create table public.spy (vendor_key text references marts.dim_vendor)",
    "a lock that tells": "lock table marts.fct_line in access exclusive mode",
    "rows locked for update": "select * from share.fct_line for update",
    # by objects of one's own
    "a temporary table": "create temp table spy as select * from share.fct_line; select * from marts.fct_line",
    "a temporary view": "create temp view spy as select * from marts.fct_line; select * from spy",
    "a view of one's own": "create view share.spy as select * from marts.fct_line; select * from share.spy",
    "a schema of one's own": "create schema spy",
    "an extension that reaches out": "create extension dblink; select dblink_connect('user=dba')",
    "an operator that listens": "create operator share.= (leftarg = text, rightarg = text, function = textne)",
    "a prepared statement": f"prepare spy as select * from share.dim_vendor where $1 <> ''; execute spy('{OTHER}')",
    "a large object": "select lo_from_bytea(0, 'left for a friend')",
    "large objects of others": "select loid, data from pg_largeobject",
    "a file of the server": "select pg_read_file('/etc/passwd')",
    "a folder of the server": "select pg_ls_dir('.')",
    "a program of the server": "copy (select 1) to program 'cat'",
    "a file to the server": "copy (select 1) to '/tmp/spy'",
    "the log of the server": "select pg_current_logfile(), pg_read_file(pg_current_logfile())",
    "blocks of the table": "select get_raw_page('marts.fct_line', 0)",
    "an end to others": "select pg_terminate_backend(pid) from pg_stat_activity where usename <> current_user",
}


@dataclass(frozen=True)
class Served:
    database: Database
    login: VendorLogin

    def attempt(self, statements: str) -> str:
        """Everything that the vendor gets to see when it runs the statements, one after the other."""
        seen: list[str] = []
        with self.database.as_role(self.login.login, self.login.password) as session:
            session.add_notice_handler(lambda notice: seen.append(f"notice {notice.message_primary} {notice.context}"))
            session.execute("set default_transaction_read_only = off")
            try:
                for statement in re.split(r";\s+(?![^$]*\$\$)", statements):
                    with session.cursor() as cursor:
                        if statement.startswith("copy") and "stdout" in statement:
                            with cursor.copy(statement) as copied:
                                seen.extend(str(bytes(block)) for block in copied)
                            continue
                        cursor.execute(statement)
                        if cursor.description:
                            seen.extend(f"row {row}" for row in cursor.fetchall())
                        seen.append(f"done {cursor.statusmessage}")
            except psycopg.Error as error:
                seen.append(f"error {error} {error.diag.message_detail} {error.diag.message_hint} {error.diag.context}")
        return "\n".join(seen)


@pytest.fixture(scope="module")
def served(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A publication with a login of the first vendor, and sessions of others that hold statements and cursors."""
    with pytest.MonkeyPatch.context() as patch:
        home, database = make_home(tmp_path_factory.mktemp("attacks"), patch), make_database(server)
        write_current(home, 1, rows_of_the_first_day())
        assert publish_to_postgres(home, database.url).findings == ()
    for vendor in VENDORS:
        add_vendor_login(database.admin_url, vendor)
    with database.buyer() as buyer, database.vendor(OTHER) as other:
        for session, place in ((buyer, "marts"), (other, "share")):
            session.autocommit = False
            session.execute(f"prepare held as select note, 'note of erp:2' from {place}.fct_line")
            session.execute(f"declare held cursor for select note, 'note of erp:2' from {place}.fct_line")
            assert len(session.execute("fetch 3 from held").fetchall()) == 3
        yield Served(database, add_vendor_login(database.admin_url, ME))
    drop_database(database)


def test_there_are_attempts_enough_and_what_is_looked_for_is_there(served: Served):
    assert len(ATTEMPTS) >= 40
    with served.database.buyer() as buyer:
        everything = str(buyer.execute("select fct_line::text from marts.fct_line").fetchall())
        everything += str(buyer.execute("select dim_vendor::text from marts.dim_vendor").fetchall())
        everything += str(buyer.execute("select owner from marts.kpi_definition").fetchall())
    marks = set(FOREIGN.findall(everything))
    assert {"erp:2", "erp:7", "Vendor 2", "of no vendor", "a withheld note", "Olga Owner", "2005.000"} <= marks


def test_a_vendor_sees_all_its_own_rows(served: Served):
    seen = served.attempt("select line_key from share.fct_line")
    # One is withheld as internal, one because it does not say what it is.
    assert len(re.findall(r"row \('erp:1/\d+',\)", seen)) == LINES_OF_A_VENDOR - 2
    assert "erp:1" in served.attempt("select * from share.dim_vendor")
    assert "otd" in served.attempt("select definition_id from share.kpi_definition")
    assert "0.52" in served.attempt("select * from share.vendor_month_peers")
    assert "20260601T180000Z" in served.attempt("select build_id from share.publication")


@pytest.mark.parametrize("name", ATTEMPTS)
def test_an_attempt_finds_nothing_of_other_vendors(served: Served, name: str):
    seen = served.attempt(ATTEMPTS[name])
    assert seen != ""
    # What it asked for comes back in error texts and plans: that it knew already.
    told = seen.replace(ATTEMPTS[name], "")
    for known in re.findall(FOREIGN, ATTEMPTS[name]):
        told = told.replace(known, "")
    assert FOREIGN.findall(told) == []


def test_a_plan_tells_the_same_of_a_vendor_that_exists_and_of_one_that_does_not(served: Served):
    with served.database.admin() as admin:
        admin.execute("analyze")
    plans = [
        re.sub(r"erp:\w+", "", served.attempt(f"explain select * from share.fct_line where vendor_key = '{vendor}'"))
        for vendor in (OTHER, VENDORS[6], "erp:nobody")
    ]
    assert "rows=" in plans[0]
    assert plans[0] == plans[1] == plans[2]


def test_attempts_leave_nothing_behind(served: Served):
    with served.database.admin() as admin:
        left = admin.execute(
            "select (select count(*) from pg_largeobject_metadata),"
            " (select count(*) from pg_roles where rolname = 'spy'),"
            " (select count(*) from pg_class where relname = 'spy'),"
            " (select count(*) from pg_namespace where nspname = 'spy'),"
            " (select count(distinct vendor_key) from access.vendor_login)"
        ).fetchone()
        assert left == (0, 0, 0, 0, len(VENDORS))
        assert admin.execute("select count(*) from marts.fct_line").fetchone() == (7 * LINES_OF_A_VENDOR + 1,)


def test_a_vendor_cannot_reach_rows_of_another_database(served: Served):
    elsewhere = f"host=127.0.0.1 port={served.database.server.port} dbname=postgres"
    with psycopg.connect(f"{elsewhere} user={served.login.login} password={served.login.password}") as session:
        tables = session.execute("select count(*) from pg_class where relnamespace = 'public'::regnamespace").fetchone()
        assert tables == (0,)


def test_a_vendor_without_its_password_does_not_get_in(served: Served):
    address = f"host=127.0.0.1 port={served.database.server.port} dbname={served.database.name}"
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"{address} user={served.login.login} password=guess")
