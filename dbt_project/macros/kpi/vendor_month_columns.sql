{#- Columns that the parts of vendor_month give as they are published; a count (_n) is 0 where the part has no row.

    A `*` stands for a KPI with its count and both bounds. Columns stand in the order of the contract. -#}
{%- macro vendor_month_columns() -%}
    {%- set parts = {
        'quality': [
            'defect_ppm_unit', '*defect_ppm_registered', '*defect_ppm_received', '*lot_rejection_rate', '*complaints_within_target',
            'skipped_lots', 'complaints', 'complaint_hours_p50', 'complaint_hours_p90',
        ],
        'cost': [
            'invoiced_amount', 'invoiced_amount_n', 'price_variance_standard', 'price_variance_standard_n', 'price_variance_contract',
            'price_variance_contract_n', 'price_variance_last_paid', 'price_variance_last_paid_n', 'price_outlier_lines',
        ],
        'service': [
            'ticket_net_hours_p50', 'ticket_net_hours_p90', 'ticket_net_hours_n',
            'ticket_business_hours_p50', 'ticket_business_hours_p90', 'ticket_business_hours_n',
            'mttr_n', 'mttr_open_tickets', 'mttr_p50_hours', 'mttr_p50_hours_lower', 'mttr_p50_hours_upper',
            'mttr_p90_hours', 'mttr_p90_hours_lower', 'mttr_p90_hours_upper',
            '*sla_attainment', '*underpinning_attainment', 'availability', 'availability_n',
        ],
        'relationship': ['renewal_lead_days_p50', 'renewals_signed', 'engagements_held'],
    } -%}
    {%- set published = {} -%}
    {%- for part, names in parts.items() -%}
        {%- set columns = [] -%}
        {%- for name in names -%}
            {%- set kpi = name | replace('*', '') -%}
            {%- do columns.extend([kpi, kpi ~ '_n', kpi ~ '_lower', kpi ~ '_upper'] if name.startswith('*') else [kpi]) -%}
        {%- endfor -%}
        {%- do published.update({part: columns}) -%}
    {%- endfor -%}
    {{ return(published) }}
{%- endmacro -%}
