with answers as (
    select * from {{ ref('int_crm__survey_answer') }}
),

crosswalk as (
    select * from {{ ref('int_crosswalk__vendor') }}
    where kind = 'crm'
)

select
    answers.connection_id || ':' || answers.response_id as response_key,
    answers.connection_id,
    crosswalk.vendor_key,
    answers.account_id as crm_account_id,
    answers.direction,
    answers.wave,
    answers.wave_quarter,
    answers.submitted_at,
    answers.score,
    case
        when answers.exclusion_reason in ('off_scale', 'no_time') then null
        when answers.score >= 9 then 'promoter'
        when answers.score <= 6 then 'detractor'
        else 'passive'
    end as vote,
    answers.exclusion_reason is null as is_counted,
    answers.exclusion_reason
from answers
left join crosswalk
    on answers.connection_id = crosswalk.connection_id and answers.account_id = crosswalk.external_id
