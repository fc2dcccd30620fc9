"""Data sources and a workbook for Tableau, generated from the marts' contract, on PostgreSQL or a ``.hyper`` file."""
