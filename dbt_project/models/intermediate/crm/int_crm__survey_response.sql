-- One vote for each respondent, wave, direction and account: the last one counts.
with answers as (
    select * from {{ ref('int_crm__survey_answer') }}
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
from answers
where exclusion_reason is null
