with part as (
    select vendor, cast(date_trunc('month', period_start) as date) as month, units
    from rec_sales where period_start = period_end
    union all
    select 'filer' as vendor, month, units from int_filing_month
)
select part.vendor, part.month, count(*) as records,
    cast(sum(part.units * coalesce(stg_rate.rate, 1)) as bigint) as units
from part left join stg_rate on part.month = stg_rate.month
group by part.vendor, part.month
