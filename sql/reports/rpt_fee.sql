-- One row per fee instrument and chip it bears on: terms, standing on the
-- as-of date, and the money to date in three groups that are never added.
-- grain: fee_id, vendor, chip_id
with fee as (
    select * from stg_fee
    where is_current
),

fee_chip as (
    select
        fee_id,
        vendor,
        chip_id,
        short_name
    from int_fee_chip
    group by fee_id, vendor, chip_id, short_name
),

fee_month as (
    select * from fct_fee_month
),

revenue as (
    select * from fct_revenue_month
),

confidence as (
    select * from stg_confidence
),

weighed as (
    select
        fee_month.*,
        confidence.weakness
    from fee_month
    inner join confidence
        on fee_month.confidence = confidence.confidence
),

to_date as (
    select
        fee_id,
        vendor,
        chip_id,
        min(month) as month_from,
        max(month) as month_to,
        -- a month whose upper bound is open leaves that of the sum open
        sum(base_low_usd) as base_low_usd,
        case
            when count(base_high_usd) = count(base_low_usd)
                then sum(base_high_usd)
        end as base_high_usd,
        sum(fee_low_usd) as fee_low_usd,
        case
            when count(fee_high_usd) = count(fee_low_usd)
                then sum(fee_high_usd)
        end as fee_high_usd,
        sum(announced_low_usd) as announced_low_usd,
        case
            when count(announced_high_usd) = count(announced_low_usd)
                then sum(announced_high_usd)
        end as announced_high_usd,
        sum(press_formula_low_usd) as press_formula_low_usd,
        case
            when count(press_formula_high_usd) = count(press_formula_low_usd)
                then sum(press_formula_high_usd)
        end as press_formula_high_usd,
        -- the widest of its months: it holds for all of them
        case min(
            case assumption
                when 'customs_value_between_zero_and_revenue' then 1
                when 'customs_value_between_build_cost_and_revenue' then 2
                when 'base_not_stated' then 3
                else 4
            end
        )
            when 1 then 'customs_value_between_zero_and_revenue'
            when 2 then 'customs_value_between_build_cost_and_revenue'
            when 3 then 'base_not_stated'
            else 'base_is_revenue'
        end as assumption,
        max(weakness) as weakness
    from weighed
    group by fee_id, vendor, chip_id
),

month_source as (
    select
        fee_id,
        vendor,
        chip_id,
        source_id
    from fee_month
    group by fee_id, vendor, chip_id, source_id
),

source_to_date as (
    select
        fee_id,
        vendor,
        chip_id,
        string_agg(source_id, ';' order by source_id) as source_id
    from month_source
    group by fee_id, vendor, chip_id
),

-- A chip that an instrument names but that sold nothing known is left out
-- where another chip of the same instrument did (variants of one chip), be it
-- on days on which the instrument did not stand.
sold_chip as (
    select chip_id
    from fee_month
    group by chip_id
    union
    select chip_id
    from revenue
    group by chip_id
),

fee_with_revenue as (
    select fee_chip.fee_id
    from fee_chip
    inner join sold_chip
        on fee_chip.chip_id = sold_chip.chip_id
    group by fee_chip.fee_id
),

shown_chip as (
    select
        fee_chip.fee_id,
        fee_chip.vendor,
        fee_chip.chip_id,
        fee_chip.short_name
    from fee_chip
    left join fee_with_revenue
        on fee_chip.fee_id = fee_with_revenue.fee_id
    left join sold_chip
        on fee_chip.chip_id = sold_chip.chip_id
    where
        fee_with_revenue.fee_id is null
        or sold_chip.chip_id is not null
),

grouped as (
    select
        fee.*,
        coalesce(shown_chip.vendor, 'none') as vendor,
        coalesce(shown_chip.chip_id, 'none') as chip_id,
        shown_chip.short_name,
        case
            when fee.is_exemption then 'exemption'
            when fee.status in ('in_force', 'not_yet_in_force')
                then 'in_force'
            when fee.status = 'announced' then 'announced_never_in_force'
            else 'superseded'
        end as group_key,
        confidence.weakness as fee_weakness
    from fee
    left join shown_chip
        on fee.fee_id = shown_chip.fee_id
    left join confidence
        on fee.confidence = confidence.confidence
),

final as (
    select
        grouped.fee_id,
        grouped.vendor,
        grouped.chip_id,
        row_number() over (
            order by
                case
                    when grouped.group_key = 'in_force' then 1
                    when grouped.group_key = 'announced_never_in_force' then 2
                    when grouped.group_key = 'superseded' then 3
                    else 4
                end,
                case when to_date.month_to is null then 1 else 0 end,
                grouped.announced_on,
                grouped.fee_id,
                grouped.chip_id
        ) as fee_no,
        grouped.group_key,
        grouped.title,
        grouped.title_zh,
        grouped.short_name,
        cast(100 * grouped.rate as decimal(9, 4)) as rate_pct,
        grouped.base,
        grouped.base_text,
        grouped.payer,
        grouped.inclusion,
        grouped.instrument,
        grouped.status,
        grouped.announced_on,
        grouped.effective_from,
        grouped.valid_to,
        grouped.applies_to,
        grouped.is_exemption,
        to_date.month_from,
        to_date.month_to,
        cast(to_date.base_low_usd as decimal(28, 2)) as base_low_usd,
        cast(to_date.base_high_usd as decimal(28, 2)) as base_high_usd,
        cast(to_date.fee_low_usd as decimal(28, 2)) as fee_low_usd,
        cast(to_date.fee_high_usd as decimal(28, 2)) as fee_high_usd,
        cast(to_date.announced_low_usd as decimal(28, 2))
            as announced_low_usd,
        cast(to_date.announced_high_usd as decimal(28, 2))
            as announced_high_usd,
        cast(to_date.press_formula_low_usd as decimal(28, 2))
            as press_formula_low_usd,
        cast(to_date.press_formula_high_usd as decimal(28, 2))
            as press_formula_high_usd,
        to_date.assumption,
        coalesce(source_to_date.source_id, grouped.source_id) as source_id,
        weakest.confidence
    from grouped
    left join to_date
        on
            grouped.fee_id = to_date.fee_id
            and grouped.chip_id = to_date.chip_id
            and grouped.vendor = to_date.vendor
    left join source_to_date
        on
            grouped.fee_id = source_to_date.fee_id
            and grouped.chip_id = source_to_date.chip_id
            and grouped.vendor = source_to_date.vendor
    left join confidence as weakest
        on
            weakest.weakness = greatest(
                coalesce(to_date.weakness, 0),
                coalesce(grouped.fee_weakness, 0)
            )
)

select * from final
