-- What became of each key of an entity on its way to the fact that holds it.
{{ config(materialized='ephemeral') }}

with keys as (
    {% for fact in reconciled_facts() -%}
    {{ reconciled_keys(fact) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- money by currency: what one lacks does not make up for what another has too much
values_by_currency as (
    select
        system,
        connection_id,
        entity,
        currency,
        sum(staged_value) as staged_value,
        sum(left_out_value) as left_out_value,
        sum(mart_value) as mart_value
    from (
        select
            system,
            connection_id,
            entity,
            staged_currency as currency,
            staged_value,
            case when outcome = 'in_mart' then 0 else staged_value end as left_out_value,
            0 as mart_value
        from keys
        where outcome not in ('unreadable', 'without_source') and staged_value is not null
        union all
        select
            system,
            connection_id,
            entity,
            mart_currency as currency,
            0 as staged_value,
            0 as left_out_value,
            mart_value
        from keys
        where mart_value is not null
    ) as sides
    group by system, connection_id, entity, currency
),

valued as (
    select
        system,
        connection_id,
        entity,
        cast(count(*) as bigint) as currencies,
        sum(abs(staged_value - left_out_value - mart_value)) as unexplained_value
    from values_by_currency
    group by system, connection_id, entity
),

counted as (
    select
        system,
        connection_id,
        entity,
        fact,
        max(nullif(measure, '')) as measure,
        cast(sum(case when outcome <> 'without_source' then 1 else 0 end) as bigint) as staged_keys,
        cast(sum(case when outcome = 'unreadable' then 1 else 0 end) as bigint) as unreadable_keys,
        cast(sum(case when outcome = 'deleted' then 1 else 0 end) as bigint) as deleted_keys,
        cast(sum(case when outcome = 'without_parent' then 1 else 0 end) as bigint) as keys_without_parent,
        cast(sum(case when outcome = 'no_movement_of_an_order' then 1 else 0 end) as bigint) as keys_of_no_order,
        cast(sum(case when outcome in ('in_mart', 'without_source') then 1 else 0 end) as bigint) as mart_rows,
        cast(sum(case when outcome in ('unexplained', 'without_source') then 1 else 0 end) as bigint) as unexplained_keys,
        sum(case when outcome not in ('unreadable', 'without_source') then staged_amount end) as staged_amount,
        sum(case when outcome not in ('unreadable', 'without_source', 'in_mart') then staged_amount else 0 end) as left_out_amount,
        sum(mart_amount) as mart_amount
    from keys
    group by system, connection_id, entity, fact
)

select
    counted.*,
    valued.currencies,
    valued.unexplained_value
from counted
left join valued
    on {{ same_key('counted', 'valued', ['system', 'connection_id', 'entity']) }}
