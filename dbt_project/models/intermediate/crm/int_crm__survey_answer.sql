{{ config(materialized='ephemeral') }}

-- Canonical answers, and which of them are votes: the last one of each respondent, wave, direction and account.
with versions as (
    select * from {{ ref('stg_salesforce__survey_response') }}
),

newest as (
    {{ newest_readable('versions', ['response_id']) }}
),

answers as (
    select
        *,
        coalesce({{ quarter_start('wave') }}, {{ quarter_of('submitted_at') }}) as wave_quarter,
        -- the scale is 0 to 10: anything else is no vote
        case
            when submitted_at is null then 'no_time'
            when score is null or score < 0 or score > 10 then 'off_scale'
        end as doubt
    from newest
    where not _deleted
),

ranked as (
    select
        *,
        row_number() over (
            -- an answer without a respondent is nobody's second vote
            partition by connection_id, account_id, direction, wave_quarter, coalesce(respondent, response_id), doubt
            order by submitted_at desc, response_id desc
        ) as place
    from answers
)

select
    connection_id,
    response_id,
    account_id,
    direction,
    wave,
    wave_quarter,
    respondent,
    score,
    submitted_at,
    coalesce(doubt, case when place > 1 then 'superseded' end) as exclusion_reason
from ranked
