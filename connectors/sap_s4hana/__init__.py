"""SAP S/4HANA: OData V4 and V2, Basic authentication."""
