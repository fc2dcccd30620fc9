"""A vendor's page: how it does, what to act on, and the rows behind, from the rows of one vendor alone.

Buyers' pages and the vendor's own are made by the same code from different rows: what is not among the rows (a mart, a
column) is not on the page.
"""
