"""A Power BI project (PBIP) generated from the marts' contract: a semantic model in TMDL and a report in PBIR."""
