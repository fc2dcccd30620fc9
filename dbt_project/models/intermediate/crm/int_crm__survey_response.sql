-- One vote for each respondent, wave, direction and account: the last one counts.
with versions as (
    select * from {{ ref('stg_salesforce__survey_response') }}
),

newest as (
    {{ newest_readable('versions', ['response_id']) }}
),

answers as (
    select
        *,
        coalesce({{ quarter_start('wave') }}, {{ quarter_of('submitted_at') }}) as wave_quarter
    from newest
    -- the scale is 0 to 10: anything else is no vote
    where not _deleted and score between 0 and 10 and submitted_at is not null
),

ranked as (
    select
        *,
        row_number() over (
            -- an answer without a respondent is nobody's second vote
            partition by connection_id, account_id, direction, wave_quarter, coalesce(respondent, response_id)
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
    submitted_at
from ranked
where place = 1
