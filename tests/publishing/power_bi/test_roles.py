"""The role Vendor opens what the sharing protocol names and nothing else."""

import re

import pytest

from publishing.power_bi.generate import project_files
from tests.publishing.power_bi.model_reader import MODEL

EVERYONES = "dim_calendar"


@pytest.fixture
def permissions(contract, sharing) -> dict[str, tuple[str, set[str]]]:
    """By table: which rows, and the columns that are closed."""
    text = project_files(contract, sharing)[f"{MODEL}/roles/Vendor.tmdl"]
    found = {}
    for block in re.split(r"\n\n\t(?=tablePermission )", text)[1:]:
        table, rows = re.match(r"tablePermission (\w+) = (.+)", block).groups()
        found[table] = (rows, set(re.findall(r"columnPermission (\w+) = none", block)))
    assert len(found) > 40
    return found


def test_every_table_but_the_calendar_has_a_rule(contract, permissions):
    assert set(permissions) == set(contract.tables) - {EVERYONES} | {"vendor_login"}


def test_what_the_protocol_does_not_name_is_closed(contract, sharing, permissions):
    unnamed = set(contract.tables) - set(sharing.own_rows) - set(sharing.for_everyone) - {EVERYONES}
    assert {"alert_opening", "vendor_merger", "ecosystem_quarter", "data_trust"} <= unnamed
    assert {permissions[table][0] for table in unnamed} == {"FALSE()"}


def test_a_vendor_sees_the_rows_of_the_key_that_its_login_is_mapped_to(sharing, permissions):
    assert len(sharing.own_rows) > 10
    for table in sharing.own_rows:
        rows = permissions[table][0]
        assert rows.startswith("NOT ISBLANK([vendor_key]) && CONTAINS(vendor_login, vendor_login[login], ")
        assert "USERPRINCIPALNAME(), vendor_login[vendor_key], [vendor_key])" in rows


def test_columns_that_are_not_shared_are_closed(contract, sharing, permissions):
    for table, shared in sharing.own_rows.items():
        closed = permissions[table][1]
        assert closed == {column.name for column in contract.tables[table].columns} - set(shared.columns)
    assert "is_strategic" in permissions["dim_vendor"][1]
    assert "score_rank" in permissions["vendor_quarter_health"][1]


def test_withheld_rows_are_closed_and_so_are_those_that_do_not_say(permissions):
    rows = permissions["early_warning"][0]
    assert rows.endswith('&& NOT ISBLANK([rule_id]) && NOT ([rule_id] IN { "likely_late" })')


def test_a_login_sees_no_other_login(permissions):
    assert permissions["vendor_login"][0] == "[login] = USERPRINCIPALNAME()"


def test_nobody_is_a_vendor_until_the_mapping_is_filled(contract, sharing):
    text = project_files(contract, sharing)[f"{MODEL}/tables/vendor_login.tmdl"]
    assert "#table(type table [login = text, vendor_key = text], {})" in text
