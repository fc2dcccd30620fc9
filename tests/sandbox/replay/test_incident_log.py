"""Each trap of the incident log, on small samples."""

import hashlib
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.replay import ReplayFileError, incident_log

HEADER = (
    "number,ident_state,reassignment_count,reopen_count,sys_mod_count,made_sla,opened_at,sys_created_at,sys_updated_at,"
    "contact_type,category,category,priority,assignment_group,vendor,resolved_at,closed_at"
)


def event(
    number="0000045",
    state="New",
    changes=0,
    updated="29/2/2016 01:23",
    vendor="?",
    created="29/2/2016 01:23",
    resolved="29/2/2016 11:29",
    category="55",
    made_sla="true",
):
    return (
        f"{number},{state},1,0,{changes},{made_sla},29/2/2016 01:16,{created},{updated},Phone,"
        f"{category},170,3,?,{vendor},{resolved},5/3/2016 12:00"
    )


def parse(*events):
    return incident_log.parse_incidents([HEADER, *events])


@settings(deadline=None, derandomize=True)
@given(st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)))  # noqa: DTZ001
def test_instants_are_read_with_the_day_first_and_as_utc(instant):
    text = f"{instant.day}/{instant.month}/{instant.year} {instant:%H:%M}"
    assert incident_log.read_instant(text) == instant.replace(second=0, microsecond=0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "2016-02-29 01:16", "29/2/16 01:16", "29/2/2016", "29/13/2016 01:16", "30/2/2016 01:16"]
)
def test_an_unknown_spelling_of_an_instant_is_refused(text):
    with pytest.raises(ValueError):
        incident_log.read_instant(text)


def test_the_last_event_is_the_state_wherever_it_stands_in_the_log():
    newest = event(state="Closed", changes=10, updated="5/3/2016 12:00")
    for events in ([event(), newest, event(state="Resolved", changes=9)], [newest, event()]):
        (incident,) = parse(*events)
        assert incident["state"] == "7"
        assert incident["sys_updated_on"] == datetime(2016, 3, 5, 12, tzinfo=UTC)


def test_events_with_one_change_count_are_ordered_by_update_time_then_place():
    (later_time,) = parse(
        event(state="Closed", updated="1/3/2016 00:00"), event(state="New", updated="29/2/2016 00:00")
    )
    (later_place,) = parse(event(state="New"), event(state="Resolved"))
    assert (later_time["state"], later_place["state"]) == ("7", "6")


def test_unknown_values_are_missing():
    (incident,) = parse(event(created="?", resolved="?"))
    assert incident["sys_created_on"] is None
    assert incident["resolved_at"] is None
    assert incident["assignment_group"] == ""
    assert (incident["vendor"], incident["vendor.name"]) == ("", "")


def test_a_vendor_gets_an_id_of_its_own_and_keeps_its_name():
    (incident,) = parse(event(vendor="Vendor 1"))
    assert incident["vendor.name"] == "Vendor 1"
    assert incident["vendor"] == hashlib.md5(b"core_company/Vendor 1").hexdigest()
    assert incident["sys_id"] == hashlib.md5(b"0000045").hexdigest()


def test_the_first_of_two_category_columns_is_the_category():
    assert parse(event(category="55"))[0]["category"] == "55"


def test_blank_lines_are_passed_over():
    assert len(parse("", event(), "", "  ", event(number="0000047"), "")) == 2


def test_every_state_of_the_log_has_a_code():
    for name, code in incident_log.STATE_CODES.items():
        assert parse(event(state=name))[0]["state"] == code


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"state": "Sleeping"}, "Sleeping"),
        ({"made_sla": "maybe"}, "maybe"),
        ({"resolved": "soon"}, "soon"),
        ({"updated": "?"}, "no place in the order"),
        ({"changes": "x"}, "invalid literal"),
    ],
)
def test_a_value_that_cannot_be_read_is_named_with_its_incident(change, text):
    with pytest.raises(ReplayFileError, match=rf"incident 0000045.*{text}"):
        parse(event(**change))


def test_another_file_or_archive_is_refused(tmp_path):
    with pytest.raises(ReplayFileError, match="no column 'number'"):
        incident_log.parse_incidents(["a,b", "1,2"])
    with pytest.raises(ReplayFileError, match="3 cells instead of"):
        parse("1,2,3")
    with pytest.raises(ReplayFileError, match="is missing: download"):
        incident_log.read_incidents(tmp_path)
    with zipfile.ZipFile(tmp_path / incident_log.FILE_NAME, "w") as archive:
        archive.writestr("readme.txt", "nothing here")
    with pytest.raises(ReplayFileError, match="exactly one CSV file; it holds 0"):
        incident_log.read_incidents(tmp_path)
