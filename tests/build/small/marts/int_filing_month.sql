select sale_id, cast(unnest(generate_series(period_start, period_end, interval 1 month)) as date) as month, units from int_filing
