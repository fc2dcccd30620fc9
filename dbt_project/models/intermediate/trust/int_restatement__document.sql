-- Documents that a restating build was the first to know of, or to know differently, with vendor and months they belong to.
{{ config(materialized='ephemeral') }}

with recorded_batches as (
    select
        batch_id,
        build_id,
        published_at
    from {{ ref('stg_ecosystem__published_batch') }}
    where _is_readable
),

restating_builds as (
    select distinct build_id
    from {{ ref('int_restatement__change') }}
    where not period_was_running
),

restating_batches as (
    select recorded_batches.*
    from recorded_batches
    inner join restating_builds on recorded_batches.build_id = restating_builds.build_id
),

crosswalk as (
    select * from {{ ref('int_crosswalk__vendor') }}
),

schedule_lines as (
    select * from {{ ref('fct_schedule_line') }}
),

versions as (
    {% for document in touched_documents() -%}
    {{ restated_versions(document) }}
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

documents as (
    select
        build_id,
        document_kind,
        families,
        is_of_all_vendors,
        connection_id,
        connection_id || ':' || document_kind || '/' || document_key as document_key,
        vendor_number,
        coalesce(account_id, organisation_id) as external_id,
        purchase_order,
        purchase_order_line,
        date_1,
        date_2,
        date_3,
        date_4,
        min(version_published_at) over (
            partition by build_id, document_kind, connection_id, document_key
        ) = published_at as is_new,
        max(case when is_cancelled and version_published_at = published_at then 1 else 0 end) over (
            partition by build_id, document_kind, connection_id, document_key
        ) = 1 as is_cancelled
    from versions
),

places as (
    select 1 as place
    union all
    select 2 as place
    union all
    select 3 as place
    union all
    select 4 as place
),

orders as (
    select distinct
        connection_id,
        purchase_order,
        vendor_key
    from schedule_lines
),

own_dates as (
    select
        documents.*,
        coalesce(
            crosswalk.vendor_key, documents.connection_id || ':' || documents.vendor_number, orders.vendor_key
        ) as vendor_key,
        case places.place
            when 1 then documents.date_1
            when 2 then documents.date_2
            when 3 then documents.date_3
            else documents.date_4
        end as belongs_to,
        documents.purchase_order is null
        and coalesce(documents.date_1, documents.date_2, documents.date_3, documents.date_4) is null as is_of_all_periods
    from documents
    cross join places
    left join crosswalk
        on documents.connection_id = crosswalk.connection_id and documents.external_id = crosswalk.external_id
    left join orders
        on documents.connection_id = orders.connection_id and documents.purchase_order = orders.purchase_order
),

of_lines as (
    select
        documents.*,
        schedule_lines.vendor_key,
        case places.place
            when 1 then schedule_lines.order_date
            when 2 then schedule_lines.first_promise_date
            when 3 then schedule_lines.latest_promise_date
            else schedule_lines.requested_date
        end as belongs_to,
        false as is_of_all_periods
    from documents
    inner join schedule_lines
        on
            documents.connection_id = schedule_lines.connection_id
            and documents.purchase_order = schedule_lines.purchase_order
            and coalesce(documents.purchase_order_line, schedule_lines.purchase_order_line) = schedule_lines.purchase_order_line
    cross join places
),

placed as (
    select * from own_dates
    union all
    select * from of_lines
)

select distinct
    build_id,
    document_kind,
    families,
    document_key,
    is_of_all_vendors,
    vendor_key,
    {{ month_of('belongs_to') }} as month,
    is_new,
    is_cancelled
from placed
where belongs_to is not null or is_of_all_periods
