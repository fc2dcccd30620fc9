"""Logins of vendors say nothing, end at once, and are made by an administrator alone."""

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from ecosystem.errors import EcosystemError, UsageError
from ecosystem.paths import Home
from publishing.postgres.publish import publish_to_postgres
from publishing.postgres.roles import VENDOR_SETTINGS, add_vendor_login, remove_vendor_login, set_up, vendor_logins
from tests.publishing.postgres.conftest import VENDORS, rows_of_the_first_day


@pytest.fixture
def published(home: Home, database, write_publication):
    write_publication(1, rows_of_the_first_day())
    publish_to_postgres(home, database.url)
    return database


def test_a_login_names_no_vendor_and_its_password_is_nowhere_to_read(published):
    login = add_vendor_login(published.admin_url, VENDORS[1])
    assert login.login.startswith("v_")
    assert "erp" not in login.login
    assert login.password not in repr(login)
    with published.admin() as admin:
        stored = admin.execute("select rolpassword from pg_authid where rolname = %s", [login.login]).fetchone()
        assert stored[0].startswith("SCRAM-SHA-256$")
    assert vendor_logins(published.admin_url) == [(login.login, VENDORS[1])]


def test_a_session_of_a_vendor_is_read_only_and_ends_in_time(published):
    with published.vendor(VENDORS[1]) as vendor:
        for setting, value in VENDOR_SETTINGS.items():
            assert vendor.execute(f"show {setting}").fetchone()[0].replace("1min", "60s") == value
        assert vendor.execute("select vendor_key from dim_vendor").fetchall() == [(VENDORS[1],)]


def test_two_logins_of_a_vendor_see_the_same_and_one_login_may_be_of_one_vendor_only(published):
    with published.vendor(VENDORS[1]) as first, published.vendor(VENDORS[1]) as second:
        query = "select * from share.fct_line order by line_key"
        assert first.execute(query).fetchall() == second.execute(query).fetchall() != []


def test_a_login_that_ends_ends_its_sessions_too(published):
    with published.vendor(VENDORS[1]) as vendor:
        login = vendor.info.user
        remove_vendor_login(published.admin_url, login)
        with pytest.raises(psycopg.OperationalError):
            vendor.execute("select 1")
    assert vendor_logins(published.admin_url) == []
    with pytest.raises(UsageError, match="no vendor login"):
        remove_vendor_login(published.admin_url, login)


def test_what_cannot_be_meant_is_refused(published):
    with pytest.raises(UsageError, match="No vendor 'erp:99' is published"):
        add_vendor_login(published.admin_url, "erp:99")
    for url in (published.admin_url, published.url.replace("user=publisher", "")):
        with pytest.raises(UsageError, match="a user of its own that is no superuser"):
            set_up(published.admin_url, url)
    with pytest.raises(EcosystemError, match="cannot be administered"):
        add_vendor_login(published.url, VENDORS[0])


def test_setting_up_again_changes_nothing_that_is_served(published):
    with published.vendor(VENDORS[0]) as vendor:
        set_up(published.admin_url, published.url)
        assert vendor.execute("select count(*) from share.dim_vendor").fetchone() == (1,)


def test_the_publisher_gets_the_password_of_its_address_and_no_more_rights_than_it_needs(published):
    password = "it's \\ $ecret"
    address = make_conninfo(
        host="127.0.0.1", port=published.server.port, dbname="elsewhere", user="other_publisher", password=password
    )
    with published.admin() as admin:
        admin.execute("create database elsewhere")
        try:
            set_up(published.admin_url.replace(published.name, "elsewhere"), address)
            with psycopg.connect(address) as connection:
                assert connection.execute(
                    "select rolsuper, rolcreaterole, rolbypassrls from pg_roles where rolname = current_user"
                ).fetchone() == (False, False, False)
        finally:
            admin.execute("drop database elsewhere with (force)")
            admin.execute("drop role other_publisher")
