-- One row per vendor, chip, region, basis, segment, scope, value type and
-- calendar quarter: fiscal periods aligned to the calendar by days.
-- grain: vendor, chip_id, region, basis, segment, scope, value_type,
-- quarter_start
-- The quarter is the sum of its months in fct_revenue_month, so that the two
-- never differ; its exactness is in alignment.
with revenue_month as (
    select * from fct_revenue_month
),

calendar_month as (
    select * from dim_month
),

fiscal_month as (
    select * from int_sales_fiscal_month
),

confidence_rank as (
    select * from stg_confidence
),

crossing as (
    -- fiscal periods that run over the edge of a calendar quarter
    select
        fiscal_month.vendor,
        fiscal_month.chip_id,
        fiscal_month.region,
        fiscal_month.basis,
        fiscal_month.segment,
        fiscal_month.scope,
        fiscal_month.value_type,
        calendar_month.quarter_start,
        max(
            case
                when
                    fiscal_month.period_start < calendar_month.quarter_start
                    or fiscal_month.period_end > calendar_month.quarter_end
                    then 1
                else 0
            end
        ) as crosses
    from fiscal_month
    inner join calendar_month
        on fiscal_month.month = calendar_month.month
    group by
        fiscal_month.vendor, fiscal_month.chip_id, fiscal_month.region,
        fiscal_month.basis, fiscal_month.segment, fiscal_month.scope,
        fiscal_month.value_type, calendar_month.quarter_start
),

placed as (
    select
        revenue_month.*,
        calendar_month.quarter_start,
        calendar_month.quarter_name,
        calendar_month.days_in_quarter,
        confidence_rank.weakness,
        case
            when
                revenue_month.revenue_usd is null
                and revenue_month.revenue_usd_low is null
                and revenue_month.revenue_usd_high is null
                and revenue_month.revenue_local is null
                and revenue_month.fx_method = 'no_money'
                then 0
            else 1
        end as is_money,
        case
            when
                revenue_month.units is null
                and revenue_month.units_low is null
                and revenue_month.units_high is null
                then 0
            else 1
        end as is_units,
        case revenue_month.method
            when 'shipped' then 1
            when 'filed' then 2
            when 'derived_by_source' then 3
            when 'differenced' then 4
            when 'allocated' then 5
            when 'estimate' then 6
            when 'forecast' then 7
            else 8
        end as method_no
    from revenue_month
    inner join calendar_month
        on revenue_month.month = calendar_month.month
    inner join confidence_rank
        on revenue_month.confidence = confidence_rank.confidence
),

summed as (
    select
        vendor,
        chip_id,
        region,
        basis,
        segment,
        scope,
        value_type,
        quarter_start,
        quarter_name,
        case
            when
                count(revenue_local) = sum(is_money)
                and min(currency) = max(currency)
                then sum(revenue_local)
        end as revenue_local,
        case when min(currency) = max(currency) then max(currency) end
            as currency,
        case when count(revenue_usd) = sum(is_money) then sum(revenue_usd) end
            as revenue_usd,
        sum(revenue_usd_low) as revenue_usd_low,
        case
            when count(revenue_usd_high) = sum(is_money)
                then sum(revenue_usd_high)
        end as revenue_usd_high,
        case when count(units) = sum(is_units) then sum(units) end as units,
        sum(units_low) as units_low,
        case when count(units_high) = sum(is_units) then sum(units_high) end
            as units_high,
        max(method_no) as method_no,
        sum(days_covered) as days_covered,
        max(days_in_quarter) as days_in_quarter,
        string_agg(distinct source_id, ';' order by source_id) as source_id,
        max(weakness) as weakness
    from placed
    group by
        vendor, chip_id, region, basis, segment, scope, value_type,
        quarter_start, quarter_name
),

source_place as (
    select list_place.place
    from (
        values
        (1), (2), (3), (4), (5), (6), (7), (8),
        (9), (10), (11), (12), (13), (14), (15), (16),
        (17), (18), (19), (20), (21), (22), (23), (24)
    ) as list_place (place)
),

cited as (
    -- each source of the lists by itself, where it first stands
    select
        summed.vendor,
        summed.chip_id,
        summed.region,
        summed.basis,
        summed.segment,
        summed.scope,
        summed.value_type,
        summed.quarter_start,
        split_part(summed.source_id, ';', source_place.place) as cited_id,
        min(source_place.place) as first_place
    from summed
    inner join source_place
        on
            length(summed.source_id)
            - length(replace(summed.source_id, ';', ''))
            + 1
            >= source_place.place
    group by
        summed.vendor,
        summed.chip_id,
        summed.region,
        summed.basis,
        summed.segment,
        summed.scope,
        summed.value_type,
        summed.quarter_start,
        split_part(summed.source_id, ';', source_place.place)
),

listed as (
    select
        vendor,
        chip_id,
        region,
        basis,
        segment,
        scope,
        value_type,
        quarter_start,
        string_agg(cited_id, ';' order by first_place) as source_id
    from cited
    group by
        vendor,
        chip_id,
        region,
        basis,
        segment,
        scope,
        value_type,
        quarter_start
),

final as (
    select
        summed.vendor,
        summed.chip_id,
        summed.region,
        summed.basis,
        summed.segment,
        summed.scope,
        summed.value_type,
        summed.quarter_start,
        summed.quarter_name,
        cast(summed.revenue_local as decimal(28, 2)) as revenue_local,
        summed.currency,
        cast(summed.revenue_usd as decimal(20, 2)) as revenue_usd,
        cast(summed.revenue_usd_low as decimal(20, 2)) as revenue_usd_low,
        cast(summed.revenue_usd_high as decimal(20, 2)) as revenue_usd_high,
        cast(summed.units as decimal(28, 2)) as units,
        cast(summed.units_low as decimal(28, 2)) as units_low,
        cast(summed.units_high as decimal(28, 2)) as units_high,
        case summed.method_no
            when 1 then 'shipped'
            when 2 then 'filed'
            when 3 then 'derived_by_source'
            when 4 then 'differenced'
            when 5 then 'allocated'
            when 6 then 'estimate'
            when 7 then 'forecast'
            else 'restated'
        end as method,
        case
            when crossing.crosses is null then 'by_date'
            when crossing.crosses = 1 then 'by_days'
            else 'exact'
        end as alignment,
        cast(summed.days_covered as bigint) as days_covered,
        cast(summed.days_in_quarter as bigint) as days_in_quarter,
        cast(summed.days_covered as bigint)
        = cast(summed.days_in_quarter as bigint) as is_complete,
        listed.source_id,
        confidence_rank.confidence
    from summed
    inner join listed
        on
            summed.vendor = listed.vendor
            and summed.chip_id = listed.chip_id
            and summed.region = listed.region
            and summed.basis = listed.basis
            and summed.segment = listed.segment
            and summed.scope = listed.scope
            and summed.value_type = listed.value_type
            and summed.quarter_start = listed.quarter_start
    inner join confidence_rank
        on summed.weakness = confidence_rank.weakness
    left join crossing
        on
            summed.vendor = crossing.vendor
            and summed.chip_id = crossing.chip_id
            and summed.region = crossing.region
            and summed.basis = crossing.basis
            and summed.segment = crossing.segment
            and summed.scope = crossing.scope
            and summed.value_type = crossing.value_type
            and summed.quarter_start = crossing.quarter_start
)

select * from final
