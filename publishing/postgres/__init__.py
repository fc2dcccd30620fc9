"""The publication on PostgreSQL: marts for buyers, views of their own rows for vendors."""
