{#- On Spark every incremental model is rebuilt as a table: plain Parquet files know neither update nor delete, and a rewrite of all
    partitions costs more than the build. The profile's target makes is_incremental() false, see full_refresh in dbt_project.yml. -#}
{%- materialization incremental, adapter='spark' -%}
    {{ return(dbt.materialization_table_spark()) }}
{%- endmaterialization -%}
