"""The versions of OData that SAP S/4HANA serves its entities with."""

ODATA_V4 = "OData V4"
ODATA_V2 = "OData V2"
