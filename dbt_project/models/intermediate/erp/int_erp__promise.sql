{{ config(materialized='view') }}
{%- set line_key = ['_order_bucket', 'purchase_order_line', 'schedule_line'] %}
{%- set version_key = ['purchase_order', 'purchase_order_line', 'schedule_line'] %}
{%- set key = line_key | join(', ') %}

-- Schedule lines, newest readable state, with first and latest promise and what the first one rests on. A line of one version has
-- its promises in it.
with versions as (
    select * from {{ touched(ref('stg_sap_s4hana__purchase_order_schedule_line'), '_order_bucket') }}
),

promise_versions as (
    select * from {{ ref('int_erp__promise_version') }}
),

confirmations as (
    select * from {{ ref('int_erp__order_confirmation') }}
),

newest as (
    {{ newest_readable('versions', version_key, {'first_landed_at': '_extracted_at'}) }}
),

for_nothing as (
    {{ holds_since('versions', 'newest', version_key, 'ordered_quantity = 0') }}
),

-- the statistics-relevant date can be overwritten too: the first one we landed is the closest to what was agreed
placed as (
    select
        *,
        row_number() over (
            partition by {{ key }}, statistics_date is null
            order by _ordered_at, _extracted_at, _batch_id, _row_number
        ) as place_of_statistics_date,
        row_number() over (
            partition by {{ key }}
            order by _ordered_at, _extracted_at, _batch_id, _row_number
        ) as place
    from versions
    where _is_readable and not coalesce(_is_only, false)
),

first_versions as (
    select
        {{ key }},
        max(case when place_of_statistics_date = 1 then statistics_date end) as statistics_date,
        max(case when place = 1 then ordered_quantity end) as ordered_quantity
    from placed
    where place_of_statistics_date = 1 or place = 1
    group by {{ key }}
),

landed_promises as (
    select
        {{ key }},
        max(case when promise_number = 1 then promise_date end) as first_date,
        max(case when is_latest then promise_date end) as latest_date,
        max(case when is_latest then previous_promise_date end) as previous_date,
        max(case when is_latest then ordered_at end) as changed_at,
        count(*) - 1 as changes,
        max(case when statistics_date <> previous_statistics_date and promise_number > 1 then 1 else 0 end) = 1 as is_agreed_anew
    from promise_versions
    group by {{ key }}
),

collected as (
    select
        newest.*,
        case when newest._is_only then newest.statistics_date else first_versions.statistics_date end as first_statistics_date,
        case
            when newest._is_only then case when not newest._deleted then newest.delivery_date end
            else landed_promises.first_date
        end as first_landed_date,
        case
            when newest._is_only then case when not newest._deleted then newest.delivery_date end
            else landed_promises.latest_date
        end as latest_landed_date,
        landed_promises.previous_date,
        landed_promises.changed_at as promise_changed_at,
        coalesce(landed_promises.changes, 0) as observed_promise_changes,
        coalesce(landed_promises.is_agreed_anew, false) as is_agreed_anew,
        coalesce({{ differs('first_versions.ordered_quantity', 'newest.ordered_quantity') }}, false)
        and first_versions.schedule_line is not null as is_quantity_changed,
        case when newest.ordered_quantity = 0 then coalesce(for_nothing.since, newest._ordered_at) end as nothing_ordered_since,
        confirmations.first_confirmed_date,
        confirmations.latest_confirmed_date
    from newest
    left join first_versions on {{ same_key('newest', 'first_versions', line_key) }}
    left join landed_promises on {{ same_key('newest', 'landed_promises', line_key) }}
    left join confirmations on {{ same_key('newest', 'confirmations', line_key) }}
    left join for_nothing on {{ same_key('newest', 'for_nothing', line_key) }}
)

select
    _order_bucket as order_bucket,
    connection_id,
    purchase_order,
    purchase_order_line,
    schedule_line,
    ordered_quantity,
    first_landed_at,
    first_landed_date as requested_date,
    coalesce(first_confirmed_date, first_statistics_date, first_landed_date) as first_promise_date,
    case
        when first_confirmed_date is not null then 'confirmation'
        when first_statistics_date is not null then 'statistics_date'
        when first_landed_date is not null then 'first_landed'
    end as first_promise_basis,
    coalesce(latest_confirmed_date, latest_landed_date, first_statistics_date) as latest_promise_date,
    previous_date as previous_promise_date,
    promise_changed_at,
    observed_promise_changes,
    is_agreed_anew,
    is_quantity_changed,
    nothing_ordered_since,
    _deleted,
    _ordered_at,
    _seen_ordered_at,
    _seen_extracted_at,
    is_newest_unreadable
from collected
