"""One module for each page: what it asks the marts and how it answers, as data for the templates."""
