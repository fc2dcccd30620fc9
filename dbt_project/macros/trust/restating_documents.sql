{#- Documents whose landing can change what was published, as data.

    families: the KPI families whose numbers they are part of; empty: any.
    vendor: the column that names the vendor, by the kind of name: vendor_number, account_id or organisation_id; a document with a
        purchase_order belongs to the order's vendor, and to the periods of its lines. Without any it concerns every vendor.
    dates: columns whose month is a period the document belongs to; without any, and without an order, it is every period.
    header: [model, key] of the document that says vendor and dates where the document itself does not; its columns are
        named in header_columns.
    cancelled: when a version says that the document is void. -#}
{%- macro restating_documents() -%}
    {%- set order = {'families': ['delivery', 'quality', 'cost'], 'purchase_order': true} -%}
    {%- set sap = 'stg_sap_s4hana__' -%}
    {%- set crm = 'stg_salesforce__' -%}
    {%- set portal = 'stg_servicenow__' -%}
    {{ return([
        dict(order, model=sap ~ 'purchase_order', key=['purchase_order'], dates=['order_date'], vendor_number=true, cancelled="versions.deletion_code = 'L'"),
        dict(order, model=sap ~ 'purchase_order_item', key=['purchase_order', 'purchase_order_line'], purchase_order_line=true, cancelled="versions.deletion_code = 'L'"),
        dict(order, model=sap ~ 'purchase_order_schedule_line', key=['purchase_order', 'purchase_order_line', 'schedule_line'], purchase_order_line=true, dates=['delivery_date', 'statistics_date']),
        dict(order, model=sap ~ 'supplier_confirmation', key=['purchase_order', 'purchase_order_line', 'sequence_number'], purchase_order_line=true, dates=['confirmed_date', 'created_date']),
        dict(order, model=sap ~ 'material_document_item', key=['document_year', 'material_document', 'document_item'], purchase_order_line=true, vendor_number=true, header=[sap ~ 'material_document', ['document_year', 'material_document']], header_columns=['posting_date'], dates=['posting_date'], cancelled='versions.is_cancelled'),
        {'model': sap ~ 'inspection_lot', 'key': ['inspection_lot'], 'families': ['quality'], 'vendor_number': true, 'dates': ['created_date']},
        {'model': sap ~ 'usage_decision', 'key': ['inspection_lot'], 'families': ['quality'], 'vendor_number': true, 'header': [sap ~ 'inspection_lot', ['inspection_lot']], 'header_columns': ['vendor_number', 'created_date'], 'dates': ['decided_date', 'created_date']},
        {'model': sap ~ 'quality_notification', 'key': ['quality_notification'], 'families': ['quality'], 'vendor_number': true, 'dates': ['reported_date', 'completed_date'], 'cancelled': 'versions.is_withdrawn'},
        {'model': sap ~ 'supplier_invoice', 'key': ['invoice', 'fiscal_year'], 'families': ['cost', 'value'], 'vendor_number': true, 'dates': ['posting_date', 'document_date']},
        {'model': sap ~ 'supplier_invoice_item', 'key': ['invoice', 'fiscal_year', 'invoice_line'], 'families': ['cost', 'value'], 'vendor_number': true, 'header': [sap ~ 'supplier_invoice', ['invoice', 'fiscal_year']], 'header_columns': ['vendor_number', 'posting_date'], 'dates': ['posting_date']},
        {'model': sap ~ 'supplier_quotation', 'key': ['quotation'], 'families': ['innovation'], 'vendor_number': true, 'dates': ['submitted_date', 'created_date']},
        {'model': sap ~ 'supplier', 'key': ['vendor_number'], 'families': [], 'vendor_number': true},
        {'model': sap ~ 'exchange_rate', 'key': ['exchange_rate_type', 'source_currency', 'target_currency', 'valid_from'], 'families': ['cost', 'value']},
        {'model': sap ~ 'product_valuation', 'key': ['material', 'valuation_area'], 'families': ['cost']},
        {'model': sap ~ 'purchase_contract_item', 'key': ['contract', 'contract_line'], 'families': ['cost']},
        {'model': sap ~ 'product_unit', 'key': ['material', 'alternative_unit'], 'families': ['cost', 'quality', 'delivery']},
        {'model': crm ~ 'account', 'key': ['account_id'], 'families': [], 'account_id': true},
        {'model': crm ~ 'survey_response', 'key': ['response_id'], 'families': ['relationship'], 'account_id': true, 'dates': ['submitted_at', quarter_start('versions.wave')]},
        {'model': crm ~ 'innovation_proposal', 'key': ['proposal_id'], 'families': ['innovation'], 'account_id': true, 'dates': ['submitted_date', 'first_feedback_at']},
        {'model': crm ~ 'pilot', 'key': ['pilot_id'], 'families': ['innovation'], 'account_id': true, 'dates': ['start_date', 'end_date']},
        {'model': crm ~ 'joint_kpi', 'key': ['joint_kpi_id'], 'families': ['innovation', 'relationship'], 'account_id': true, 'dates': ['agreed_on', quarter_start('versions.quarter_name')]},
        {'model': crm ~ 'saving', 'key': ['saving_id'], 'families': ['value', 'cost'], 'account_id': true, 'dates': ['realised_on', 'validated_on', 'negotiated_on', 'identified_on']},
        {'model': crm ~ 'reinvestment', 'key': ['reinvestment_id'], 'families': ['value'], 'account_id': true, 'dates': ['booked_on']},
        {'model': crm ~ 'engagement', 'key': ['engagement_id'], 'families': ['relationship', 'innovation'], 'account_id': true, 'dates': ['held_on']},
        {'model': crm ~ 'contract_renewal', 'key': ['contract_renewal_id'], 'families': ['relationship'], 'account_id': true, 'dates': ['due_date', 'decided_on', 'signed_on']},
        {'model': portal ~ 'incident', 'key': ['ticket_id'], 'families': ['service'], 'organisation_id': 'coalesce(versions.vendor_id, versions.vendor_name)', 'dates': ['opened_at', 'resolved_at']},
        {'model': portal ~ 'outage', 'key': ['outage_id'], 'families': ['service'], 'dates': ['began_at', 'ended_at']},
    ]) }}
{%- endmacro -%}


{#- Those of which a restating build read a batch; at least one, so that the set has its columns. Asked before the model is written:
    most builds restate nothing, and then only one kind of document is looked at. -#}
{%- macro touched_documents() -%}
    {%- set documents = restating_documents() -%}
    {%- if not execute or load_relation(ref('int_restatement__change')) is none -%}{{ return(documents) }}{%- endif -%}
    {%- set query -%}
        select distinct 'stg_' || batches.system || '__' || batches.entity
        from {{ ref('stg_ecosystem__published_batch') }} as batches
        inner join {{ ref('int_restatement__change') }} as changes on batches.build_id = changes.build_id
        where not changes.period_was_running
    {%- endset -%}
    {%- set models = run_query(query).columns[0].values() -%}
    {%- set touched = documents | selectattr('model', 'in', models) | list -%}
    {{ return(touched or documents[:1]) }}
{%- endmacro -%}


{#- The versions of each document of one kind that a build was the first to know of, one row for each of its versions. -#}
{%- macro restated_versions(document) -%}
{%- set dates = document.get('dates', []) -%}
{%- set header = document.get('header') -%}
select
    touched.build_id,
    touched.published_at,
    '{{ document['model'].split('__')[1] }}' as document_kind,
    '{{ (',' ~ document['families'] | join(',') ~ ',') if document['families'] else '' }}' as families,
    versions.connection_id,
    concat_ws('/'{% for name in document['key'] %}, cast(versions.{{ name }} as string){% endfor %}) as document_key,
    known.published_at as version_published_at,
    {{ 'false' if document.get('vendor_number') or document.get('account_id') or document.get('organisation_id') or document.get('purchase_order') else 'true' }} as is_of_all_vendors,
    coalesce(versions._deleted or {{ document.get('cancelled', 'false') }}, false) as is_cancelled,
    {{ header_or_version(document, 'vendor_number') if document.get('vendor_number') else 'cast(null as string)' }} as vendor_number,
    {{ 'versions.account_id' if document.get('account_id') else 'cast(null as string)' }} as account_id,
    {{ document.get('organisation_id', 'cast(null as string)') }} as organisation_id,
    {{ 'versions.purchase_order' if document.get('purchase_order') else 'cast(null as string)' }} as purchase_order,
    {{ 'versions.purchase_order_line' if document.get('purchase_order_line') else 'cast(null as string)' }} as purchase_order_line
    {%- for place in range(4) %},
    {{ ('cast(' ~ header_or_version(document, dates[place]) ~ ' as date)') if place < dates | length else 'cast(null as date)' }} as date_{{ place + 1 }}
    {%- endfor %}
from (
    select distinct
        batches.build_id,
        batches.published_at,
        landed.connection_id{% for name in document['key'] %},
        landed.{{ name }}{% endfor %}
    from {{ ref(document['model']) }} as landed
    inner join restating_batches as batches on landed._batch_id = batches.batch_id
) as touched
inner join {{ ref(document['model']) }} as versions
    on touched.connection_id = versions.connection_id{% for name in document['key'] %} and touched.{{ name }} = versions.{{ name }}{% endfor %}
inner join recorded_batches as known on versions._batch_id = known.batch_id
{%- if header %}
left join {{ ref(header[0]) }} as headers
    on versions.connection_id = headers.connection_id{% for name in header[1] %} and versions.{{ name }} = headers.{{ name }}{% endfor %}
{%- endif %}
where known.published_at <= touched.published_at
{%- endmacro -%}


{%- macro header_or_version(document, column) -%}
    {%- if '(' in column or 'case' in column -%}{{ column }}
    {%- else -%}{{ 'headers' if column in document.get('header_columns', []) else 'versions' }}.{{ column }}
    {%- endif -%}
{%- endmacro -%}


{#- The KPI family of a metric by its name; null for a name that says nothing, which then belongs to all of them. -#}
{%- macro kpi_family(metric_id) -%}
    {%- set patterns = {
        'delivery': ['otd%', 'otif%', 'on_window%', 'fill%', 'slip%', 'overdue%', 'lead_time%', 'promise%', 'confirm%', 'exact%'],
        'quality': ['defect%', 'ppm%', 'lot%', 'notification%', 'complaint%', 'quality%', 'inspection%'],
        'cost': ['price%', 'ppv%', 'invoice%', 'spend%', 'cost%'],
        'service': ['ticket%', 'sla%', 'availability%', 'mttr%', 'reopen%'],
        'relationship': ['%nps%', 'renewal%', 'engagement%'],
        'innovation': ['proposal%', 'innovation%', 'pilot%', 'joint_kpi%', 'roadmap%', 'feedback%', 'rfq%', 'quotation%'],
        'value': ['saving%', 'reinvest%', 'value_share%', 'bonus%'],
    } -%}
    case
        {%- for family, names in patterns.items() %}
        when {% for name in names %}{{ ' or ' if not loop.first }}{{ metric_id }} like '{{ name }}'{% endfor %} then '{{ family }}'
        {%- endfor %}
    end
{%- endmacro -%}
