"""Computes DAX measures and Tableau's calculated fields in DuckDB, by what both languages document.

Only what the measures use is known; a null is DAX's BLANK.
"""

import re

import duckdb

_DAX_CALL = re.compile(r"\b(SUMX|MAXX|COUNTROWS|ISEMPTY|DIVIDE|IF|ISBLANK|MAX|MIN|FILTER)\(")


def tableau(connection: duckdb.DuckDBPyConnection, formula: str, table: str) -> object:
    sql = re.sub(r'"([^"]*)"', r"'\1'", formula)
    sql = re.sub(r"\[([^\]]+)\]", r'"\1"', sql)
    sql = re.sub(r'ISNULL\(("[^"]+")\)', r"(\1 IS NULL)", sql)
    sql = re.sub(r"\bIF\b", "CASE WHEN", sql)
    sql = sql.replace("MAX(0.0,", "greatest(0.0,").replace("MIN(1.0,", "least(1.0,")
    return connection.execute(f"select {sql} from {table}").fetchone()[0]


def dax(connection: duckdb.DuckDBPyConnection, lines: tuple[str, ...]) -> object:
    tables: list[str] = []
    scalars: list[str] = []
    for line in lines[:-1]:
        name, value = re.fullmatch(r"VAR (\w+) = (.+)", line).groups()
        if value.startswith(("FILTER(", "'")):
            tables.append(f"{name} as ({_table(value)})")
        else:
            # BLANK plus a number is that number.
            sql = re.sub(r"^(.*) \+ 0$", r"coalesce(\1, 0)", _sql(value))
            scalars.append(f"{name} as (select {_with(scalars, sql)} as v)")
    result = _with(scalars, _sql(lines[-1].removeprefix("RETURN ")))
    return connection.execute(f"with {', '.join([*tables, *scalars])} select {result}").fetchone()[0]


def _with(scalars: list[str], sql: str) -> str:
    for name in (scalar.split(" ")[0] for scalar in scalars):
        sql = re.sub(rf"\b{name}\b", f"(select v from {name})", sql)
    return sql


def _table(text: str) -> str:
    if text.startswith("FILTER("):
        source, condition = _arguments(text, len("FILTER("))[0]
        return f"select * from ({_table(source)}) where {_sql(condition)}"
    return f"select * from {text.strip(chr(39))}"


def _sql(text: str) -> str:
    found = _DAX_CALL.search(text)
    if found is None:
        plain = re.sub(r"'[^']*'\[([^\]]+)\]", r'"\1"', text)
        plain = re.sub(r'= "([^"]*)"', r"= '\1'", plain) if " = " in plain else plain
        return plain.replace("&&", "AND").replace("TRUE()", "true").replace("FALSE()", "false")
    arguments, end = _arguments(text, found.end())
    head, tail = _sql(text[: found.start()]), _sql(text[end:])
    return f"{head}{_call(found.group(1), arguments)}{tail}"


def _call(function: str, arguments: list[str]) -> str:
    match function:
        case "SUMX" | "MAXX":
            return f"(select {function[:3]}({_sql(arguments[1])}) from ({_table(arguments[0])}))"
        case "COUNTROWS":
            return f"(select nullif(count(*), 0) from ({_table(arguments[0])}))"
        case "ISEMPTY":
            return f"(select count(*) = 0 from ({_table(arguments[0])}))"
        case "DIVIDE":
            return f"(({_sql(arguments[0])}) / nullif({_sql(arguments[1])}, 0))"
        case "IF":
            otherwise = f" else {_sql(arguments[2])}" if len(arguments) == 3 else ""
            return f"(case when {_sql(arguments[0])} then {_sql(arguments[1])}{otherwise} end)"
        case "ISBLANK":
            return f"({_sql(arguments[0])} is null)"
        case "MAX" | "MIN":
            name = {"MAX": "greatest", "MIN": "least"}[function]
            return f"{name}({', '.join(_sql(argument) for argument in arguments)})"
    raise AssertionError(f"{function} stands where no value can")


def _arguments(text: str, start: int) -> tuple[list[str], int]:
    """The arguments of a call whose parenthesis ends before ``start``, and where the call ends."""
    depth, last, found = 1, start, []
    for place in range(start, len(text)):
        sign = text[place]
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth == 0 or (depth == 1 and sign == ","):
            found.append(text[last:place].strip())
            last = place + 1
        if depth == 0:
            return found, place + 1
    raise AssertionError(f"a parenthesis is left open in {text}")
