{#- A cumulative sum of scores that never falls below 0, as a fold over a vendor's days. Its state: the sum; the sum of what speaks for a
    recovery, which runs from a watch or an alert on; the day on which the sum last left 0; the tier (0 quiet, 1 watch, 2 alert); the day of
    the last alert; the last day; and the turns so far. -#}
{%- macro cusum_start() -%}
    {{ struct_of({
        'statistic': 'cast(0 as double)',
        'recovery': 'cast(0 as double)',
        'since_date': 'cast(null as date)',
        'tier': '0',
        'told_date': 'cast(null as date)',
        'last_date': 'cast(null as date)',
        'turns': empty_list_of({
            'turned_date': 'date', 'turn': 'string', 'since_date': 'date', 'statistic': 'double', 'threshold': 'double'
        }),
    }) }}
{%- endmacro -%}


{#- One day more. After an alert the sum begins anew, so that the next one rests on evidence of its own; within retell_days of the last
    one it is not told. A watch ends when its sum is back at 0, both end with a recovery, and when nothing was known for
    lapse_days, after which the sum begins anew. -#}
{%- macro cusum_step() -%}
    {%- set nothing, no_date = 'cast(0 as double)', 'cast(null as date)' -%}
    {%- set statistic = 'greatest(so_far.statistic + next.score, ' ~ nothing ~ ')' -%}
    {%- set recovery = 'case when so_far.tier > 0 then greatest(so_far.recovery - next.score, ' ~ nothing ~ ') else ' ~ nothing ~ ' end' -%}
    {%- set since = 'coalesce(so_far.since_date, next.known_date)' -%}
    {%- set fresh, fresh_since = 'greatest(next.score, ' ~ nothing ~ ')', 'case when next.score > 0 then next.known_date end' -%}
    {%- set quiet_days = days_between('so_far.last_date', 'next.known_date') -%}
    {%- set days_since_told = days_between('so_far.told_date', 'next.known_date') -%}
case
    when {{ quiet_days }} > next.lapse_days and so_far.tier = 0
        then {{ cusum_state(fresh, nothing, fresh_since, '0', 'so_far.told_date') }}
    when {{ quiet_days }} > next.lapse_days
        then {{ cusum_state(
            fresh, nothing, fresh_since, '0', no_date, ('lapse', no_date, 'so_far.statistic', nothing), add_days('so_far.last_date', 'next.lapse_days')
        ) }}
    when {{ statistic }} > next.alert_threshold and (so_far.told_date is null or {{ days_since_told }} >= next.retell_days)
        then {{ cusum_state(nothing, nothing, no_date, '2', 'next.known_date', ('alert', since, statistic, 'next.alert_threshold')) }}
    when {{ statistic }} > next.alert_threshold
        then {{ cusum_state(nothing, nothing, no_date, '2', 'so_far.told_date') }}
    when so_far.tier = 0 and {{ statistic }} > next.watch_threshold
        then {{ cusum_state(statistic, nothing, since, '1', no_date, ('watch', since, statistic, 'next.watch_threshold')) }}
    when so_far.tier > 0 and {{ recovery }} > next.recovery_threshold or so_far.tier = 1 and {{ statistic }} = 0
        then {{ cusum_state(nothing, nothing, no_date, '0', no_date, ('clear', no_date, recovery, 'next.recovery_threshold')) }}
    when {{ statistic }} = 0
        then {{ cusum_state(nothing, recovery, no_date, 'so_far.tier', 'so_far.told_date') }}
    else {{ cusum_state(statistic, recovery, since, 'so_far.tier', 'so_far.told_date') }}
end
{%- endmacro -%}


{#- `turn`: its name, the day since which the sum grew, and the value that passed a threshold; `turned_date` where it is not the day itself. -#}
{%- macro cusum_state(statistic, recovery, since, tier, told_date, turn=none, turned_date='next.known_date') -%}
    {{ struct_of({
        'statistic': statistic,
        'recovery': recovery,
        'since_date': since,
        'tier': tier,
        'told_date': told_date,
        'last_date': 'next.known_date',
        'turns': 'so_far.turns' if turn is none else appended('so_far.turns', struct_of({
            'turned_date': turned_date,
            'turn': "'" ~ turn[0] ~ "'",
            'since_date': turn[1],
            'statistic': turn[2],
            'threshold': turn[3],
        })),
    }) }}
{%- endmacro -%}
