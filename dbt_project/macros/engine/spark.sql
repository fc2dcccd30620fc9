{#- What each macro of this project says on Spark; dispatch.sql says what it means. Spark reads the session's zone, which the
    profile sets to UTC. -#}

{%- macro spark__row_of(columns) -%}
    struct({{ columns | join(', ') }})
{%- endmacro -%}


{%- macro spark__differs(left, right) -%}
    not ({{ left }} <=> {{ right }})
{%- endmacro -%}


{%- macro spark__normalised_number(expression) -%}
    nullif(regexp_replace(trim({{ expression }}), r'^0+([0-9]+)$', '$1'), '')
{%- endmacro -%}


{%- macro spark__normalised_name(expression) -%}
    nullif(regexp_replace(lower({{ expression }}), r'[^\p{L}\p{N}]+', ''), '')
{%- endmacro -%}


{%- macro spark__json_value(expression, key) -%}
    get_json_object({{ expression }}, r"$['{{ key }}']")
{%- endmacro -%}


{%- macro spark__row_as_json(alias) -%}
    to_json(struct({{ alias }}.*), map('ignoreNullFields', 'false'))
{%- endmacro -%}


{%- macro spark__bucket(columns) -%}
    {%- set text = 'cast(' ~ columns[-1] ~ ' as string)' -%}
    {%- set number = 'try_cast(' ~ text ~ ' as bigint)' -%}
    coalesce(
        case
            when {{ number }} between 0 and {{ numbers_in_bucket() - 1 }} and cast({{ number }} as string) = {{ text }}
                then pmod(xxhash64({{ columns[0] }}), {{ connections_in_bucket() }}) * {{ numbers_in_bucket() }} + {{ number }}
        end,
        -1 - {{ hash_of(columns) }}
    )
{%- endmacro -%}


{#- Spark divides tables itself. -#}
{%- macro spark__orders_of_slice(relation, bucket) -%}
    {{ relation }}
{%- endmacro -%}


{%- macro spark__hash_of(columns) -%}
    shiftrightunsigned(xxhash64(to_json(struct({{ columns | join(', ') }}), map('ignoreNullFields', 'false'))), 1)
{%- endmacro -%}


{%- macro spark__text_list_type() -%}
    {{ return('array<string>') }}
{%- endmacro -%}


{%- macro spark__each_element(expression) -%}
    explode({{ expression }})
{%- endmacro -%}


{%- macro spark__percentile(expression, share) -%}
    percentile(cast({{ expression }} as double), {{ share }})
{%- endmacro -%}


{%- macro spark__quarter_start(expression) -%}
    case
        when {{ expression }} rlike r'^[0-9]{4}-Q[1-4]$'
            then make_date(
                cast(substr({{ expression }}, 1, 4) as integer),
                cast(substr({{ expression }}, 7, 1) as integer) * 3 - 2,
                1
            )
    end
{%- endmacro -%}


{%- macro spark__struct_of(fields) -%}
    named_struct({% for name, value in fields.items() %}'{{ name }}', {{ value }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro -%}


{%- macro spark__empty_list_of(fields) -%}
    cast(array() as array<struct<{% for name, type in fields.items() %}{{ name }}: {{ type }}{{ ', ' if not loop.last }}{% endfor %}>>)
{%- endmacro -%}


{%- macro spark__appended(list, element) -%}
    concat({{ list }}, array({{ element }}))
{%- endmacro -%}


{%- macro spark__ordered_list(fields) -%}
    sort_array(collect_list({{ struct_of(fields) }}))
{%- endmacro -%}


{%- macro spark__folded(list, start, step) -%}
    aggregate({{ list }}, {{ start }}, (so_far, next) -> {{ step }})
{%- endmacro -%}


{#- Stirling's series seven steps further on, exact to eleven digits; Spark has no such function. -#}
{%- macro spark__log_gamma(expression) -%}
    {%- set x = '(' ~ expression ~ ')' -%}
    (
        ({{ x }} + 6.5) * ln({{ x }} + 7) - ({{ x }} + 7) + 0.91893853320467274178
        + 1 / (12 * ({{ x }} + 7)) - 1 / (360 * power({{ x }} + 7, 3)) + 1 / (1260 * power({{ x }} + 7, 5))
        - 1 / (1680 * power({{ x }} + 7, 7)) + 1 / (1188 * power({{ x }} + 7, 9))
        {%- for step in range(7) %} - ln({{ x }} + {{ step }}){% endfor %}
    )
{%- endmacro -%}


{#- dbt's own macros for Spark raise an error on a null; these take the place of dbt.dateadd and dbt.datediff. -#}
{%- macro spark__dateadd(datepart, interval, from_date_or_timestamp) -%}
    timestampadd({{ datepart }}, cast({{ interval }} as integer), {{ from_date_or_timestamp }})
{%- endmacro -%}


{#- How many boundaries of the part lie between two instants. -#}
{%- macro spark__datediff(first_date, second_date, datepart) -%}
    ({{ spark_part_number(second_date, datepart) }} - {{ spark_part_number(first_date, datepart) }})
{%- endmacro -%}


{#- The number of the second, day, month and so on that an instant lies in, counted from a fixed one. -#}
{%- macro spark_part_number(instant, datepart) -%}
    {%- set seconds = 'unix_timestamp(cast(' ~ instant ~ ' as timestamp))' -%}
    {%- set days = 'unix_date(cast(' ~ instant ~ ' as date))' -%}
    {%- set numbers = {
        'second': seconds,
        'minute': 'floor(' ~ seconds ~ ' / 60)',
        'hour': 'floor(' ~ seconds ~ ' / 3600)',
        'day': days,
        'week': 'floor((' ~ days ~ ' + 3) / 7)',
        'month': '(year(' ~ instant ~ ') * 12 + month(' ~ instant ~ '))',
        'quarter': '(year(' ~ instant ~ ') * 4 + quarter(' ~ instant ~ '))',
        'year': 'year(' ~ instant ~ ')',
    } -%}
    {{ numbers[datepart] }}
{%- endmacro -%}


{#- Spark's SQL knows no union by name: the files' own columns are asked for, and those that no file holds are null. The
    session merges the files' schemas (spark.sql.parquet.mergeSchema). -#}
{%- macro spark__landing_scan(paths, fields) -%}
{%- set files = 'parquet.`' ~ landed_glob(paths) ~ '`' if paths else none -%}
{%- set held = run_query('select * from ' ~ files ~ ' limit 0').column_names | map('lower') | list if execute and paths else [] -%}
(
    select
        {%- for field, type in fields.items() %}
        {%- if field | lower in held %}
        {{ adapter.quote(field) }},
        {%- else %}
        cast(null as {{ type }}) as {{ adapter.quote(field) }},
        {%- endif %}
        {%- endfor %}
        {%- if paths %}
        _metadata.row_index as _row_number
    from {{ files }}
        {%- else %}
        cast(null as bigint) as _row_number
    where false
        {%- endif %}
)
{%- endmacro -%}


{#- One pattern that names exactly these files; a batch lies in <landing zone>/<system>/<entity>/<connection>/. -#}
{%- macro landed_glob(paths) -%}
    {%- set folder = paths[0].rsplit('/', 2)[0] ~ '/' -%}
    {{ return(folder ~ '{' ~ paths | map('replace', folder, '') | join(',') ~ '}') }}
{%- endmacro -%}


{#- The rows of a seed as literals: in a session of its own process dbt puts texts between quotes as they are, and an apostrophe
    in one ends it. -#}
{%- macro spark__load_csv_rows(model, agate_table) -%}
    {%- set types = model['config'].get('column_types', {}) -%}
    {%- set rows -%}
        insert into {{ this.render() }} values
        {%- for row in agate_table.rows %}
        (
            {%- for name in agate_table.column_names -%}
            cast({{ spark_literal(row[name]) }} as {{ types.get(name, adapter.convert_type(agate_table, loop.index0)) }}){{ ', ' if not loop.last }}
            {%- endfor -%}
        ){{ ',' if not loop.last }}
        {%- endfor %}
    {%- endset -%}
    {%- if agate_table.rows -%}
        {%- do adapter.add_query(rows, abridge_sql_log=true) -%}
    {%- endif -%}
    {{ return(rows) }}
{%- endmacro -%}


{%- macro spark_literal(value) -%}
    {%- if value is none -%}
        null
    {%- else -%}
        '{{ value | string | replace('\\', '\\\\') | replace("'", "\\'") }}'
    {%- endif -%}
{%- endmacro -%}
