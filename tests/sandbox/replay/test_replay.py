"""The replay as a source, on two small files."""

import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from sandbox.replay import FIRST_NOW, Replay, incident_log, scms
from sandbox.source import ENTITIES

ORDERS = """ID,PO / SO #,ASN/DN #,Fulfill Via,Vendor,Product Group,Item Description,PO Sent to Vendor Date,\
Scheduled Delivery Date,Delivered to Client Date,Delivery Recorded Date,Line Item Quantity,Line Item Value
1,SCMS-4,ASN-8,Direct Drop,Alder Labs,HRDT,Kit,11/13/06,02-Jan-07,02-Jan-07,02-Jan-07,19,551
"""
EVENTS = """number,ident_state,reassignment_count,reopen_count,sys_mod_count,made_sla,opened_at,sys_created_at,\
sys_updated_at,contact_type,category,category,priority,assignment_group,vendor,resolved_at,closed_at
1,Closed,0,0,1,true,1/2/2016 10:00,?,8/2/2016 10:00,Phone,5,6,3,?,?,2/2/2016 10:00,7/2/2016 10:00
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / scms.FILE_NAME).write_text("\ufeff" + ORDERS, encoding="utf-8")
    with zipfile.ZipFile(tmp_path / incident_log.FILE_NAME, "w") as archive:
        archive.writestr("incident_event_log/incident_event_log.csv", EVENTS)
    return tmp_path


def test_the_clock_moves_and_nothing_else(folder):
    replay = Replay(folder)
    assert replay.now() == FIRST_NOW == datetime(2017, 6, 30, 18, tzinfo=UTC)
    before = {entity: list(replay.rows(entity)) for entity in ENTITIES}
    replay.advance(3)
    assert replay.now() == FIRST_NOW + timedelta(days=3)
    assert {entity: list(replay.rows(entity)) for entity in ENTITIES} == before
    assert {entity: len(rows) for entity, rows in before.items() if rows} == {
        "purchase_order": 1, "material_document": 1, "supplier": 1, "incident": 1
    }  # fmt: skip


def test_what_the_files_do_not_hold_has_no_rows_and_what_nobody_holds_is_refused(folder):
    replay = Replay(folder)
    for entity in ("account", "survey_response", "innovation_proposal"):
        assert list(replay.rows(entity)) == []
    with pytest.raises(ValueError, match="no entity 'orders'"):
        replay.rows("orders")


def test_the_clock_neither_goes_back_nor_starts_before_the_files_end(folder):
    with pytest.raises(ValueError, match="cannot go back"):
        Replay(folder).advance(-1)
    with pytest.raises(ValueError, match="before its files end"):
        Replay(folder, start=datetime(2016, 1, 1, tzinfo=UTC))
    later = FIRST_NOW + timedelta(days=9)
    assert Replay(folder, start=later).now() == later
