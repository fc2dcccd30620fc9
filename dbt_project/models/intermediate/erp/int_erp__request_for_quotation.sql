-- Requests for quotation by invited vendor: when each was asked and when it first answered; the silent ones stay.
with versions as (
    select * from {{ ref('stg_sap_s4hana__request_for_quotation') }}
),

bidder_versions as (
    select * from {{ ref('stg_sap_s4hana__request_for_quotation_bidder') }}
),

quotation_versions as (
    select * from {{ ref('stg_sap_s4hana__supplier_quotation') }}
),

requests as (
    {{ newest_readable('versions', ['rfq']) }}
),

bidders as (
    {{ newest_readable('bidder_versions', ['rfq', 'partner_counter']) }}
),

quotations as (
    {{ newest_readable('quotation_versions', ['quotation']) }}
),

invited as (
    select distinct
        bidders.connection_id,
        bidders.rfq,
        bidders.vendor_number
    from bidders
    inner join requests
        on
            bidders.connection_id = requests.connection_id
            and bidders.rfq = requests.rfq
            -- a request that is read again replaces all of its bidders
            and bidders._seen_extracted_at >= requests._seen_extracted_at
    where bidders.vendor_number is not null and not bidders._deleted
),

answers as (
    select
        connection_id,
        rfq,
        vendor_number,
        min(submitted_date) as answered_date
    from quotations
    where submitted_date is not null and not _deleted
    group by connection_id, rfq, vendor_number
),

-- who answered without being on the list was asked in another way
asked as (
    select
        connection_id,
        rfq,
        vendor_number
    from invited
    union
    select
        connection_id,
        rfq,
        vendor_number
    from answers
    where vendor_number is not null
),

dated as (
    select
        requests.connection_id,
        requests.rfq,
        requests.title,
        requests.purchasing_organization,
        asked.connection_id || ':' || asked.vendor_number as vendor_key,
        requests.published_date,
        requests.due_date,
        answers.answered_date
    from requests
    inner join asked
        on requests.connection_id = asked.connection_id and requests.rfq = asked.rfq
    left join answers
        on
            asked.connection_id = answers.connection_id
            and asked.rfq = answers.rfq
            and asked.vendor_number = answers.vendor_number
    where not requests._deleted
)

select
    connection_id,
    rfq,
    title,
    purchasing_organization,
    vendor_key,
    published_date,
    due_date,
    answered_date,
    answered_date is not null as is_answered,
    -- days until the answer, of a silent vendor the days that it has been silent: censored, never left out
    {{ days_between('published_date', 'coalesce(answered_date, ' ~ as_of_date() ~ ')') }} as response_days,
    -- undecided while the request still runs
    case
        when answered_date <= due_date then true
        when due_date < {{ as_of_date() }} then false
    end as is_answered_in_time
from dated
-- a draft asks nobody
where published_date is not null
