"""What sqlfluff shows models instead of dbt's cross-database macros: a call of a function of the same name."""


def dateadd(datepart: str, interval: str | int, from_date_or_timestamp: str) -> str:
    """Looks like ``dateadd(date, interval)``."""
    return f"dateadd({from_date_or_timestamp}, {interval})"


def datediff(first_date: str, second_date: str, datepart: str) -> str:
    """Looks like ``datediff(first, second)``."""
    return f"datediff({first_date}, {second_date})"


def date_trunc(datepart: str, date: str) -> str:
    """Looks like ``date_trunc('month', date)``."""
    return f"date_trunc('{datepart}', {date})"


def split_part(text: str, delimiter: str, part: int) -> str:
    """Looks like ``split_part(text, delimiter, part)``."""
    return f"split_part({text}, {delimiter}, {part})"


def hash(field: str) -> str:
    """Looks like ``md5(field)``."""
    return f"md5({field})"
