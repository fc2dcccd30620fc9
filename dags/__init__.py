"""Airflow DAGs, one file each: schedules, retries and documentation; the work is done by the parts they call."""
