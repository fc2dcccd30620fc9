-- The orders that this build must make anew: named by a new batch, changed by the clock, or with a vendor that has another name or,
-- where a warning was given, another category or rank.
-- Written before anything it speaks of changes, and kept until a build has ended, so that a killed build is gone on with.
{%- set document_key = [['document_year', 'MaterialDocumentYear', 'text'], ['material_document', 'MaterialDocument', 'number']] %}
{%- if starts_anew() %}
{{ runs_after('dim_vendor') }}{{ runs_after('stg_sap_s4hana__material_document_item') }}
{{ runs_after('stg_sap_s4hana__product_unit') }}{{ runs_after('stg_sap_s4hana__product') }}
select cast(null as bigint) as order_bucket
from {{ source('control', 'build') }}
{%- else %}
with landed_orders as (
    {%- for entity in ['purchase_order', 'purchase_order_item', 'purchase_order_schedule_line', 'supplier_confirmation'] %}
    {{ landed_buckets('sap_s4hana', entity, [['purchase_order', 'PurchaseOrder', 'number']]) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

landed_documents as (
    {%- for entity in ['material_document', 'material_document_item'] %}
    {{ landed_buckets('sap_s4hana', entity, document_key) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

document_items as (
    select * from {{ ref('stg_sap_s4hana__material_document_item') }}
    where _document_bucket in (select landed_documents.bucket from landed_documents)
),

seen_units as (
    select
        connection_id,
        material,
        alternative_unit as unit,
        max(_seen_extracted_at) as seen_at
    from {{ ref('stg_sap_s4hana__product_unit') }}
    group by connection_id, material, alternative_unit
),

seen_materials as (
    select
        connection_id,
        material,
        max(_seen_extracted_at) as seen_at
    from {{ ref('stg_sap_s4hana__product') }}
    group by connection_id, material
),

-- a unit or a base unit is new or another, or a material that was read again no longer names a unit that the last build knew
changed_units as (
    {%- for entity in ['product', 'product_unit'] %}
    select
        versions.connection_id,
        versions.material
    from {{ ref('stg_sap_s4hana__' ~ entity) }} as versions
    inner join {{ source('control', 'landed_batch') }} as batches
        on versions._batch_id = batches.batch_id
    where batches.entity = '{{ entity }}' and batches.is_new
    union
    {%- endfor %}
    select
        known.connection_id,
        known.material
    from {{ as_left_by_last_build('int_erp__material_unit') }} as known
    inner join seen_units
        on {{ same_key('known', 'seen_units', ['connection_id', 'material', 'unit']) }}
    inner join seen_materials
        on {{ same_key('known', 'seen_materials', ['connection_id', 'material']) }}
    where seen_units.seen_at < seen_materials.seen_at
),

lines_of_changed_units as (
    select order_lines.order_bucket
    from {{ as_left_by_last_build('int_erp__purchase_order_line') }} as order_lines
    inner join changed_units
        on order_lines.connection_id = changed_units.connection_id and order_lines.material = changed_units.material
),

due as (
    select order_bucket from {{ as_left_by_last_build('fct_schedule_line') }}
    where next_transition_at <= {{ as_of() }}
),

{%- set shown = {'renamed': ['vendor_name'], 'reclassified': ['category', 'is_strategic']} %}
{%- for change, columns in shown.items() %}
{{ change }}_vendors as (
    select vendors.vendor_key
    from {{ ref('dim_vendor') }} as vendors
    left join {{ as_left_by_last_build('int_erp__vendor_shown') }} as vendors_shown
        on vendors.vendor_key = vendors_shown.vendor_key
    where
        vendors_shown.vendor_key is null
        {%- for column in columns %}
        or {{ differs('vendors.' ~ column, 'vendors_shown.' ~ column) }}
        {%- endfor %}
),

{% endfor -%}
renamed as (
    select order_bucket from {{ as_left_by_last_build('fct_schedule_line') }}
    where vendor_key in (select renamed_vendors.vendor_key from renamed_vendors)
),

reclassified as (
    select order_bucket from {{ as_left_by_last_build('int_early_warning__episode') }}
    where vendor_key in (select reclassified_vendors.vendor_key from reclassified_vendors)
)

select bucket as order_bucket from landed_orders
where bucket is not null
union
select _order_bucket as order_bucket from document_items
where purchase_order is not null
union
select order_bucket from lines_of_changed_units
union
select order_bucket from due
union
select order_bucket from renamed
union
select order_bucket from reclassified
{%- if is_continued() and load_cached_relation(this) is not none %}
union
select order_bucket from {{ this }}
{%- endif %}
{%- endif %}
