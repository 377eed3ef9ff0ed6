-- One row per vendor, chip, segment, region, basis, scope, value type and
-- month: what was sold, in dollars, in local money and in units.
-- grain: vendor, chip_id, segment, region, basis, scope, value_type, month
-- Filed periods come by days from int_sales_fiscal_month; shipments fall on
-- their day, at that day's rate. Parts of one estimator add up; two
-- estimators of the same thing never do: they make a range.
-- Shipments in a month that a filing of their own basis reaches are a part of
-- it and stand on the basis shipment; where a period is filed on that basis,
-- it holds them.
with sale as (
    select * from rec_sales
),

fiscal_month as (
    select * from int_sales_fiscal_month
),

fx_day as (
    select * from stg_fx_day
),

calendar_month as (
    select * from dim_month
),

source as (
    select * from stg_source
),

spelling as (
    select * from int_sales_spelling
),

confidence_rank as (
    select * from stg_confidence
),

shipment as (
    select
        vendor,
        coalesce(chip_id, 'all') as chip_id,
        segment,
        region,
        case when basis = 'unspecified' then 'shipment' else basis end
            as sold_basis,
        scope,
        case
            when value_type in ('estimate', 'forecast') then value_type
            else 'reported'
        end as kind,
        case
            when value_type in ('estimate', 'forecast') then source_id
            else ''
        end as estimator,
        period_start as sold_on,
        currency,
        source_id,
        confidence,
        units,
        least(units_low, units) as units_low,
        greatest(units_high, units) as units_high,
        revenue_low,
        revenue_high,
        coalesce(
            revenue,
            try_cast(
                round(
                    cast(units as decimal(38, 0))
                    * cast(unit_price as decimal(28, 4)), 2
                ) as decimal(28, 2)
            )
        ) as money
    from sale
    where period_start = period_end
),

shipment_day as (
    select
        vendor,
        chip_id,
        segment,
        region,
        sold_basis as basis,
        scope,
        kind as value_type,
        estimator,
        sold_on,
        currency,
        source_id,
        confidence,
        count(*) as record_count,
        case when count(money) = count(*) then sum(money) end as money,
        sum(least(revenue_low, money)) as money_low,
        case
            when count(coalesce(revenue_high, money)) = count(*)
                then sum(greatest(revenue_high, money))
        end as money_high,
        case when count(units) = count(*) then sum(units) end as units,
        sum(units_low) as units_low,
        case when count(units_high) = count(*) then sum(units_high) end
            as units_high
    from shipment
    group by
        vendor, chip_id, segment, region, sold_basis, scope, kind,
        estimator, sold_on, currency, source_id, confidence
),

shipment_named as (
    select
        shipment_day.*,
        coalesce(vendor_name.spelling, shipment_day.vendor) as called_vendor,
        coalesce(region_name.spelling, shipment_day.region) as called_region,
        coalesce(segment_name.spelling, shipment_day.segment)
            as called_segment,
        case
            when shipment_day.estimator = '' then ''
            else coalesce(
                source.voice_id, split_part(shipment_day.estimator, ';', 1)
            )
        end as voice_id
    from shipment_day
    left join source
        on split_part(shipment_day.estimator, ';', 1) = source.source_id
    left join spelling as vendor_name
        on
            shipment_day.vendor = vendor_name.written
            and vendor_name.field = 'vendor'
    left join spelling as region_name
        on
            shipment_day.region = region_name.written
            and region_name.field = 'region'
    left join spelling as segment_name
        on
            shipment_day.segment = segment_name.written
            and segment_name.field = 'segment'
),

filed_series as (
    select
        vendor,
        chip_id,
        segment,
        region,
        basis,
        scope,
        value_type,
        estimator,
        month
    from fiscal_month
    group by
        vendor, chip_id, segment, region, basis, scope, value_type,
        estimator, month
),

shipment_rated as (
    select
        shipment_named.*,
        case
            when shipment_named.currency = 'USD'
                then cast(1 as decimal(18, 10))
            else cast(fx_day.usd_rate as decimal(18, 10))
        end as fx_rate,
        case
            when shipment_named.currency is null then 'no_money'
            when shipment_named.currency = 'USD' then 'none_needed'
            when fx_day.usd_rate is null then 'no_rate'
            else 'day_rate'
        end as fx_method,
        fx_day.source_id as fx_source_id,
        fx_day.confidence as fx_confidence
    from shipment_named
    left join fx_day
        on
            shipment_named.currency = fx_day.currency
            and shipment_named.sold_on = fx_day.rate_on
            and shipment_named.currency <> 'USD'
),

shipment_part as (
    select
        shipment_rated.called_vendor as vendor,
        shipment_rated.chip_id,
        shipment_rated.called_segment as segment,
        shipment_rated.called_region as region,
        case
            when filed_alike.vendor is not null then 'shipment'
            else shipment_rated.basis
        end as basis,
        shipment_rated.scope,
        shipment_rated.value_type,
        shipment_rated.voice_id as estimator,
        cast(date_trunc('month', shipment_rated.sold_on) as date) as month,
        1 as is_money,
        1 as is_units,
        shipment_rated.currency,
        cast(shipment_rated.money as decimal(28, 2)) as local_money,
        cast(
            round(
                cast(shipment_rated.money as decimal(20, 2))
                * shipment_rated.fx_rate, 2
            ) as decimal(20, 2)
        ) as usd,
        cast(
            round(
                cast(shipment_rated.money_low as decimal(20, 2))
                * shipment_rated.fx_rate, 2
            ) as decimal(20, 2)
        ) as usd_low,
        cast(
            round(
                cast(shipment_rated.money_high as decimal(20, 2))
                * shipment_rated.fx_rate, 2
            ) as decimal(20, 2)
        ) as usd_high,
        cast(shipment_rated.units as decimal(28, 2)) as units,
        cast(shipment_rated.units_low as decimal(28, 2)) as units_low,
        cast(shipment_rated.units_high as decimal(28, 2)) as units_high,
        shipment_rated.fx_rate,
        shipment_rated.fx_method,
        case
            when shipment_rated.value_type = 'estimate' then 6
            when shipment_rated.value_type = 'forecast' then 7
            else 1
        end as method_no,
        cast(null as bigint) as days,
        shipment_rated.sold_on as period_from,
        shipment_rated.sold_on as period_to,
        shipment_rated.record_count,
        shipment_rated.source_id,
        shipment_rated.fx_source_id,
        greatest(
            own_rank.weakness,
            coalesce(fx_rank.weakness, own_rank.weakness)
        ) as weakness
    from shipment_rated
    inner join confidence_rank as own_rank
        on shipment_rated.confidence = own_rank.confidence
    left join confidence_rank as fx_rank
        on shipment_rated.fx_confidence = fx_rank.confidence
    left join filed_series as filed_alike
        on
            shipment_rated.called_vendor = filed_alike.vendor
            and shipment_rated.chip_id = filed_alike.chip_id
            and shipment_rated.called_segment = filed_alike.segment
            and shipment_rated.called_region = filed_alike.region
            and shipment_rated.basis = filed_alike.basis
            and shipment_rated.scope = filed_alike.scope
            and shipment_rated.value_type = filed_alike.value_type
            and shipment_rated.voice_id = filed_alike.estimator
            and filed_alike.month
            = cast(date_trunc('month', shipment_rated.sold_on) as date)
    left join filed_series as filed_shipments
        on
            shipment_rated.called_vendor = filed_shipments.vendor
            and shipment_rated.chip_id = filed_shipments.chip_id
            and shipment_rated.called_segment = filed_shipments.segment
            and shipment_rated.called_region = filed_shipments.region
            and filed_shipments.basis = 'shipment'
            and shipment_rated.scope = filed_shipments.scope
            and shipment_rated.value_type = filed_shipments.value_type
            and shipment_rated.voice_id = filed_shipments.estimator
            and filed_shipments.month
            = cast(date_trunc('month', shipment_rated.sold_on) as date)
            and (
                filed_alike.vendor is not null
                or shipment_rated.basis = 'shipment'
            )
    where filed_shipments.vendor is null
),

fiscal_part as (
    select
        vendor,
        chip_id,
        segment,
        region,
        basis,
        scope,
        value_type,
        estimator,
        month,
        case when metric = 'revenue' then 1 else 0 end as is_money,
        case when metric = 'units' then 1 else 0 end as is_units,
        case when metric = 'revenue' then currency end as currency,
        case when metric = 'revenue' then value end as local_money,
        case when metric = 'revenue' then value_usd end as usd,
        case when metric = 'revenue' then value_usd_low end as usd_low,
        case when metric = 'revenue' then value_usd_high end as usd_high,
        case when metric = 'units' then value end as units,
        case when metric = 'units' then value_low end as units_low,
        case when metric = 'units' then value_high end as units_high,
        fx_rate,
        fx_method,
        case method
            when 'filed' then 2
            when 'derived_by_source' then 3
            when 'differenced' then 4
            when 'allocated' then 5
            when 'estimate' then 6
            when 'forecast' then 7
            else 8
        end as method_no,
        days,
        case when metric = 'revenue' then period_start end as period_from,
        case when metric = 'revenue' then period_end end as period_to,
        cast(1 as bigint) as record_count,
        source_id,
        fx_source_id,
        weakness
    from fiscal_month
),

part as (
    select * from shipment_part
    union all
    select * from fiscal_part
),

by_estimator as (
    select
        vendor,
        chip_id,
        segment,
        region,
        basis,
        scope,
        value_type,
        estimator,
        month,
        max(is_money) as has_money,
        max(is_units) as has_units,
        case when count(usd) = sum(is_money) then sum(usd) end as usd,
        sum(usd_low) as usd_low,
        case when count(usd_high) = sum(is_money) then sum(usd_high) end
            as usd_high,
        case
            when
                count(local_money) = sum(is_money)
                and min(currency) = max(currency)
                then sum(local_money)
        end as local_money,
        min(currency) as first_currency,
        max(currency) as last_currency,
        case when count(units) = sum(is_units) then sum(units) end as units,
        sum(units_low) as units_low,
        case when count(units_high) = sum(is_units) then sum(units_high) end
            as units_high,
        min(fx_rate) as low_rate,
        max(fx_rate) as high_rate,
        min(case when fx_method <> 'no_money' then fx_method end)
            as first_fx_method,
        max(case when fx_method <> 'no_money' then fx_method end)
            as last_fx_method,
        max(method_no) as method_no,
        greatest(
            sum(case when is_money = 1 then days end),
            sum(case when is_units = 1 then days end)
        ) as days,
        -- a period without a sale tells nothing of when the others fell
        coalesce(
            min(
                case
                    when usd_high is null or usd_high <> 0 then period_from
                end
            ), min(period_from)
        ) as period_from,
        coalesce(
            max(
                case when usd_high is null or usd_high <> 0 then period_to end
            ), max(period_to)
        ) as period_to,
        sum(record_count) as record_count,
        string_agg(distinct source_id, ';' order by source_id) as source_id,
        string_agg(distinct fx_source_id, ';' order by fx_source_id)
            as fx_source_id,
        max(weakness) as weakness
    from part
    group by
        vendor, chip_id, segment, region, basis, scope, value_type,
        estimator, month
),

agreed as (
    -- one estimator: its own figures; several: the range of them all, and a
    -- point only where they all say the same
    select
        vendor,
        chip_id,
        segment,
        region,
        basis,
        scope,
        value_type,
        month,
        case
            when count(usd) = sum(has_money) and min(usd) = max(usd)
                then max(usd)
        end as usd,
        min(usd_low) as usd_low,
        case when count(usd_high) = sum(has_money) then max(usd_high) end
            as usd_high,
        case
            when
                count(local_money) = sum(has_money)
                and min(local_money) = max(local_money)
                and min(first_currency) = max(last_currency)
                then max(local_money)
        end as local_money,
        case
            when min(first_currency) = max(last_currency)
                then max(last_currency)
        end as currency,
        case
            when count(units) = sum(has_units) and min(units) = max(units)
                then max(units)
        end as units,
        min(units_low) as units_low,
        case when count(units_high) = sum(has_units) then max(units_high) end
            as units_high,
        min(low_rate) as low_rate,
        max(high_rate) as high_rate,
        min(first_fx_method) as first_fx_method,
        max(last_fx_method) as last_fx_method,
        max(method_no) as method_no,
        max(days) as days,
        min(period_from) as period_from,
        max(period_to) as period_to,
        sum(record_count) as record_count,
        string_agg(distinct source_id, ';' order by source_id) as source_id,
        string_agg(distinct fx_source_id, ';' order by fx_source_id)
            as fx_source_id,
        max(weakness) as weakness
    from by_estimator
    group by
        vendor, chip_id, segment, region, basis, scope, value_type, month
),

told as (
    select
        agreed.*,
        case
            when agreed.fx_source_id is null then agreed.source_id
            else agreed.source_id || ';' || agreed.fx_source_id
        end as all_sources
    from agreed
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
        told.vendor,
        told.chip_id,
        told.segment,
        told.region,
        told.basis,
        told.scope,
        told.value_type,
        told.month,
        split_part(told.all_sources, ';', source_place.place) as cited_id,
        min(source_place.place) as first_place
    from told
    inner join source_place
        on
            length(told.all_sources)
            - length(replace(told.all_sources, ';', ''))
            + 1
            >= source_place.place
    group by
        told.vendor,
        told.chip_id,
        told.segment,
        told.region,
        told.basis,
        told.scope,
        told.value_type,
        told.month,
        split_part(told.all_sources, ';', source_place.place)
),

listed as (
    select
        vendor,
        chip_id,
        segment,
        region,
        basis,
        scope,
        value_type,
        month,
        string_agg(cited_id, ';' order by first_place) as source_id
    from cited
    group by
        vendor,
        chip_id,
        segment,
        region,
        basis,
        scope,
        value_type,
        month
),

final as (
    select
        agreed.vendor,
        agreed.chip_id,
        agreed.segment,
        agreed.region,
        agreed.basis,
        agreed.scope,
        agreed.value_type,
        agreed.month,
        cast(agreed.usd as decimal(20, 2)) as revenue_usd,
        cast(agreed.usd_low as decimal(20, 2)) as revenue_usd_low,
        cast(agreed.usd_high as decimal(20, 2)) as revenue_usd_high,
        cast(agreed.local_money as decimal(28, 2)) as revenue_local,
        agreed.currency,
        cast(agreed.units as decimal(28, 2)) as units,
        cast(agreed.units_low as decimal(28, 2)) as units_low,
        cast(agreed.units_high as decimal(28, 2)) as units_high,
        cast(
            case
                when agreed.low_rate = agreed.high_rate then agreed.low_rate
                when agreed.currency is not null
                    then agreed.usd / nullif(agreed.local_money, 0)
            end as decimal(28, 10)
        ) as fx_rate,
        case
            when agreed.first_fx_method is null then 'no_money'
            when agreed.first_fx_method = agreed.last_fx_method
                then agreed.first_fx_method
            when
                agreed.first_fx_method = 'no_rate'
                or agreed.last_fx_method = 'no_rate'
                then 'no_rate'
            else 'several'
        end as fx_method,
        case agreed.method_no
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
            when agreed.days is not null
                then least(
                    cast(agreed.days as bigint), calendar_month.days_in_month
                )
        end as days_covered,
        calendar_month.days_in_month,
        agreed.period_from,
        agreed.period_to,
        cast(agreed.record_count as bigint) as record_count,
        listed.source_id,
        confidence_rank.confidence
    from agreed
    inner join listed
        on
            agreed.vendor = listed.vendor
            and agreed.chip_id = listed.chip_id
            and agreed.segment = listed.segment
            and agreed.region = listed.region
            and agreed.basis = listed.basis
            and agreed.scope = listed.scope
            and agreed.value_type = listed.value_type
            and agreed.month = listed.month
    inner join calendar_month
        on agreed.month = calendar_month.month
    inner join confidence_rank
        on agreed.weakness = confidence_rank.weakness
)

select * from final
