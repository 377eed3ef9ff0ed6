-- One row per China revenue series and fiscal period, in dollars and as filed.
-- grain: series_key, period_start, period_end
-- source: NVIDIA 10-K FY2026 on the change from billing to customer
-- headquarters; IAS 21.40 for the average rate.
with piece as (
    select * from int_sales_fiscal
    where
        metric = 'revenue'
        and region like 'China%'
        and customer = ''
),

piece_month as (
    select * from int_sales_fiscal_month
    where metric = 'revenue'
),

company as (
    select * from rec_companies
),

confidence_rank as (
    select * from stg_confidence
),

converted as (
    select
        series_id,
        period_start,
        period_end,
        case when count(value_usd) = count(*) then sum(value_usd) end
            as value_usd,
        case when count(value_usd_low) = count(*) then sum(value_usd_low) end
            as value_usd_low,
        case
            when count(value_usd_high) = count(*) then sum(value_usd_high)
        end as value_usd_high,
        min(fx_rate) as low_rate,
        max(fx_rate) as high_rate,
        case max(
            case fx_method
                when 'no_rate' then 3
                when 'month_average' then 2
                when 'none_needed' then 1
                else 0
            end
        )
            when 3 then 'no_rate'
            when 2 then 'month_average'
            when 1 then 'none_needed'
            else 'no_money'
        end as fx_method,
        string_agg(distinct fx_source_id, ';' order by fx_source_id)
            as fx_source_id,
        max(weakness) as weakness
    from piece_month
    group by series_id, period_start, period_end
),

plain as (
    select
        piece.*,
        replace(replace(replace(replace(
            lower(
                piece.vendor || '--' || piece.region
                || '--' || piece.basis || '--' || piece.segment
                || case
                    when piece.chip_id = 'all' then ''
                    else '--' || piece.chip_id
                end
                || case
                    when piece.value_type = 'reported' then ''
                    else '--' || piece.value_type || '-' || piece.estimator
                end
            ),
            ' ', '-'
        ), '.', ''), '(', ''), ')', '') as plain_key
    from piece
),

told_apart as (
    -- scope and currency enter the key only where the rest does not tell apart
    select
        *,
        plain_key
        || case
            when
                min(scope) over (partition by plain_key)
                < max(scope) over (partition by plain_key)
                then '--' || scope
            else ''
        end
        || case
            when
                min(currency) over (partition by plain_key)
                < max(currency) over (partition by plain_key)
                then '--' || lower(currency)
            else ''
        end as plain_series_key
    from plain
),

numbered as (
    select
        *,
        dense_rank() over (
            partition by plain_series_key
            order by series_id
        ) as series_no
    from told_apart
),

keyed as (
    -- of series that differ in capitals alone the later ones bear a number
    select
        *,
        plain_series_key
        || case
            when series_no = 1 then ''
            else '--' || cast(series_no as varchar)
        end as series_key
    from numbered
),

basis_reach as (
    select
        vendor,
        region,
        segment,
        chip_id,
        scope,
        value_type,
        estimator,
        basis,
        max(period_end) as last_on
    from keyed
    group by
        vendor, region, segment, chip_id, scope, value_type, estimator, basis
),

other_basis as (
    select
        own.vendor,
        own.region,
        own.segment,
        own.chip_id,
        own.scope,
        own.value_type,
        own.estimator,
        own.basis,
        max(other.last_on) as other_last_on,
        string_agg(other.basis, ';' order by other.basis) as other_basis
    from basis_reach as own
    inner join basis_reach as other
        on
            own.vendor = other.vendor
            and own.region = other.region
            and own.segment = other.segment
            and own.chip_id = other.chip_id
            and own.scope = other.scope
            and own.value_type = other.value_type
            and own.estimator = other.estimator
            and own.basis <> other.basis
    group by
        own.vendor, own.region, own.segment, own.chip_id, own.scope,
        own.value_type, own.estimator, own.basis
),

joined as (
    select
        keyed.*,
        other_basis.other_basis,
        case
            when keyed.period_start > other_basis.other_last_on
                then row_number() over (
                    partition by
                        keyed.series_key,
                        keyed.period_start > other_basis.other_last_on
                    order by keyed.period_start
                )
        end as place_after_other
    from keyed
    left join other_basis
        on
            keyed.vendor = other_basis.vendor
            and keyed.region = other_basis.region
            and keyed.segment = other_basis.segment
            and keyed.chip_id = other_basis.chip_id
            and keyed.scope = other_basis.scope
            and keyed.value_type = other_basis.value_type
            and keyed.estimator = other_basis.estimator
            and keyed.basis = other_basis.basis
),

final as (
    select
        joined.series_key,
        joined.period_start,
        joined.period_end,
        joined.fiscal_period,
        joined.period_kind,
        joined.vendor,
        company.vendor_zh,
        joined.region,
        joined.basis,
        joined.segment,
        joined.scope,
        joined.scope in ('ai_chips', 'product') as is_ai_chips_only,
        joined.value_type,
        joined.method,
        joined.currency,
        joined.value as revenue_local,
        cast(converted.value_usd as decimal(20, 2)) as revenue_usd,
        cast(converted.value_usd_low as decimal(20, 2)) as revenue_usd_low,
        cast(converted.value_usd_high as decimal(20, 2)) as revenue_usd_high,
        cast(
            case
                -- a base that was itself worked out and is a tenth or less
                -- of the period tells its rounding more than the growth
                when
                    year_before.method in ('differenced', 'derived_by_source')
                    and joined.value > 10 * year_before.value
                    then null
                when year_before.value >= 1000
                    then
                        (joined.value - year_before.value) * 100
                        / year_before.value
            end as decimal(18, 4)
        ) as change_yoy_pct,
        coalesce(joined.place_after_other = 1, false) as is_break,
        joined.other_basis,
        converted.fx_method,
        cast(
            case
                when converted.low_rate = converted.high_rate
                    then converted.low_rate
                else converted.value_usd / nullif(joined.value, 0)
            end as decimal(28, 10)
        ) as fx_rate,
        joined.restated_on,
        joined.value_before as revenue_before_local,
        joined.doubt,
        joined.disagreement as disagreement_local,
        joined.disagreement_with,
        joined.note,
        joined.published_on,
        case
            when converted.fx_source_id is null then joined.source_id
            else joined.source_id || ';' || converted.fx_source_id
        end as source_id,
        confidence_rank.confidence
    from joined
    inner join converted
        on
            joined.series_id = converted.series_id
            and joined.period_start = converted.period_start
            and joined.period_end = converted.period_end
    inner join confidence_rank
        on converted.weakness = confidence_rank.weakness
    left join company
        on joined.vendor = company.vendor
    left join joined as year_before
        on
            joined.series_id = year_before.series_id
            and joined.period_kind = year_before.period_kind
            and joined.period_kind in ('quarter', 'half', 'year')
            and date_diff(
                'day', year_before.period_start, joined.period_start
            ) between 357 and 378
)

select * from final
