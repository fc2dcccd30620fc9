"""A vendor's BI tool that comes by ODBC, as Power BI and Excel do, sees the vendor's rows with their types."""

import datetime
import decimal

import pyodbc
import pytest

from ecosystem.paths import Home
from publishing.postgres.publish import publish_to_postgres
from publishing.postgres.roles import add_vendor_login
from tests.publishing.postgres.conftest import LINES_OF_A_VENDOR, VENDORS, rows_of_the_first_day


@pytest.fixture
def odbc(home: Home, database, write_publication):
    write_publication(1, rows_of_the_first_day())
    publish_to_postgres(home, database.url)
    login = add_vendor_login(database.admin_url, VENDORS[0])
    with pyodbc.connect(
        f"Driver={{PostgreSQL Unicode}};Server=127.0.0.1;Port={database.server.port};Database={database.name};"
        f"Uid={login.login};Pwd={login.password}",
        autocommit=True,
    ) as connection:
        yield connection


def test_the_vendor_sees_its_own_rows_with_their_types(odbc):
    cursor = odbc.cursor()
    rows = cursor.execute("select * from share.fct_line").fetchall()
    assert len(rows) == LINES_OF_A_VENDOR - 2
    assert {row.vendor_key for row in rows} == {VENDORS[0]}
    types = {column[0]: column[1] for column in cursor.description}
    assert types == {
        "line_key": str,
        "vendor_key": str,
        "note": str,
        "amount": decimal.Decimal,
        "due_date": datetime.date,
        "kind": str,
    }
    assert odbc.cursor().execute("select name from kpi_definition").fetchall()[0][0] == "On-time delivery"


def test_the_catalogue_of_the_driver_offers_the_shared_views_with_their_columns(odbc):
    offered = {(table.table_schem, table.table_name) for table in odbc.cursor().tables(schema="share")}
    assert offered == {
        ("share", name)
        for name in ("dim_vendor", "fct_line", "kpi_definition", "publication", "vendor_month", "vendor_month_peers")
    }
    named = [column.column_name for column in odbc.cursor().columns(schema="share", table="vendor_month")]
    assert named == ["vendor_key", "category", "month", "otd", "otd_n"]


@pytest.mark.parametrize(
    "statement",
    ["select * from marts.fct_line", "delete from share.fct_line", "create temporary table spy (a int)"],
)
def test_the_vendor_can_do_nothing_else(odbc, statement: str):
    with pytest.raises(pyodbc.Error, match=r"permission denied|read-only transaction"):
        odbc.cursor().execute(statement)
