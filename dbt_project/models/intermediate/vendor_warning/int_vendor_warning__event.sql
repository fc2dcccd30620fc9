-- Everything but deliveries that speaks for or against a vendor, as it became known: `bad` of `amount` speak against it, with as many
-- `voices` as independent events would have. What happens all the time and speaks for the vendor (receipts) has no document of its own.
with rules as (
    {{ valid_vendor_rule() }}
),

lot_likeness as (
    select * from {{ ref('int_vendor_warning__lot_likeness') }}
),

lead_times as (
    select * from {{ ref('int_vendor_warning__lead_time_cohort') }}
),

invoice_lines as (
    select * from {{ ref('int_cost__line_baseline') }}
    where not is_price_outlier and last_paid_price > 0 and quantity > 0
),

invoices as (
    select * from {{ ref('fct_invoice_line') }}
),

answers as (
    select * from {{ ref('fct_survey_response') }}
    where direction = 'vendor_rates_us' and is_counted and vendor_key is not null
),

events as (
    select
        rule_id,
        vendor_key,
        known_date,
        document_kind,
        document,
        item,
        bad,
        amount
    from {{ ref('int_vendor_warning__quality_event') }}
    union all
    select
        rule_id,
        vendor_key,
        known_date,
        document_kind,
        document,
        item,
        bad,
        amount
    from {{ ref('int_vendor_warning__service_event') }}
    union all
    select
        'lead_time_growth' as rule_id,
        vendor_key,
        known_date,
        'orders_of_month' as document_kind,
        cast(month as string) as document,
        cast(null as string) as item,
        cast(slow_lines as double) as bad,
        cast(lines as double) as amount
    from lead_times
    union all
    select
        'price_jump' as rule_id,
        invoice_lines.vendor_key,
        invoice_lines.posting_date as known_date,
        'invoice' as document_kind,
        invoices.invoice as document,
        invoices.invoice_line as item,
        case
            when invoice_lines.amount_at_order_rate / invoice_lines.quantity > invoice_lines.last_paid_price * (1 + rules.tolerance_share)
                then 1
            else 0
        end as bad,
        1 as amount
    from invoice_lines
    inner join invoices on invoice_lines.invoice_line_key = invoices.invoice_line_key
    inner join rules on rules.rule_id = 'price_jump'
    union all
    select
        'relationship_drop' as rule_id,
        vendor_key,
        cast(submitted_at as date) as known_date,
        'survey' as document_kind,
        wave as document,
        cast(null as string) as item,
        case when vote = 'detractor' then 1 else 0 end as bad,
        1 as amount
    from answers
),

alike as (
    select
        events.*,
        coalesce(lot_likeness.overdispersion, rules.overdispersion) as overdispersion
    from events
    inner join rules on events.rule_id = rules.rule_id
    left join lot_likeness
        on events.rule_id = lot_likeness.rule_id and {{ month_of('events.known_date') }} = lot_likeness.month
    where events.known_date <= {{ as_of_date() }}
)

select
    rule_id,
    vendor_key,
    cast(known_date as date) as known_date,
    document_kind,
    document,
    item,
    cast(bad as double) as bad,
    cast(amount as double) as amount,
    overdispersion,
    -- what is alike says no more than its amount over the design effect
    cast(amount as double) / (1 + greatest(cast(amount as double) - 1, 0) * overdispersion) as voices,
    case when document is null then cast(amount as double) else 1 end as documents
from alike
