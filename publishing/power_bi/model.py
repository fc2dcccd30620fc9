"""The semantic model in TMDL: one table for each mart, relationships, measures, parameters and roles."""

from collections.abc import Mapping, Sequence

from config.sharing import SharingSettings
from ecosystem.errors import EcosystemError
from publishing.power_bi import roles, tmdl
from publishing.power_bi.dax import Formula, formulas
from publishing.power_bi.formats import data_type, format_string
from publishing.power_bi.relationships import Relationship, relationships
from publishing.semantic.contract import Column, Contract, Table
from publishing.semantic.dates import CALENDAR, DAY, tables_without_a_date
from publishing.semantic.hidden import hidden_columns
from publishing.semantic.identity import stable_id
from publishing.semantic.measures import Measure, measures

# The level of Power BI Desktop from 2021 on; what is used here needs no newer one.
COMPATIBILITY_LEVEL = 1567
PARAMETERS = (
    ("ServerName", "localhost", "Name or address of the PostgreSQL server, with :port when it is not 5432."),
    ("DatabaseName", "ecosystem", "Name of the database."),
    ("SchemaName", "marts", "Schema that holds the marts."),
)


def files(contract: Contract, sharing: SharingSettings) -> Mapping[str, str]:
    """Every file of the model's ``definition`` folder, by its path.

    Raises:
        EcosystemError: a mart with dates says not which of them it is looked at by.
    """
    if undated := tables_without_a_date(contract):
        raise EcosystemError(
            f"Nothing says by which date {undated[0]} is looked at: name it in DATE_OF_TABLE of "
            "publishing/semantic/dates.py."
        )
    of_table: dict[str, list[Measure]] = {}
    for measure in measures(contract):
        of_table.setdefault(measure.table, []).append(measure)
    tables = {table.name: _table(table, of_table.get(table.name, ())) for table in contract.tables.values()}
    return {
        "database.tmdl": tmdl.document(tmdl.block("database", [f"compatibilityLevel: {COMPATIBILITY_LEVEL}"])),
        "model.tmdl": _model([*tables, roles.LOGINS]),
        "expressions.tmdl": tmdl.document(*(_parameter(*parameter) for parameter in PARAMETERS)),
        "relationships.tmdl": tmdl.document(*(_relationship(one) for one in relationships(contract))),
        "roles/Buyer.tmdl": roles.buyer(),
        "roles/Vendor.tmdl": roles.vendor(contract, sharing),
        **{f"tables/{name}.tmdl": text for name, text in tables.items()},
        f"tables/{roles.LOGINS}.tmdl": _logins(),
    }


def _model(tables: Sequence[str]) -> str:
    settings = ["culture: en-US", "defaultPowerBIDataSourceVersion: powerBI_V3", "discourageImplicitMeasures"]
    order = ", ".join(f'"{name}"' for name in (*(name for name, *_ in PARAMETERS), *tables))
    return tmdl.document(
        tmdl.block("model Model", [*settings, "sourceQueryCulture: en-US"]),
        ["annotation __PBI_TimeIntelligenceEnabled = 0"],
        [f"annotation PBI_QueryOrder = [{order}]"],
        [f"ref table {tmdl.name(name)}" for name in tables],
        ["ref role Buyer", "ref role Vendor"],
    )


def _parameter(name: str, default: str, description: str) -> list[str]:
    meta = 'meta [IsParameterQuery=true, Type="Text", IsParameterQueryRequired=true]'
    return tmdl.described(
        description,
        tmdl.block(
            f'expression {name} = "{default}" {meta}',
            [f"lineageTag: {stable_id('expression', name)}"],
            ["annotation PBI_ResultType = Text"],
        ),
    )


def _relationship(one: Relationship) -> list[str]:
    identity = stable_id("relationship", one.table, one.column, one.to_table)
    lines = [
        *([] if one.is_active else ["isActive: false"]),
        f"fromColumn: {tmdl.name(one.table)}.{tmdl.name(one.column)}",
        f"toColumn: {tmdl.name(one.to_table)}.{tmdl.name(one.to_column)}",
    ]
    return tmdl.block(f"relationship {identity}", lines)


def _table(table: Table, of_table: Sequence[Measure]) -> str:
    hidden = hidden_columns(table, of_table)
    settings = [
        f"lineageTag: {stable_id('table', table.name)}",
        *(["dataCategory: Time"] if table.name == CALENDAR else []),
    ]
    return tmdl.document(
        tmdl.described(
            table.description,
            tmdl.block(
                f"table {tmdl.name(table.name)}",
                settings,
                *(_measure(formula) for measure in of_table for formula in formulas(measure)),
                *(_column(table, column, column.name in hidden) for column in table.columns),
                _partition(table.name, _source(table)),
            ),
        )
    )


def _measure(formula: Formula) -> list[str]:
    settings = [
        *_format(format_string(formula.unit, "VARCHAR" if formula.unit == "text" else "DOUBLE")),
        f"displayFolder: {formula.folder}" + ("" if formula.main else "\\Counts and bounds"),
        f"lineageTag: {stable_id('measure', formula.name)}",
    ]
    head = [f"measure {tmdl.name(formula.name)} =", *tmdl.indented(formula.lines, 2)]
    return tmdl.described(formula.description, [*head, *tmdl.indented(settings)])


def _column(table: Table, column: Column, is_hidden: bool) -> list[str]:
    type_ = data_type(table.name, column.name, column.type)
    settings = [
        f"dataType: {type_}",
        *(["isHidden"] if is_hidden else []),
        *(["isKey"] if (table.name, column.name) == (CALENDAR, DAY) else []),
        *_format(format_string(column.unit, column.type)),
        f"lineageTag: {stable_id('column', table.name, column.name)}",
        "summarizeBy: none",
        f"sourceColumn: {column.name}",
    ]
    head = f"column {tmdl.name(column.name)}"
    return tmdl.described(column.description, tmdl.block(head, settings, ["annotation SummarizationSetBy = User"]))


def _format(shown: str) -> list[str]:
    return [f"formatString: {shown}"] if shown else []


def _source(table: Table) -> list[str]:
    """The table's rows in M: only what the contract names, and an error when the database lacks some of it."""
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    return [
        "let",
        "\tSource = PostgreSQL.Database(ServerName, DatabaseName, [CreateNavigationProperties = false]),",
        f'\tRows = Source{{[Schema = SchemaName, Item = "{table.name}"]}}[Data],',
        f"\tContract = Table.SelectColumns(Rows, {{{columns}}}, MissingField.Error)",
        "in",
        "\tContract",
    ]


def _partition(name: str, source: Sequence[str]) -> list[str]:
    return [
        f"partition {tmdl.name(name)} = m",
        "\tmode: import",
        "\tsource =",
        *tmdl.indented(source, 3),
    ]


def _logins() -> str:
    """Which sign-in name belongs to which vendor: empty, so that the role Vendor shows nothing until it is filled."""
    description = "Which sign-in name (user principal name) belongs to which vendor; empty until you fill its query."
    columns = [_login_column("login", "The user principal name."), _login_column("vendor_key", "See dim_vendor.")]
    source = ["let", "\tSource = #table(type table [login = text, vendor_key = text], {})", "in", "\tSource"]
    head = ["isHidden", f"lineageTag: {stable_id('table', roles.LOGINS)}"]
    lines = tmdl.block(f"table {roles.LOGINS}", head, *columns, _partition(roles.LOGINS, source))
    return tmdl.document(tmdl.described(description, lines))


def _login_column(name: str, description: str) -> list[str]:
    settings = [
        "dataType: string",
        "isHidden",
        f"lineageTag: {stable_id('column', roles.LOGINS, name)}",
        "summarizeBy: none",
        f"sourceColumn: {name}",
    ]
    head = tmdl.block(f"column {name}", settings, ["annotation SummarizationSetBy = User"])
    return tmdl.described(description, head)
