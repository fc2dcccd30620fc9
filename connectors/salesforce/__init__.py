"""Salesforce: REST queries in SOQL, OAuth client credentials."""
