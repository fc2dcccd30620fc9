-- Both directions beside each other and never mixed; by vote, and by vendor with one vote each.
with votes as (
    select * from {{ ref('fct_survey_response') }}
    where is_counted and direction in ('vendor_rates_us', 'stakeholder_rates_vendor')
),

settings as (
    select * from {{ ref('int_kpi_setting') }}
),

-- a vendor with many respondents is one vendor: its mean is its vote; an account without a vendor speaks for itself
vendor_votes as (
    select
        wave_quarter,
        direction,
        coalesce(vendor_key, connection_id || ':' || crm_account_id) as party,
        avg(cast(score as double)) as score
    from votes
    group by wave_quarter, direction, coalesce(vendor_key, connection_id || ':' || crm_account_id)
),

ballots as (
    select
        wave_quarter,
        direction,
        'by_vote' as basis,
        cast(score as double) as score
    from votes
    union all
    select
        wave_quarter,
        direction,
        'by_vendor' as basis,
        score
    from vendor_votes
),

counted as (
    select
        wave_quarter,
        direction,
    {%- for basis in ['by_vote', 'by_vendor'] %}
    cast(sum(case when basis = '{{ basis }}' then 1 else 0 end) as bigint) as {{ basis }}_votes,
    cast(sum(case when basis = '{{ basis }}' and score >= 9 then 1 else 0 end) as bigint) as {{ basis }}_promoters,
    cast(sum(case when basis = '{{ basis }}' and score <= 6 then 1 else 0 end) as bigint)
        as {{ basis }}_detractors{{ ',' if not loop.last }}
    {%- endfor %}
    from ballots
    group by wave_quarter, direction
),

-- who answered in any earlier wave and not in this one
known as (
    select
        counted.wave_quarter,
        counted.direction,
        cast(count(distinct vendor_votes.party) as bigint) as parties_so_far
    from counted
    inner join vendor_votes
        on counted.direction = vendor_votes.direction and counted.wave_quarter >= vendor_votes.wave_quarter
    group by counted.wave_quarter, counted.direction
)

select
    counted.wave_quarter as quarter,
    counted.direction,
    {%- for basis, name in {'by_vote': 'nps', 'by_vendor': 'nps_by_vendor'}.items() %}
    {%- set score %}100 * (counted.{{ basis }}_promoters - counted.{{ basis }}_detractors) / cast(counted.{{ basis }}_votes as double){% endset %}
    {%- set margin = nps_margin('counted.' ~ basis ~ '_promoters', 'counted.' ~ basis ~ '_detractors', 'counted.' ~ basis ~ '_votes') %}
    case when counted.{{ basis }}_votes >= settings.nps_min_respondents then {{ score }} end as {{ name }},
    counted.{{ basis }}_votes as {{ name }}_n,
    case when counted.{{ basis }}_votes >= settings.nps_min_respondents then greatest({{ score }} - {{ margin }}, -100) end
        as {{ name }}_lower,
    case when counted.{{ basis }}_votes >= settings.nps_min_respondents then least({{ score }} + {{ margin }}, 100) end as {{ name }}_upper,
    {%- endfor %}
    known.parties_so_far - counted.by_vendor_votes as silent_vendors
from counted
inner join known
    on counted.wave_quarter = known.wave_quarter and counted.direction = known.direction
cross join settings
