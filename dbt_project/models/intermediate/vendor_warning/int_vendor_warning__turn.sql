-- When a vendor's evidence turned: a cumulative sum of the scores that never falls below 0 reached the threshold of a watch or an alert,
-- or, once it had, a sum of its own of what speaks against the shift reached that of a recovery. After an alert the sum begins anew, so
-- that the next one tells of evidence of its own. The shift is likely to have begun when the sum last left 0.
with scores as (
    select * from {{ ref('int_vendor_warning__score') }}
),

rules as (
    {{ valid_vendor_rule() }}
),

histories as (
    select
        rule_id,
        vendor_key,
        {{ ordered_list({
            'known_date': 'known_date',
            'score': 'score',
            'alert_threshold': 'alert_threshold',
            'watch_threshold': 'watch_threshold',
            'recovery_threshold': 'recovery_threshold',
            'retell_days': 'retell_days',
            'lapse_days': 'lapse_days',
        }) }} as days
    from scores
    group by rule_id, vendor_key
),

folded as (
    select
        histories.rule_id,
        histories.vendor_key,
        {{ folded('histories.days', cusum_start(), cusum_step()) }} as state
    from histories
),

turns as (
    select
        rule_id,
        vendor_key,
        {{ each_element("state['turns']") }} as turned
    from folded
),

-- what lapsed and was never heard of again has no later day to say so
lapsed as (
    select
        folded.rule_id,
        folded.vendor_key,
        {{ add_days("folded.state['last_date']", 'rules.lapse_days') }} as turned_date,
        'lapse' as turn,
        cast(null as date) as since_date,
        folded.state['statistic'] as statistic,
        cast(0 as double) as threshold
    from folded
    inner join rules on folded.rule_id = rules.rule_id
    where folded.state['tier'] > 0 and {{ days_between("folded.state['last_date']", as_of_date()) }} > rules.lapse_days
)

select
    rule_id,
    vendor_key,
    turned['turned_date'] as turned_date,
    turned['turn'] as turn,
    turned['since_date'] as since_date,
    turned['statistic'] as statistic,
    turned['threshold'] as threshold
from turns
union all
select
    rule_id,
    vendor_key,
    turned_date,
    turn,
    since_date,
    statistic,
    threshold
from lapsed
