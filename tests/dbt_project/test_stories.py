"""The sandbox's two stories come out of the marts: better sensors, a portal that people recommend and renew for."""

from datetime import UTC, datetime

import pytest

from sandbox.world import World

SOURCES = {
    "sap_s4hana": ("supplier",),
    "salesforce": ("account", "survey_response", "contract_renewal"),
    "servicenow": ("incident", "configuration_item", "outage"),
}
MARTS = ("fct_availability", "fct_survey_response", "fct_contract_renewal")


@pytest.fixture
def told(warehouse):
    world = World(seed=11, size=0.1)
    for system, entities in SOURCES.items():
        for entity in entities:
            warehouse.land_documents(system, entity, world.rows(entity), world.now())
    warehouse.build(datetime(2026, 6, 30, 18, tzinfo=UTC), *(f"+{mart}" for mart in MARTS))
    return warehouse, world.truth.stories


def test_the_stories_come_out_of_the_marts(told):
    warehouse, (sensors, portal) = told

    def one(query):
        (row,) = warehouse.rows(query)
        return row

    def up(first, last):
        return one(
            "select count(distinct configuration_item_key) as items,"
            " 1 - sum(unplanned_hours) / sum(scheduled_hours - planned_hours) as availability"
            f" from marts.fct_availability where vendor_key = 'erp_s4hana:{sensors.vendor}'"
            f" and month between date '{first}' and date '{last}'"
        )

    before, after = up(*sensors.before), up(*sensors.after)
    assert before["items"] == after["items"] == len(sensors.items)
    assert before["availability"] == pytest.approx(sensors.availability_before, abs=0.001)
    assert after["availability"] == pytest.approx(sensors.availability_after, abs=0.001)
    assert after["availability"] / before["availability"] == pytest.approx(1.4, abs=0.003)

    def nps(wave):
        return one(
            "select count(*) as n, 100.0 * sum(case vote when 'promoter' then 1 when 'detractor' then -1 else 0 end)"
            f" / count(*) as nps from marts.fct_survey_response where vendor_key = 'erp_s4hana:{portal.vendor}'"
            f" and direction = 'stakeholder_rates_vendor' and wave = '{wave}' and is_counted"
        )

    assert nps(portal.wave_before) == {"n": 40, "nps": portal.nps_before}
    assert nps(portal.wave_after) == {"n": 50, "nps": portal.nps_after}

    def days_ahead(operator):
        return one(
            "select count(*) as n, avg(lead_days) as days from marts.fct_contract_renewal"
            f" where vendor_key = 'erp_s4hana:{portal.vendor}' and state = 'signed'"
            f" and signed_on {operator} date '{portal.go_live}'"
            # those that fell due before anybody could sign early with the portal
            + (f" and due_date > date '{portal.go_live}' + 91 + 17" if operator == ">" else "")
        )

    usual, early = days_ahead("<="), days_ahead(">")
    assert usual["n"] >= 20
    assert early["n"] >= 8
    assert early["days"] - usual["days"] == pytest.approx(portal.renewals_forward_days, abs=4)
