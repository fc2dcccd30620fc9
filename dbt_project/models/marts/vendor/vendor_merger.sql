-- Who became part of whom, from a day on. The chain is followed (four mergers) so that a reader adds up with one join.
with mergers as (
    select * from {{ ref('seed_vendor_merger') }}
    where valid_from <= {{ as_of_date() }}
),

dated as (
    select
        from_vendor_key,
        to_vendor_key,
        valid_from,
        lead(valid_from) over (
            partition by from_vendor_key
            order by valid_from
        ) as valid_to,
        reason,
        owner
    from mergers
),

-- a vendor that points to itself stands on its own again
current_mergers as (
    select
        from_vendor_key,
        to_vendor_key
    from dated
    where valid_to is null and to_vendor_key <> from_vendor_key
)

select
    dated.from_vendor_key,
    dated.to_vendor_key,
    coalesce(
        fourth.to_vendor_key, third.to_vendor_key, second.to_vendor_key, dated.to_vendor_key
    ) as current_vendor_key,
    dated.valid_from,
    dated.valid_to,
    dated.reason,
    dated.owner
from dated
left join current_mergers as second
    on dated.to_vendor_key = second.from_vendor_key
left join current_mergers as third
    on second.to_vendor_key = third.from_vendor_key
left join current_mergers as fourth
    on third.to_vendor_key = fourth.from_vendor_key
