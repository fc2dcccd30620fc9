{#- Everything in which engines differ; models hold no other engine-specific SQL. What each macro says on Spark is in spark.sql. -#}

{#- A value of several columns that compares in order, nulls included. -#}
{%- macro row_of(columns) -%}
    {{ adapter.dispatch('row_of')(columns) }}
{%- endmacro -%}

{%- macro duckdb__row_of(columns) -%}
    row({{ columns | join(', ') }})
{%- endmacro -%}


{#- Whether two values differ, where null differs from every value and equals null. -#}
{%- macro differs(left, right) -%}
    {{ adapter.dispatch('differs')(left, right) }}
{%- endmacro -%}

{%- macro duckdb__differs(left, right) -%}
    {{ left }} is distinct from {{ right }}
{%- endmacro -%}


{#- A document number in the form that all services share: numeric ones without leading zeros, others as they are. Without a case,
    because each file names a number many times and one function after the other is taken once for each of its names. -#}
{%- macro normalised_number(expression) -%}
    {{ adapter.dispatch('normalised_number')(expression) }}
{%- endmacro -%}

{%- macro duckdb__normalised_number(expression) -%}
    nullif(regexp_replace(trim({{ expression }}), '^0+([0-9]+)$', '\1'), '')
{%- endmacro -%}


{#- A name as it is compared across systems: lower case, letters and digits only. -#}
{%- macro normalised_name(expression) -%}
    {{ adapter.dispatch('normalised_name')(expression) }}
{%- endmacro -%}

{%- macro duckdb__normalised_name(expression) -%}
    nullif(regexp_replace(lower({{ expression }}), '[^\p{L}\p{N}]+', '', 'g'), '')
{%- endmacro -%}


{#- The text under a top-level key of a JSON object, null without it; the key may hold a dot. -#}
{%- macro json_value(expression, key) -%}
    {{ adapter.dispatch('json_value')(expression, key) }}
{%- endmacro -%}

{%- macro duckdb__json_value(expression, key) -%}
    json_extract_string({{ expression }}, '$."{{ key }}"')
{%- endmacro -%}


{#- The row of a relation's alias as JSON text. -#}
{%- macro row_as_json(alias) -%}
    {{ adapter.dispatch('row_as_json')(alias) }}
{%- endmacro -%}

{%- macro duckdb__row_as_json(alias) -%}
    cast(to_json({{ alias }}) as string)
{%- endmacro -%}


{#- The type of a list of texts. -#}
{%- macro text_list_type() -%}
    {{ return(adapter.dispatch('text_list_type')()) }}
{%- endmacro -%}

{%- macro duckdb__text_list_type() -%}
    {{ return('string[]') }}
{%- endmacro -%}


{#- One row for each element of a list column. -#}
{%- macro each_element(expression) -%}
    {{ adapter.dispatch('each_element')(expression) }}
{%- endmacro -%}

{%- macro duckdb__each_element(expression) -%}
    unnest({{ expression }})
{%- endmacro -%}


{#- The interpolated percentile `share` (0 to 1) of a group as a double; null for a group without values. -#}
{%- macro percentile(expression, share) -%}
    {{ adapter.dispatch('percentile')(expression, share) }}
{%- endmacro -%}

{%- macro duckdb__percentile(expression, share) -%}
    quantile_cont(cast({{ expression }} as double), {{ share }})
{%- endmacro -%}


{#- The first day of the quarter named like 2026-Q1; null for any other text. -#}
{%- macro quarter_start(expression) -%}
    {{ adapter.dispatch('quarter_start')(expression) }}
{%- endmacro -%}

{%- macro duckdb__quarter_start(expression) -%}
    case
        when regexp_full_match({{ expression }}, '[0-9]{4}-Q[1-4]')
            then make_date(
                cast(substr({{ expression }}, 1, 4) as integer),
                cast(substr({{ expression }}, 7, 1) as integer) * 3 - 2,
                1
            )
    end
{%- endmacro -%}


{#- A date some whole days later. -#}
{%- macro add_days(date, days) -%}
    cast({{ dbt.dateadd('day', days, date) }} as date)
{%- endmacro -%}


{#- Whole calendar days from one date to another, negative when the second comes first. -#}
{%- macro days_between(first, second) -%}
    cast({{ dbt.datediff(first, second, 'day') }} as integer)
{%- endmacro -%}


{#- Hours from one instant to another, to the second. -#}
{%- macro hours_between(first, second) -%}
    {{ dbt.datediff(first, second, 'second') }} / cast(3600 as double)
{%- endmacro -%}


{#- The first day of a date's month. -#}
{%- macro month_of(expression) -%}
    cast({{ dbt.date_trunc('month', expression) }} as date)
{%- endmacro -%}


{#- The Monday of a date's week. -#}
{%- macro week_of(expression) -%}
    cast({{ dbt.date_trunc('week', expression) }} as date)
{%- endmacro -%}


{#- The first day of a date's quarter. -#}
{%- macro quarter_of(expression) -%}
    cast({{ dbt.date_trunc('quarter', expression) }} as date)
{%- endmacro -%}


{#- The instant of a date and of a time of day beside it as text HH:MM:SS: midnight without a time, null without a date. -#}
{%- macro instant_of(date, time_of_day) -%}
    cast(cast({{ date }} as string) || ' ' || coalesce({{ time_of_day }}, '00:00:00') as timestamp)
{%- endmacro -%}


{#- A whole number for a document, by which an increment finds and replaces its rows without comparing texts. The first column is the
    connection, the last one the number. Where it is a number it keeps its order: documents of one time lie together, so that of a
    history of years a day's documents are found without reading all of it; other texts become a hash, below 0. Documents may share a
    bucket (of two years, where numbers begin anew with each): rows are found by it and told apart by their key. -#}
{%- macro bucket(columns) -%}
    {{ adapter.dispatch('bucket')(columns) }}
{%- endmacro -%}

{%- macro duckdb__bucket(columns) -%}
    {%- set text = 'cast(' ~ columns[-1] ~ ' as string)' -%}
    {%- set number = 'try_cast(' ~ text ~ ' as bigint)' -%}
    coalesce(
        case
            when {{ number }} between 0 and {{ numbers_in_bucket() - 1 }} and cast({{ number }} as string) = {{ text }}
                then cast(hash({{ columns[0] }}) % {{ connections_in_bucket() }} as bigint) * {{ numbers_in_bucket() }} + {{ number }}
        end,
        -1 - cast(hash({{ columns | join(', ') }}) >> 1 as bigint)
    )
{%- endmacro -%}


{#- Twelve digits of a number and twenty bits of its connection make up 63 bits. -#}
{%- macro numbers_in_bucket() -%}
    {{ return(2 ** 43) }}
{%- endmacro -%}


{%- macro connections_in_bucket() -%}
    {{ return(2 ** 20) }}
{%- endmacro -%}


{#- The rows of a relation whose orders are in the slice that a model is being made of; all of them outside of that. `bucket` names the
    column with an order's bucket. -#}
{%- macro orders_of_slice(relation, bucket) -%}
    {{ adapter.dispatch('orders_of_slice')(relation, bucket) }}
{%- endmacro -%}

{%- macro duckdb__orders_of_slice(relation, bucket) -%}
    (
        select rows_of_all.*
        from {{ relation }} as rows_of_all
        where
            (getvariable('first_bucket') is null or rows_of_all.{{ bucket }} >= getvariable('first_bucket'))
            and (getvariable('next_first_bucket') is null or rows_of_all.{{ bucket }} < getvariable('next_first_bucket'))
    )
{%- endmacro -%}


{#- A whole number for values of any columns: equal for equal ones, hardly ever for others. -#}
{%- macro hash_of(columns) -%}
    {{ adapter.dispatch('hash_of')(columns) }}
{%- endmacro -%}

{%- macro duckdb__hash_of(columns) -%}
    cast(hash({{ columns | join(', ') }}) >> 1 as bigint)
{%- endmacro -%}


{#- A value of named fields. -#}
{%- macro struct_of(fields) -%}
    {{ adapter.dispatch('struct_of')(fields) }}
{%- endmacro -%}

{%- macro duckdb__struct_of(fields) -%}
    struct_pack({% for name, value in fields.items() %}{{ name }} := {{ value }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro -%}


{#- An empty list of values of named fields with their types. -#}
{%- macro empty_list_of(fields) -%}
    {{ adapter.dispatch('empty_list_of')(fields) }}
{%- endmacro -%}

{%- macro duckdb__empty_list_of(fields) -%}
    cast([] as struct({% for name, type in fields.items() %}{{ name }} {{ type }}{{ ', ' if not loop.last }}{% endfor %})[])
{%- endmacro -%}


{#- A list and one element more. -#}
{%- macro appended(list, element) -%}
    {{ adapter.dispatch('appended')(list, element) }}
{%- endmacro -%}

{%- macro duckdb__appended(list, element) -%}
    list_append({{ list }}, {{ element }})
{%- endmacro -%}


{#- The values of named fields of a group as a list, in the order of their first field. -#}
{%- macro ordered_list(fields) -%}
    {{ adapter.dispatch('ordered_list')(fields) }}
{%- endmacro -%}

{%- macro duckdb__ordered_list(fields) -%}
    list({{ struct_of(fields) }} order by {{ (fields.values() | list)[0] }})
{%- endmacro -%}


{#- What becomes of `start` when `step` is taken with each element of a list in turn: an expression of `so_far`, what it has become,
    and `next`, the element. -#}
{%- macro folded(list, start, step) -%}
    {{ adapter.dispatch('folded')(list, start, step) }}
{%- endmacro -%}

{%- macro duckdb__folded(list, start, step) -%}
    list_reduce({{ list }}, lambda so_far, next: {{ step }}, {{ start }})
{%- endmacro -%}


{#- The natural logarithm of the gamma function of a number above 0. -#}
{%- macro log_gamma(expression) -%}
    {{ adapter.dispatch('log_gamma')(expression) }}
{%- endmacro -%}

{%- macro duckdb__log_gamma(expression) -%}
    lgamma({{ expression }})
{%- endmacro -%}
