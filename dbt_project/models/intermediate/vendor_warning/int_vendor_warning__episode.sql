-- A time in which a vendor behaved otherwise than usual: from the first watch or alert until it recovered, or until nothing was
-- known of it any more. Its name is the day on which it was
-- first told; what is told later of it does not change it.
with turns as (
    select * from {{ ref('int_vendor_warning__turn') }}
),

numbered as (
    select
        *,
        coalesce(
            sum(case when turn in ('clear', 'lapse') then 1 else 0 end) over (
                partition by rule_id, vendor_key
                order by turned_date
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as episodes_before
    from turns
)

select
    rule_id,
    vendor_key,
    min(turned_date) as opened_date,
    min(since_date) as since_date,
    min(case when turn = 'alert' then turned_date end) as alerted_date,
    max(case when turn = 'alert' then turned_date end) as last_alert_date,
    sum(case when turn = 'alert' then 1 else 0 end) as alerts,
    max(case when turn in ('clear', 'lapse') then turned_date end) as cleared_date,
    max(case turn when 'clear' then 'recovered' when 'lapse' then 'no_longer_seen' end) as clear_reason
from numbered
group by rule_id, vendor_key, episodes_before
