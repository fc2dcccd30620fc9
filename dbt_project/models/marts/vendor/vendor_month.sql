{% set parts = ['on_time', 'delivery', 'quality', 'cost', 'service', 'relationship'] -%}
{% set published = vendor_month_columns() -%}

with {% for part in parts -%}
{{ part }} as (
    select * from {{ ref('int_vendor_month__' ~ part) }}
),

{% endfor -%}
vendors as (
    select * from {{ ref('dim_vendor') }}
),

-- what moved before the first extraction of a connection is unknown
first_loads as (
    select
        connection_id,
        {{ month_of('min(extracted_at)') }} as first_month
    from {{ source('control', 'landed_batch') }}
    where entity = 'purchase_order'
    group by connection_id
),

settings as (
    select * from {{ ref('int_kpi_setting') }}
),

vendor_months as (
    {%- for part in parts %}
    select
        vendor_key,
        month
    from {{ part }}
    {%- if not loop.last %}
    union
    {%- endif %}
    {%- endfor %}
),

joined as (
    select
        vendors.vendor_key,
        vendors.vendor_name,
        vendors.category,
        vendors.is_strategic,
        vendor_months.month,
        on_time.first_promise_due,
        on_time.first_promise_on_time,
        on_time.latest_promise_due,
        on_time.latest_promise_on_time,
        on_time.requested_due,
        on_time.requested_on_time,
        delivery.slip_p50_days,
        delivery.slip_p90_days,
        delivery.slip_n,
        delivery.overdue_lines,
        delivery.lead_time_delivered_only_p50_days,
        delivery.lead_time_delivered_only_n,
        delivery.lead_time_open_lines,
        {%- for name in ['promise_moves_later', 'promise_moves_earlier'] %}
        case when vendor_months.month >= first_loads.first_month then coalesce(delivery.{{ name }}, 0) end as {{ name }},
        {%- endfor %}
        {%- for part, columns in published.items() %}
        {%- for column in columns %}
        {{ part }}.{{ column }},
        {%- endfor %}
        {%- endfor %}
        service.tickets_opened,
        service.tickets_resolved,
        service.ticket_gross_hours_p50,
        service.ticket_gross_hours_p90,
        service.tickets_decided,
        service.tickets_within_target,
        relationship.vendor_nps_votes,
        relationship.vendor_nps_promoters,
        relationship.vendor_nps_detractors,
        relationship.stakeholder_nps_votes,
        relationship.stakeholder_nps_promoters,
        relationship.stakeholder_nps_detractors,
        relationship.proposals_submitted,
        relationship.proposals_actionable,
        settings.nps_min_respondents
    from vendor_months
    inner join vendors on vendor_months.vendor_key = vendors.vendor_key
    left join first_loads on vendors.connection_id = first_loads.connection_id
    cross join settings
    {%- for part in parts %}
    left join {{ part }}
        on vendor_months.vendor_key = {{ part }}.vendor_key and vendor_months.month = {{ part }}.month
    {%- endfor %}
)

select
    vendor_key,
    vendor_name,
    category,
    is_strategic,
    month,
    {%- for basis in ['first_promise', 'latest_promise', 'requested'] %}
    {{ basis }}_on_time / nullif(cast({{ basis }}_due as double), 0) as otd_{{ basis }},
    coalesce({{ basis }}_due, 0) as otd_{{ basis }}_n,
    {{ wilson_lower(basis ~ '_on_time', basis ~ '_due') }} as otd_{{ basis }}_lower,
    {{ wilson_upper(basis ~ '_on_time', basis ~ '_due') }} as otd_{{ basis }}_upper,
    {%- endfor %}
    slip_p50_days,
    slip_p90_days,
    coalesce(slip_n, 0) as slip_n,
    overdue_lines,
    lead_time_delivered_only_p50_days,
    coalesce(lead_time_delivered_only_n, 0) as lead_time_delivered_only_n,
    lead_time_open_lines,
    promise_moves_later,
    promise_moves_earlier,
    {%- for columns in published.values() %}
    {%- for column in columns %}
    {{ 'coalesce(' ~ column ~ ', 0) as ' ~ column if column.endswith('_n') else column }},
    {%- endfor %}
    {%- endfor %}
    tickets_opened,
    tickets_resolved,
    ticket_gross_hours_p50,
    ticket_gross_hours_p90,
    tickets_within_target / nullif(cast(tickets_decided as double), 0) as tickets_within_target,
    coalesce(tickets_decided, 0) as tickets_within_target_n,
    {{ wilson_lower('tickets_within_target', 'tickets_decided') }} as tickets_within_target_lower,
    {{ wilson_upper('tickets_within_target', 'tickets_decided') }} as tickets_within_target_upper,
    {%- for name in ['vendor_nps', 'stakeholder_nps'] %}
    {%- set score %}100 * ({{ name }}_promoters - {{ name }}_detractors) / nullif(cast({{ name }}_votes as double), 0){% endset %}
    {%- set margin = nps_margin(name ~ '_promoters', name ~ '_detractors', name ~ '_votes') %}
    case when {{ name }}_votes >= nps_min_respondents then {{ score }} end as {{ name }},
    coalesce({{ name }}_votes, 0) as {{ name }}_n,
    case
        when {{ name }}_votes >= nps_min_respondents then greatest({{ score }} - {{ margin }}, -100)
    end as {{ name }}_lower,
    case
        when {{ name }}_votes >= nps_min_respondents then least({{ score }} + {{ margin }}, 100)
    end as {{ name }}_upper,
    {%- endfor %}
    proposals_submitted,
    proposals_actionable
from joined
