"""What do prices do to our cost?"""

from publishing.site import figures
from publishing.site.figures import Figure
from publishing.site.pages.alert_tables import open_vendor_warnings, vendor_warning_table
from publishing.site.pages.kpi_table import kpi_table
from publishing.site.pages.series import Measure, drawing, tile
from publishing.site.sections import Column, Page, Section, table
from publishing.site.source import Result, Source

BASELINES = tuple(
    Measure(
        f"price-variance-{key.replace('_', '-')}",
        f"Prices against {words}",
        "share",
        "invoice lines",
        "price_variance",
        "price_variance",
        "ERP",
        direction="at most",
    )
    for key, words in (
        ("contract", "contract prices"),
        ("standard", "standard prices"),
        ("last_paid", "last paid prices"),
    )
)


def price_quarters(source: Source, measure: Measure) -> Result:
    """Price variance over baseline amount, of all vendors and materials that have the baseline."""
    return source.read(
        f"quarters-{measure.key}",
        "select quarter, (sum(price_variance) / nullif(sum(baseline_amount), 0))::double as value,"
        " sum(compared_lines)::bigint as n, sum(price_variance) as price_variance,"
        " sum(baseline_amount) as baseline_amount,"
        " sum(outlier_lines)::bigint as outlier_lines,"
        " (sum(price_variance_without_outliers) / nullif(sum(baseline_amount), 0))::double as value_without_outliers"
        " from price_variance where baseline = $baseline group by quarter order by quarter",
        {"baseline": measure.key.removeprefix("price-variance-").replace("-", "_")},
    )


def cost(source: Source) -> Page:
    """Price variance by baseline, what made up the change of cost, and the vendors and materials behind it."""
    series = {one: price_quarters(source, one) for one in BASELINES}
    tiles = tuple(tile(source, one, rows) for one, rows in series.items())
    invoiced = _invoiced(source)
    vendors = open_vendor_warnings(source, "cost")
    period = figures.quarter(source.full_quarter)
    money = f"money({source.currency})"
    contract = tiles[0]
    direction = "" if contract.value is None else " dearer" if contract.value > 0 else " cheaper"
    amount = contract.text.removeprefix("−")
    return Page(
        path="cost.html",
        title="Cost",
        headline=f"{amount}{direction} than the contracts in {period}"
        if direction
        else f"No contract price to compare with in {period}",
        lead="Above zero is dearer than the baseline. Each baseline is a question of its own: what was agreed, what was"
        " planned, what was paid before.",
        sections=(
            Section("The last full quarter", tiles=(*tiles, _invoiced_tile(source, invoiced, money))),
            Section("How it went", drawings=tuple(drawing(source, one, rows) for one, rows in series.items())),
            Section(
                "What changed our cost against the year before",
                "Price, currency, volume and mix add up to the cost variance, to the cent.",
                tables=(
                    table(
                        _variance(source),
                        (
                            Column("quarter", "Quarter", "quarter"),
                            Column("price_variance", "Price", money, definition_id="price_variance"),
                            Column("fx_variance", "Currency", money),
                            Column("volume_variance", "Volume", money),
                            Column("mix_variance", "Mix", money),
                            Column("cost_variance", "All", money, n="compared_lines", definition_id="cost_variance"),
                        ),
                        caption="Against contract prices; quarters that are over.",
                        noun="quarter",
                    ),
                ),
            ),
            Section("Vendors whose prices jump", f"{vendors.words}.", tables=(vendor_warning_table(vendors),)),
            Section(
                "Vendors by price against the contract",
                tables=(
                    kpi_table(source, "price_variance_contract", "Price above contract", "share", "price_variance"),
                ),
            ),
            Section(
                "Materials that cost more than agreed",
                tables=(
                    table(
                        _materials(source),
                        (
                            Column("vendor_name", "Vendor", "vendor"),
                            Column("material", "Material"),
                            Column("price_variance", "Paid above contract", money, n="compared_lines"),
                            Column("price_variance_share", "Share", "share", definition_id="price_variance"),
                            Column("outlier_lines", "Like errors of unit", ""),
                        ),
                        caption=f"Materials in {period}, the dearest first; likely errors of unit are counted.",
                        limit=15,
                        noun="material",
                    ),
                ),
            ),
        ),
        files=(*series.values(), invoiced),
    )


def _invoiced(source: Source) -> Result:
    return source.read(
        "quarters-invoiced-amount",
        "select date_trunc('quarter', month)::date as quarter, sum(invoiced_amount)::decimal(18, 2) as value,"
        " sum(invoiced_amount_n)::bigint as n, count(distinct vendor_key) filter (invoiced_amount_n > 0) as vendors"
        " from vendor_month group by all order by quarter",
    )


def _invoiced_tile(source: Source, invoiced: Result, unit: str) -> Figure:
    measure = Measure("invoiced-amount", "Invoiced", unit, "invoice lines", "invoiced_amount", "vendor_month", "ERP")
    return tile(source, measure, invoiced)


def _variance(source: Source) -> Result:
    return source.read(
        "cost-variance",
        "select quarter, sum(price_variance) as price_variance, sum(fx_variance) as fx_variance,"
        " sum(volume_variance) as volume_variance, sum(mix_variance) as mix_variance,"
        " sum(cost_variance) as cost_variance,"
        " sum(compared_lines)::bigint as compared_lines from price_variance"
        " where baseline = 'contract' and is_quarter_over and cost_variance is not null"
        " group by quarter order by quarter desc",
    )


def _materials(source: Source) -> Result:
    return source.read(
        "materials-above-contract",
        "select p.vendor_key, v.vendor_name, material, price_variance, price_variance_share, compared_lines,"
        " outlier_lines, baseline_price, actual_amount, baseline_amount, base_unit"
        " from price_variance as p left join dim_vendor as v using (vendor_key)"
        " where baseline = 'contract' and quarter = $quarter and price_variance > 0"
        " order by price_variance desc, price_variance_key",
        {"quarter": source.full_quarter},
    )
