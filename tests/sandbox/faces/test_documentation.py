"""What docs/sandbox.md lists is what there is."""

import re
from typing import Any, get_args

from ecosystem.paths import project_root
from sandbox import faults
from sandbox.faces import salesforce, sap_odata_v2, sap_odata_v4, servicenow

TEXT = (project_root() / "docs" / "sandbox.md").read_text(encoding="utf-8")


def test_every_address_of_a_system_is_listed() -> None:
    addresses = {
        *(sap_odata_v4.ROOT + name for name in sap_odata_v4.ENTITY_SETS),
        *(f"{sap_odata_v2.ROOT}{service}/{name}" for service, names in sap_odata_v2.SERVICES.items() for name in names),
        *(servicenow.ROOT + name for name in servicenow.TABLES),
        salesforce.TOKEN_PATH,
        *(salesforce.ROOT + resource for resource in salesforce.RESOURCES),
    }
    assert set(re.findall(r"`(/(?:sap|services|api)/[^`*]*)`", TEXT)) == addresses
    assert all(f"`{name}`" in TEXT for name in salesforce.OBJECTS)


def test_every_control_request_is_listed(client: Any) -> None:
    listed = set(re.findall(r"^\| `((?:GET|POST|PUT) /sandbox/\w+)`", TEXT, re.MULTILINE))
    told = client.get("/sandbox/nope").json()["error"].partition("there are ")[2]
    assert listed == set(told.split(", "))
    assert len(listed) == 6


def test_every_kind_of_fault_is_listed() -> None:
    table = TEXT.partition("| kind |")[2].partition("## Mail")[0]
    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == set(get_args(faults.Kind))
