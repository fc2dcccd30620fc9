-- Values of closed periods that a publication told differently from the one before.
with published as (
    select * from {{ ref('stg_ecosystem__published_value') }}
    where _is_readable
),

batches as (
    select * from {{ ref('stg_ecosystem__published_batch') }}
    where _is_readable
),

told as (
    select
        build_id,
        published_at,
        code_hash,
        _extracted_at
    from published
    union all
    select
        build_id,
        published_at,
        code_hash,
        _extracted_at
    from batches
),

publications as (
    select
        build_id,
        min(published_at) as published_at,
        min(code_hash) as code_hash,
        min(_extracted_at) as landed_at
    from told
    group by build_id
),

in_order as (
    select
        build_id,
        code_hash,
        lag(published_at) over (order by landed_at) as before_at,
        lag(code_hash) over (order by landed_at) as code_hash_before
    from publications
),

metrics as (
    select
        mart,
        metric_id,
        min(published_at) as first_published_at
    from published
    group by mart, metric_id
),

dated as (
    select
        published.*,
        in_order.before_at,
        in_order.code_hash <> in_order.code_hash_before as is_project_changed,
        cast(
            case published.period_kind
                when 'month' then {{ dbt.dateadd('month', 1, 'published.period') }}
                else {{ dbt.dateadd('month', 3, 'published.period') }}
            end as date
        ) as period_end
    from published
    inner join in_order on published.build_id = in_order.build_id
    inner join metrics
        on published.mart = metrics.mart and published.metric_id = metrics.metric_id
    -- a metric that nobody published before has no former value
    where in_order.before_at is not null and metrics.first_published_at < published.published_at
)

select
    value_key,
    change_number,
    mart,
    metric_id,
    {{ kpi_family('metric_id') }} as kpi_family,
    vendor_key,
    period_kind,
    period,
    period_end,
    previous_value as from_value,
    value as to_value,
    previous_n as from_n,
    n as to_n,
    definition_id,
    previous_definition_version as from_definition_version,
    definition_version as to_definition_version,
    build_id,
    previous_published_at as former_published_at,
    before_at,
    published_at,
    period_end > cast(before_at as date) as period_was_running,
    is_project_changed
from dated
where period_end <= cast(published_at as date)
