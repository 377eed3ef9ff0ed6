-- One row per price seen for a chip by the as-of date, in its own unit.
-- grain: chip_id, quoted_on, currency, quote_unit, channel
with quote as (
    select * from fct_price_performance
),

final as (
    select
        chip_id,
        quoted_on,
        currency,
        quote_unit,
        channel,
        as_of,
        quoted_precision,
        vendor,
        short_name,
        price_kind,
        unit_kind,
        per_gpu_method,
        gpus_per_unit,
        price_low,
        price_high,
        price_per_gpu_low,
        price_per_gpu_high,
        usd_rate,
        usd_rate_on,
        usd_rate_to,
        price_per_gpu_usd_low,
        price_per_gpu_usd_high,
        duty_rate_pct,
        duty_treatment,
        price_per_gpu_with_duty_usd_low,
        price_per_gpu_with_duty_usd_high,
        usd_per_tpp_low,
        usd_per_tpp_high,
        usd_per_gbs_low,
        usd_per_gbs_high,
        usd_per_gb_low,
        usd_per_gb_high,
        usd_per_tpp_with_duty_low,
        usd_per_tpp_with_duty_high,
        usd_per_gbs_with_duty_low,
        usd_per_gbs_with_duty_high,
        usd_per_gb_with_duty_low,
        usd_per_gb_with_duty_high,
        note,
        source_id,
        confidence
    from quote
)

select * from final
