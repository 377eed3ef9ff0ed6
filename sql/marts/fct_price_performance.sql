-- One row per price quote of a chip: per GPU, and per TPP, GB/s and GB, with
-- and without the duty in force. Rental and build cost are no price of a GPU.
-- grain: chip_id, currency, quoted_on, quote_unit, channel
-- source: price per GPU = price / gpus_per_unit; USD at the rate of the day,
-- or the mean of the rates quoted in the month or year that the quote is
-- dated to, up to the as-of date;
-- with duty = price x (1 + rate), were customs value = price (no declared
-- value is published). A quote already landed, or in China's currency once
-- the duty is in force, may hold the duty: none is added.
with quote as (
    select * from rec_chip_prices
),

parameter_row as (
    select * from parameters
),

chip as (
    select * from dim_chip
),

fx as (
    select * from stg_fx_day
),

mark as (
    select * from stg_confidence
),

dated as (
    select
        quote.*,
        parameter_row.as_of,
        least(
            parameter_row.as_of,
            case quote.quoted_precision
                when 'month' then last_day(quote.quoted_on)
                when 'quarter'
                    then cast(
                        date_trunc('quarter', quote.quoted_on)
                        + interval 3 month
                        - interval 1 day as date
                    )
                when 'year'
                    then make_date(
                        cast(extract(year from quote.quoted_on) as integer),
                        12,
                        31
                    )
                else quote.quoted_on
            end
        ) as quoted_to
    from quote
    cross join parameter_row
    where quote.quoted_on <= parameter_row.as_of
),

rate as (
    select
        dated.chip_id,
        dated.currency,
        dated.quoted_on,
        dated.quote_unit,
        dated.channel,
        cast(
            coalesce(
                sum(
                    case
                        when fx.days_carried = 0
                            then cast(fx.usd_rate as decimal(18, 10))
                    end
                )
                / nullif(
                    sum(case when fx.days_carried = 0 then 1 else 0 end), 0
                ),
                sum(cast(fx.usd_rate as decimal(18, 10)))
                / nullif(count(*), 0)
            ) as decimal(18, 10)
        ) as usd_rate,
        string_agg(distinct fx.source_id, ';' order by fx.source_id)
            as source_id,
        max(mark.weakness) as weakness
    from dated
    inner join fx
        on
            dated.currency = fx.currency
            and dated.quoted_on <= fx.rate_on
            and dated.quoted_to >= fx.rate_on
    left join mark
        on fx.confidence = mark.confidence
    group by
        dated.chip_id,
        dated.currency,
        dated.quoted_on,
        dated.quote_unit,
        dated.channel
),

joined as (
    select
        quote.chip_id,
        quote.currency,
        quote.quoted_on,
        quote.quote_unit,
        quote.channel,
        quote.as_of,
        quote.quoted_precision,
        chip.vendor,
        coalesce(chip.short_name, quote.chip_id) as short_name,
        case
            when quote.quote_unit = 'server_8' then 'system'
            when quote.quote_unit = 'gpu_landed' then 'landed'
            when quote.quote_unit like '%rental' then 'rental'
            when quote.quote_unit = 'gpu_build' then 'build_cost'
            else 'sale'
        end as price_kind,
        case
            when quote.quote_unit = 'module_8' then 'module'
            when quote.quote_unit = 'server_8' then 'server'
            when quote.quote_unit = 'gpu_landed' then 'landed'
            when quote.quote_unit like '%rental' then 'rental'
            when quote.quote_unit = 'gpu_build' then 'build_cost'
            else 'gpu'
        end as unit_kind,
        quote.gpus_per_unit,
        quote.price_low,
        quote.price_high,
        case
            when quote.currency = 'USD' then cast(1 as decimal(18, 10))
            else rate.usd_rate
        end as usd_rate,
        case when rate.usd_rate is not null then quote.quoted_on end
            as usd_rate_on,
        case when rate.usd_rate is not null then quote.quoted_to end
            as usd_rate_to,
        chip.duty_band,
        chip.duty_rate_pct,
        chip.duty_from,
        chip.tpp,
        chip.memory_bandwidth_gbs,
        chip.memory_gb,
        quote.note,
        chip.source_id as chip_source_id,
        case
            when rate.source_id is null then quote.source_id
            else quote.source_id || ';' || rate.source_id
        end as source_id,
        greatest(
            quote_mark.weakness,
            coalesce(chip_mark.weakness, 1),
            coalesce(rate.weakness, 1)
        ) as weakness
    from dated as quote
    left join chip
        on quote.chip_id = chip.chip_id
    left join rate
        on
            quote.chip_id = rate.chip_id
            and quote.currency = rate.currency
            and quote.quoted_on = rate.quoted_on
            and quote.quote_unit = rate.quote_unit
            and quote.channel = rate.channel
    left join mark as quote_mark
        on quote.confidence = quote_mark.confidence
    left join mark as chip_mark
        on chip.confidence = chip_mark.confidence
),

per_gpu as (
    select
        *,
        case
            when price_kind not in ('rental', 'build_cost')
                then cast(
                    price_low / nullif(gpus_per_unit, 0) as decimal(18, 2)
                )
        end as price_per_gpu_low,
        case
            when price_kind not in ('rental', 'build_cost')
                then cast(
                    price_high / nullif(gpus_per_unit, 0) as decimal(18, 2)
                )
        end as price_per_gpu_high,
        case
            when price_kind in ('rental', 'build_cost') then 'none'
            when gpus_per_unit = 1 then 'as_quoted'
            else 'divided'
        end as per_gpu_method,
        case
            when duty_rate_pct is null then 'no_duty'
            when price_kind in ('rental', 'build_cost') then 'not_a_price'
            when price_kind = 'landed' then 'landed_already'
            when price_kind = 'system' then 'system_not_the_chip'
            when currency <> 'USD' and quoted_on >= duty_from
                then 'may_hold_the_duty'
            else 'added_at_price'
        end as duty_treatment
    from joined
),

in_usd as (
    select
        *,
        try_cast(
            price_per_gpu_low * cast(usd_rate as decimal(28, 10))
            as decimal(18, 2)
        ) as price_per_gpu_usd_low,
        try_cast(
            price_per_gpu_high * cast(usd_rate as decimal(28, 10))
            as decimal(18, 2)
        ) as price_per_gpu_usd_high,
        cast(1 as decimal(18, 6))
        + cast(
            duty_rate_pct / cast(100 as decimal(3, 0)) as decimal(18, 6)
        ) as duty_factor
    from per_gpu
),

with_duty as (
    select
        *,
        case
            when duty_treatment = 'added_at_price'
                then try_cast(
                    price_per_gpu_usd_low * cast(duty_factor as decimal(28, 6))
                    as decimal(18, 2)
                )
        end as price_per_gpu_with_duty_usd_low,
        case
            when duty_treatment = 'added_at_price'
                then try_cast(
                    price_per_gpu_usd_high
                    * cast(duty_factor as decimal(28, 6))
                    as decimal(18, 2)
                )
        end as price_per_gpu_with_duty_usd_high
    from in_usd
),

final as (
    select
        with_duty.chip_id,
        with_duty.currency,
        with_duty.quoted_on,
        with_duty.quote_unit,
        with_duty.channel,
        with_duty.as_of,
        with_duty.quoted_precision,
        with_duty.vendor,
        with_duty.short_name,
        with_duty.price_kind,
        with_duty.unit_kind,
        with_duty.per_gpu_method,
        with_duty.gpus_per_unit,
        with_duty.price_low,
        with_duty.price_high,
        with_duty.price_per_gpu_low,
        with_duty.price_per_gpu_high,
        with_duty.usd_rate,
        with_duty.usd_rate_on,
        with_duty.usd_rate_to,
        with_duty.price_per_gpu_usd_low,
        with_duty.price_per_gpu_usd_high,
        with_duty.duty_band,
        with_duty.duty_rate_pct,
        with_duty.duty_treatment,
        case
            when with_duty.duty_treatment = 'added_at_price'
                then 'customs_value_equals_price'
        end as duty_assumption,
        with_duty.price_per_gpu_with_duty_usd_low,
        with_duty.price_per_gpu_with_duty_usd_high,
        cast(
            with_duty.price_per_gpu_usd_low / nullif(with_duty.tpp, 0)
            as decimal(18, 6)
        ) as usd_per_tpp_low,
        cast(
            with_duty.price_per_gpu_usd_high / nullif(with_duty.tpp, 0)
            as decimal(18, 6)
        ) as usd_per_tpp_high,
        cast(
            with_duty.price_per_gpu_usd_low
            / nullif(with_duty.memory_bandwidth_gbs, 0) as decimal(18, 6)
        ) as usd_per_gbs_low,
        cast(
            with_duty.price_per_gpu_usd_high
            / nullif(with_duty.memory_bandwidth_gbs, 0) as decimal(18, 6)
        ) as usd_per_gbs_high,
        cast(
            with_duty.price_per_gpu_usd_low / nullif(with_duty.memory_gb, 0)
            as decimal(18, 6)
        ) as usd_per_gb_low,
        cast(
            with_duty.price_per_gpu_usd_high / nullif(with_duty.memory_gb, 0)
            as decimal(18, 6)
        ) as usd_per_gb_high,
        cast(
            with_duty.price_per_gpu_with_duty_usd_low
            / nullif(with_duty.tpp, 0) as decimal(18, 6)
        ) as usd_per_tpp_with_duty_low,
        cast(
            with_duty.price_per_gpu_with_duty_usd_high
            / nullif(with_duty.tpp, 0) as decimal(18, 6)
        ) as usd_per_tpp_with_duty_high,
        cast(
            with_duty.price_per_gpu_with_duty_usd_low
            / nullif(with_duty.memory_bandwidth_gbs, 0) as decimal(18, 6)
        ) as usd_per_gbs_with_duty_low,
        cast(
            with_duty.price_per_gpu_with_duty_usd_high
            / nullif(with_duty.memory_bandwidth_gbs, 0) as decimal(18, 6)
        ) as usd_per_gbs_with_duty_high,
        cast(
            with_duty.price_per_gpu_with_duty_usd_low
            / nullif(with_duty.memory_gb, 0) as decimal(18, 6)
        ) as usd_per_gb_with_duty_low,
        cast(
            with_duty.price_per_gpu_with_duty_usd_high
            / nullif(with_duty.memory_gb, 0) as decimal(18, 6)
        ) as usd_per_gb_with_duty_high,
        with_duty.note,
        case
            when with_duty.chip_source_id is null then with_duty.source_id
            when
                ';' || with_duty.chip_source_id || ';'
                like '%;' || with_duty.source_id || ';%'
                then with_duty.chip_source_id
            else with_duty.source_id || ';' || with_duty.chip_source_id
        end as source_id,
        mark.confidence
    from with_duty
    left join mark
        on with_duty.weakness = mark.weakness
)

select * from final
