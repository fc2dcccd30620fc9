with changes as (
    select * from {{ ref('int_restatement__change') }}
),

documents as (
    select * from {{ ref('int_restatement__document') }}
),

open_members as (
    select * from {{ ref('int_restatement__open_member') }}
),

vendors as (
    select * from {{ ref('dim_vendor') }}
),

-- a ratio over four quarters changes with what happened in any of them
reach as (
    select
        *,
        case
            when vendor_key is null then cast({{ dbt.dateadd('month', -9, 'period') }} as date)
            else period
        end as reaches_from
    from changes
),

matched as (
    select
        reach.value_key,
        reach.change_number,
        count(distinct case when documents.is_cancelled then documents.document_key end) as cancelled_documents,
        count(distinct case when documents.is_new and not documents.is_cancelled then documents.document_key end) as late_documents,
        count(distinct case when not documents.is_new and not documents.is_cancelled then documents.document_key end)
            as corrected_documents
    from reach
    inner join documents
        on
            reach.build_id = documents.build_id
            and (documents.month is null or (reach.reaches_from <= documents.month and reach.period_end > documents.month))
            and (reach.vendor_key is null or documents.is_of_all_vendors or reach.vendor_key = documents.vendor_key)
            and (
                reach.kpi_family is null
                or documents.families = ''
                or documents.families like '%,' || reach.kpi_family || ',%'
            )
    group by reach.value_key, reach.change_number
),

-- a score of a vendor depends on the mean of its category, so on documents of others
others as (
    select
        reach.value_key,
        reach.change_number,
        count(distinct documents.document_key) as documents_of_others
    from reach
    inner join documents
        on
            reach.build_id = documents.build_id
            and reach.period <= documents.month
            and reach.period_end > documents.month
            and reach.vendor_key <> documents.vendor_key
    where reach.mart = 'vendor_quarter_health'
    group by reach.value_key, reach.change_number
),

aged as (
    select distinct
        changes.value_key,
        changes.change_number
    from changes
    inner join open_members
        on
            (changes.vendor_key is null or changes.vendor_key = open_members.vendor_key)
            and changes.period <= open_members.month
            and changes.period_end > open_members.month
    where open_members.ended_at is null or open_members.ended_at > changes.before_at
)

select
    changes.value_key || '#' || cast(changes.change_number as string) as restatement_key,
    changes.mart,
    changes.metric_id,
    changes.vendor_key,
    vendors.vendor_name,
    changes.period_kind,
    changes.period,
    changes.from_value,
    changes.to_value,
    changes.from_n,
    changes.to_n,
    changes.definition_id,
    cast(changes.from_definition_version as integer) as from_definition_version,
    cast(changes.to_definition_version as integer) as to_definition_version,
    changes.former_published_at,
    changes.published_at,
    changes.build_id,
    changes.period_was_running,
    coalesce(changes.is_project_changed, false) as is_project_changed,
    coalesce(matched.late_documents, 0) as late_documents,
    coalesce(matched.corrected_documents, 0) as corrected_documents,
    coalesce(matched.cancelled_documents, 0) as cancelled_documents,
    coalesce(others.documents_of_others, 0) as documents_of_others,
    case
        when changes.period_was_running then 'period_was_running'
        when changes.from_definition_version <> changes.to_definition_version then 'definition_changed'
        when matched.cancelled_documents > 0 then 'cancelled_document'
        when matched.late_documents > 0 then 'late_document'
        when matched.corrected_documents > 0 then 'corrected_document'
        when changes.is_project_changed then 'project_changed'
        when others.documents_of_others > 0 then 'documents_of_others'
        when aged.value_key is not null then 'time_passed'
        else 'unexplained'
    end as reason
from changes
left join vendors on changes.vendor_key = vendors.vendor_key
left join matched
    on changes.value_key = matched.value_key and changes.change_number = matched.change_number
left join others
    on changes.value_key = others.value_key and changes.change_number = others.change_number
left join aged
    on changes.value_key = aged.value_key and changes.change_number = aged.change_number
