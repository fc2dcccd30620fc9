"""ServiceNow: Table API, Basic authentication."""
