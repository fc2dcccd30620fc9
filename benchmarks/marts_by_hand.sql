-- The delivery marts as one would write them by hand for DuckDB and for one full run: no versions kept, no increments, no checks.
-- {landing} is the folder of the ERP's entities, {as_of} the time of the build. The settings and thresholds are the seeds' own.

create temp table order_header as
with versions as (
    select
        ltrim("PurchaseOrder", '0') as purchase_order,
        any_value(_connection_id) as connection_id,
        arg_max(row(
            "PurchaseOrderType", nullif("PurchaseOrderDeletionCode", ''), "CompanyCode", "PurchasingOrganization",
            "PurchasingGroup", ltrim("Supplier", '0'), "PurchaseOrderDate", "DocumentCurrency"
        ), row(_changed_at, _extracted_at, _batch_id)) as newest,
        min(_changed_at) filter (where "PurchaseOrderDeletionCode" = 'L') as cancelled_at
    from read_parquet('{landing}/purchase_order/*/*.parquet')
    group by all
)
select
    connection_id,
    purchase_order,
    cast(hash(connection_id) % 1048576 as bigint) * 8796093022208 + cast(purchase_order as bigint) as order_bucket,
    newest[1] as order_type,
    coalesce(newest[2] = 'L', false) as is_cancelled,
    case when newest[2] = 'L' then cast(cancelled_at as timestamp) end as cancelled_at,
    newest[3] as company_code,
    newest[4] as purchasing_organization,
    newest[5] as purchasing_group,
    connection_id || ':' || newest[6] as vendor_key,
    newest[7] as order_date,
    newest[8] as currency
from versions;

create temp table order_line as
select
    ltrim("PurchaseOrder", '0') as purchase_order,
    ltrim("PurchaseOrderItem", '0') as purchase_order_line,
    "Plant" as plant,
    "Material" as material,
    "PurchaseOrderItemText" as material_text,
    "MaterialGroup" as material_group,
    "PurchaseOrderQuantityUnit" as quantity_unit,
    cast("NetPriceAmount" as double) / cast("NetPriceQuantity" as double) as unit_price,
    "UnderdelivTolrtdLmtRatioInPct" as tolerance
from read_parquet('{landing}/purchase_order_item/*/*.parquet')
qualify row_number() over (
    partition by "PurchaseOrder", "PurchaseOrderItem"
    order by _changed_at desc, _extracted_at desc, _batch_id desc
) = 1;

create temp table promise as
select
    ltrim("PurchaseOrder", '0') as purchase_order,
    ltrim("PurchaseOrderItem", '0') as purchase_order_line,
    ltrim("ScheduleLine", '0') as schedule_line,
    "ScheduleLineDeliveryDate" as promise_date,
    "SchedLineStscDeliveryDate" as statistics_date,
    "ScheduleLineOrderQuantity" as ordered_quantity,
    cast(_changed_at as timestamp) as changed_at,
    cast(_extracted_at as timestamp) as landed_at,
    lag("ScheduleLineDeliveryDate") over landed as previous_date,
    lag("SchedLineStscDeliveryDate") over landed as previous_statistics_date,
    row_number() over landed as number,
    lead(1) over landed is null as is_newest
from read_parquet('{landing}/purchase_order_schedule_line/*/*.parquet')
window landed as (
    partition by "PurchaseOrder", "PurchaseOrderItem", "ScheduleLine" order by _changed_at, _extracted_at, _batch_id
)
-- a date that did not move is no promise, and in this history nothing else of a line changes
qualify previous_date is null or previous_date <> promise_date;

create temp table line as
with single as (
    select
        purchase_order, purchase_order_line, schedule_line, ordered_quantity, landed_at as first_landed_at,
        promise_date as requested_date, statistics_date, promise_date as latest_date, null::date as previous_date,
        null::timestamp as promise_changed_at, 0 as changes, false as is_agreed_anew
    from promise
    where is_newest and number = 1
),
several as (
    select
        purchase_order, purchase_order_line, schedule_line, max(ordered_quantity), min(landed_at),
        max(promise_date) filter (where number = 1), arg_min(statistics_date, number),
        arg_max(promise_date, number), arg_max(previous_date, number), max(changed_at), count(*) - 1,
        coalesce(bool_or(statistics_date <> previous_statistics_date), false)
    from promise
    where not (is_newest and number = 1)
    group by all
)
from single union all from several;

create temp table receipt as
with documents as (
    select "MaterialDocumentYear" as year, "MaterialDocument" as document, "PostingDate" as posting_date,
        "CreationDate" as created_date, cast(_changed_at as timestamp) as recorded_at
    from read_parquet('{landing}/material_document/*/*.parquet')
    qualify row_number() over (partition by year, document order by _changed_at desc, _extracted_at desc, _batch_id desc) = 1
),
items as (
    select "MaterialDocumentYear" as year, "MaterialDocument" as document, ltrim("MaterialDocumentItem", '0') as item,
        ltrim("PurchaseOrder", '0') as purchase_order, ltrim("PurchaseOrderItem", '0') as purchase_order_line,
        "QuantityInEntryUnit" as quantity
    from read_parquet('{landing}/material_document_item/*/*.parquet')
    where "GoodsMovementType" = '101'
    qualify row_number() over (
        partition by year, document, item order by _changed_at desc, _extracted_at desc, _batch_id desc
    ) = 1
)
select
    items.*, posting_date, created_date, recorded_at,
    sum(quantity) over (
        partition by purchase_order, purchase_order_line order by posting_date, recorded_at, year, document, item
        rows unbounded preceding
    ) as received_so_far
from items join documents using (year, document);

create table fct_schedule_line as
with queued as (
    select
        line.*, h.* exclude (purchase_order), plant, material, material_text, material_group, quantity_unit, unit_price, tolerance,
        coalesce(statistics_date, requested_date) as first_date,
        sum(case when is_cancelled then 0 else ordered_quantity end) over (
            partition by purchase_order, purchase_order_line
            order by latest_date nulls last, length(schedule_line), schedule_line rows unbounded preceding
        ) as ordered_so_far
    from line
    join order_line using (purchase_order, purchase_order_line)
    join order_header as h using (purchase_order)
),
received as (
    select purchase_order, purchase_order_line, max(received_so_far) as received from receipt group by all
),
filled as (
    select
        queued.*,
        case when is_cancelled then 0 else ordered_so_far - ordered_quantity end as ordered_before,
        case when is_cancelled then 0
            else least(ordered_quantity, greatest(coalesce(received, 0) - (ordered_so_far - ordered_quantity), 0))
        end as received_quantity,
        e.posting_date as in_full_date, e.created_date as recorded_date, e.recorded_at, e.year || '/' || e.document as in_full_document
    from queued
    left join received using (purchase_order, purchase_order_line)
    left join receipt as e
        on queued.purchase_order = e.purchase_order and queued.purchase_order_line = e.purchase_order_line
        and not is_cancelled
        and e.received_so_far * 100 >= ordered_so_far * (100 - tolerance)
        and (e.received_so_far - e.quantity) * 100 < ordered_so_far * (100 - tolerance)
),
judged as (
    select
        *,
        case
            when is_cancelled then 'cancelled'
            when in_full_date < first_date then 'delivered_early'
            when in_full_date = first_date then 'delivered_on_time'
            when in_full_date > first_date then 'delivered_late'
            when first_date < date '{as_of}' then 'overdue'
            else 'open'
        end as state,
        row_number() over (
            partition by purchase_order, material, material_text, plant, unit_price, ordered_quantity, requested_date,
                in_full_document
            order by length(purchase_order_line), purchase_order_line, length(schedule_line), schedule_line
        ) > 1 as is_repeat
    from filled
),
measured as (
    select *, case when in_full_date is not null or state = 'cancelled' then 0
        else greatest(ordered_quantity - received_quantity, 0) end as open_quantity
    from judged
)
select
    order_bucket,
    connection_id || ':' || purchase_order || '/' || purchase_order_line || '/' || schedule_line as schedule_line_key,
    connection_id, vendor_key, vendor_name, purchase_order, purchase_order_line, schedule_line, order_type, company_code,
    purchasing_organization, purchasing_group, plant, material, material_text, material_group,
    null::varchar as item_category, true as is_receipt_expected, order_date, order_date as lead_time_from, requested_date,
    first_date as first_promise_date,
    case when statistics_date is null then 'first_landed' else 'statistics_date' end as first_promise_basis,
    latest_date as latest_promise_date, previous_date as previous_promise_date, changes::integer as observed_promise_changes,
    in_full_date, recorded_date, recorded_at,
    (latest_date - first_date)::integer as repromise_slip_days, (in_full_date - latest_date)::integer as execution_slip_days,
    (in_full_date - first_date)::integer as slip_days, state, true as is_vendor_performance,
    case
        when state not in ('delivered_late', 'overdue') then null
        when is_agreed_anew or statistics_date is null then 'unknown'
        else 'vendor'
    end as attribution,
    false as is_closed_short, cancelled_at,
    case when not is_cancelled then least(
        case when first_date + 1 > date '{as_of}' then first_date + 1 end,
        case when latest_date + 1 > date '{as_of}' then latest_date + 1 end,
        case when requested_date + 1 > date '{as_of}' then requested_date + 1 end
    )::timestamp end as next_transition_at,
    ordered_quantity::decimal(18, 3) as ordered_quantity, quantity_unit, ordered_before::decimal(18, 3) as ordered_before,
    received_quantity::decimal(18, 3) as received_quantity, open_quantity::decimal(18, 3) as open_quantity, unit_price,
    ordered_quantity * unit_price as line_value, open_quantity * unit_price as open_value, currency, first_landed_at,
    nullif(concat_ws(',',
        case when in_full_date < order_date then 'receipt_before_order' end,
        case when recorded_date < in_full_date then 'recorded_before_delivered' end,
        case when is_repeat then 'repeated_line' end,
        case when changes > 0 and promise_changed_at > recorded_at then 'promise_changed_after_receipt' end
    ), '') as data_flags
from measured
left join (
    select distinct _connection_id || ':' || ltrim("Supplier", '0') as vendor_key, "SupplierName" as vendor_name
    from read_parquet('{landing}/supplier/*/*.parquet')
) as vendor using (vendor_key);

create table fct_promise_change as
select
    order_bucket, schedule_line_key || '#' || (number - 1) as promise_change_key, schedule_line_key, connection_id, vendor_key,
    vendor_name, purchase_order, purchase_order_line, schedule_line, (number - 1)::integer as change_number, changed_at, landed_at,
    previous_date as from_date, promise_date as to_date, (promise_date - previous_date)::integer as days_moved,
    (previous_date - changed_at::date)::integer as notice_days,
    case when promise_date > previous_date then 'later' else 'earlier' end as direction,
    case
        when statistics_date <> previous_statistics_date then 'agreed'
        when statistics_date = previous_statistics_date then 'vendor'
        else 'unknown'
    end as moved_by,
    is_vendor_performance
from (select * from promise where number > 1) as moved
join fct_schedule_line using (purchase_order, purchase_order_line, schedule_line);

create table int_vendor_month__on_time as
with dated as (
    from (
        select vendor_key, in_full_date, unnest([
            {{'basis': 1, 'due': first_promise_date}}, {{'basis': 2, 'due': latest_promise_date}}, {{'basis': 3, 'due': requested_date}}
        ], recursive := true)
        from fct_schedule_line
        where state <> 'cancelled'
    )
    where due < date '{as_of}'
)
select
    vendor_key, date_trunc('month', due)::date as month,
    count(*) filter (where basis = 1)::bigint as first_promise_due,
    count(*) filter (where basis = 1 and in_full_date <= due)::bigint as first_promise_on_time,
    count(*) filter (where basis = 2)::bigint as latest_promise_due,
    count(*) filter (where basis = 2 and in_full_date <= due)::bigint as latest_promise_on_time,
    count(*) filter (where basis = 3)::bigint as requested_due,
    count(*) filter (where basis = 3 and in_full_date <= due)::bigint as requested_on_time
from dated
group by all;

create table int_vendor_month__delivery as
with slip as (
    select
        vendor_key, date_trunc('month', first_promise_date)::date as month,
        quantile_cont(slip_days::double, [0.5, 0.9]) as slip, count(slip_days) as slip_n, count(*) filter (where state = 'overdue') as overdue
    from fct_schedule_line
    where state <> 'cancelled' and first_promise_date < date '{as_of}'
    group by all
),
lead as (
    select
        vendor_key, date_trunc('month', order_date)::date as month,
        round(quantile_cont((in_full_date - order_date)::double, 0.5), 6) as p50, count(in_full_date) as n, count(*) - count(in_full_date) as open
    from fct_schedule_line
    where state <> 'cancelled'
    group by all
),
moves as (
    select
        vendor_key, date_trunc('month', changed_at)::date as month,
        count(*) filter (where direction = 'later') as later, count(*) filter (where direction = 'earlier') as earlier
    from fct_promise_change
    group by all
)
select
    vendor_key, month, round(slip[1], 6) as slip_p50_days, round(slip[2], 6) as slip_p90_days, coalesce(slip_n, 0)::bigint as slip_n,
    coalesce(overdue, 0)::bigint as overdue_lines, p50 as lead_time_delivered_only_p50_days,
    coalesce(n, 0)::bigint as lead_time_delivered_only_n, coalesce(open, 0)::bigint as lead_time_open_lines,
    coalesce(later, 0)::bigint as promise_moves_later, coalesce(earlier, 0)::bigint as promise_moves_earlier
from slip full join lead using (vendor_key, month) full join moves using (vendor_key, month);

create temp table warned as
select
    *,
    case when state = 'cancelled' then cancelled_at when in_full_date is not null then recorded_at end as ended_at,
    case when state = 'cancelled' then 'cancelled' when in_full_date is not null then 'delivered' end as end_reason
from fct_schedule_line;

create temp table episode as
with moves as (
    -- in this history a date only moves later, so that an episode ends with its line
    select
        schedule_line_key, min(c.changed_at) as started_at, any_value(w.ended_at) as cleared_at,
        any_value(w.end_reason) as clear_reason, arg_max(from_date, change_number) as previous_promise_date,
        arg_max(to_date, change_number) as latest_promise_date,
        max(greatest(to_date - w.first_promise_date, to_date - from_date)) as days_late
    from fct_promise_change as c join warned as w using (schedule_line_key)
    where c.direction = 'later' and (w.ended_at is null or c.changed_at < w.ended_at)
    group by all
),
promises as (
    select schedule_line_key, 1 as number, requested_date as promise_date, null::date as previous_date, first_landed_at as moved_at
    from warned
    union all
    select schedule_line_key, change_number + 1, to_date, from_date, changed_at from fct_promise_change
),
spans as (
    select
        promises.*, first_landed_at, ended_at, end_reason, case when end_reason = 'delivered' then in_full_date end as came_on,
        lead(moved_at) over (partition by schedule_line_key order by number) as replaced_at,
        (promise_date + 2)::timestamp as late_from
    from promises join warned using (schedule_line_key)
    where ended_at is null or number = 1 or moved_at < ended_at
),
late as (
    select
        *, case when number = 1 then late_from else greatest(late_from, moved_at) end as late_since,
        coalesce(replaced_at, ended_at) as late_until,
        case when replaced_at is null and came_on is not null then came_on
            else coalesce(replaced_at, ended_at, timestamp '{as_of} 18:00:00')::date end as until_date
    from spans
    where late_since < coalesce(late_until, timestamp '{as_of} 18:00:00') and (came_on is null or late_since::date <= came_on)
),
numbered as (
    select *, sum(case when is_continued then 0 else 1 end) over (partition by schedule_line_key order by number) as episode
    from (
        select *, coalesce(late_from <= moved_at and lag(number) over (partition by schedule_line_key order by number) = number - 1, false)
            as is_continued
        from late
    )
),
overdue as (
    select
        schedule_line_key, min(late_since) as started_at, arg_max(row(late_until), number)[1] as cleared_at,
        arg_max(row(case when replaced_at is not null then 're_promised' else end_reason end), number)[1] as clear_reason,
        arg_max(row(previous_date), number)[1] as previous_promise_date, arg_max(promise_date, number) as latest_promise_date,
        max(until_date - promise_date) as days_late, any_value(first_landed_at) as first_landed_at
    from numbered
    group by schedule_line_key, episode
)
select 'promise_moved_later' as rule_id, 1 as watch_days, 5 as alert_days, * from moves
union all
select 'overdue', 1, 4, * exclude (first_landed_at) from overdue where cleared_at is null or cleared_at > first_landed_at;

create table early_warning as
with received as (
    select
        e.*, w.* exclude (schedule_line_key, latest_promise_date, previous_promise_date, recorded_at),
        coalesce(sum(r.quantity), 0) as received_before
    from episode as e
    join warned as w using (schedule_line_key)
    left join receipt as r
        on w.purchase_order = r.purchase_order and w.purchase_order_line = r.purchase_order_line and e.started_at >= r.recorded_at
    group by all
),
valued as (
    select *, greatest(ordered_quantity - greatest(received_before - ordered_before, 0), 0) * unit_price as value_at_start
    from received
)
select
    order_bucket, md5(rule_id || '|' || vendor_key || '|' || purchase_order || '|' || purchase_order_line || '|' || schedule_line || '|'
        || started_at::date) as signal_key,
    rule_id, 1 as rule_version, 'delivery' as kpi_family,
    case when days_late >= alert_days and value_at_start >= 5000 then 'alert' else 'watch' end as severity,
    vendor_key, vendor_name, 'unknown' as category, false as is_strategic, purchase_order, purchase_order_line, schedule_line,
    material, material_text, started_at::date::varchar as episode,
    case when cleared_at is null then 'active' else 'cleared' end as signal_state, started_at, cleared_at, clear_reason,
    first_promise_date, previous_promise_date, latest_promise_date, days_late::integer as days_late, null::integer as waiting_days, null::double as late_probability,
    null::double as late_probability_low, null::double as late_probability_high, null::double as usual_late_share,
    null::bigint as likelihood_n, null::varchar as stock_verdict, null::date as stock_date, null::integer as stock_cover_days, open_quantity,
    quantity_unit, open_value, currency, value_at_start, false as is_muted, null::varchar as mute_reason,
    case rule_id
        when 'promise_moved_later' then 'The delivery date moved from ' || previous_promise_date || ' to ' || latest_promise_date
            || '; the first promise was ' || first_promise_date
        else 'Promised for ' || latest_promise_date || ' and not delivered in full ' || days_late || ' days later'
    end || case
        when cleared_at is null then '; ' || open_quantity || ' ' || quantity_unit || ' worth ' || open_value::decimal(18, 2)
            || ' ' || currency || ' still open.'
        else '; ended as ' || replace(clear_reason, '_', ' ') || ' on ' || cleared_at::date || '.'
    end as evidence
from valued
where days_late >= watch_days and value_at_start >= 500;

-- Kaplan-Meier by vendor and order month, order quarter and all orders; an open line has waited until now.
create table lead_time as
with by_month as (
    select
        vendor_key, any_value(vendor_name) as vendor_name, date_trunc('month', order_date)::date as month,
        case
            when state = 'cancelled' then cancelled_at::date - order_date
            else coalesce(in_full_date, date '{as_of}') - order_date
        end as duration,
        count(*) as lines, count(*) filter (where state <> 'cancelled' and in_full_date is not null) as delivered,
        count(*) filter (where state <> 'cancelled' and in_full_date is null) as open
    from fct_schedule_line
    where (state <> 'cancelled' or cancelled_at is not null) and (state = 'cancelled' or in_full_date is not null or order_date <= date '{as_of}')
    group by all
),
by_cohort as (
    select
        * exclude (month),
        unnest([
            {{'cohort': 'month', 'cohort_start': month}}, {{'cohort': 'quarter', 'cohort_start': date_trunc('quarter', month)::date}},
            {{'cohort': 'all', 'cohort_start': date '1900-01-01'}}
        ], recursive := true)
    from by_month
    where duration >= 0
),
counts as (
    select
        vendor_key, vendor_name, cohort, cohort_start, duration,
        sum(lines) as observations, sum(delivered) as events, sum(open) as open
    from by_cohort
    group by all
),
risks as (
    select
        *, (sum(observations) over from_here)::double as at_risk, sum(events) over until_here as events_so_far,
        sum(events) over (partition by vendor_key, cohort, cohort_start) as events_in_all,
        lead(duration) over (partition by vendor_key, cohort, cohort_start order by duration) as next_duration
    from counts
    window
        from_here as (partition by vendor_key, cohort, cohort_start order by duration rows between current row and unbounded following),
        until_here as (partition by vendor_key, cohort, cohort_start order by duration rows unbounded preceding)
),
sums as (
    select
        *, events = at_risk as ends_here,
        sum(case when events < at_risk then ln(1 - events / at_risk) else 0 end) over until_here as log_survival,
        sum(case when events < at_risk then events / (at_risk * (at_risk - events)) else 0 end) over until_here as variance
    from risks
    window until_here as (partition by vendor_key, cohort, cohort_start order by duration rows unbounded preceding)
),
curve as (
    select
        *, case when ends_here then 0 else exp(log_survival) end as survival,
        case
            when ends_here then 0
            when log_survival < 0 then exp(log_survival * exp(1.96 * sqrt(variance) / -log_survival))
            else 1
        end as lower,
        case
            when ends_here then null
            when log_survival < 0 then exp(log_survival * exp(-1.96 * sqrt(variance) / -log_survival))
            else 1
        end as upper
    from sums
),
measured as (
    select
        vendor_key, vendor_name, cohort, cohort_start, sum(observations)::bigint as lines, sum(events)::bigint as delivered_lines,
        sum(open)::bigint as open_lines, min(duration) filter (where survival <= 0.5 + 1e-9) as p50,
        min(duration) filter (where lower <= 0.5 + 1e-9) as p50_lower, min(duration) filter (where upper <= 0.5 + 1e-9) as p50_upper,
        min(duration) filter (where survival <= 0.1 + 1e-9) as p90, min(duration) filter (where lower <= 0.1 + 1e-9) as p90_lower,
        min(duration) filter (where upper <= 0.1 + 1e-9) as p90_upper,
        min(duration) filter (where events_in_all > 0 and events_so_far * 2 >= events_in_all) as delivered_only_p50,
        max(duration) as longest, min(duration) filter (where open > 0) as youngest_open,
        max(duration) filter (where observations > open) as longest_ended, min(survival) as last_survival,
        least(min(duration), 180)
        + sum((survival * greatest(least(coalesce(next_duration, 180), 180) - duration, 0))::decimal(38, 12)) as restricted_mean
    from curve
    group by all
)
select
    vendor_key || '/' || cohort || '/' || cohort_start as lead_time_key, vendor_key, vendor_name, cohort, cohort_start, lines,
    delivered_lines, open_lines, lines - delivered_lines - open_lines as cancelled_lines, p50::double as lead_time_p50,
    lines as lead_time_p50_n, p50_lower::double as lead_time_p50_lower, p50_upper::double as lead_time_p50_upper,
    p90::double as lead_time_p90, lines as lead_time_p90_n, p90_lower::double as lead_time_p90_lower,
    p90_upper::double as lead_time_p90_upper,
    case when longest >= 180 or last_survival = 0 then round(restricted_mean, 6)::double end as restricted_mean_days, 180 as horizon_days,
    case when youngest_open <= greatest(coalesce(longest_ended, 0), 180) then date '{as_of}' end as aged_to_date,
    delivered_only_p50::double as delivered_only_p50_days
from measured;
