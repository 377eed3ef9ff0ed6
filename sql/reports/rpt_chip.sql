-- One row per chip as the briefing shows it on the as-of date.
-- grain: chip_id
with chip as (
    select * from dim_chip
),

pair as (
    select * from stg_briefed_pair
),

briefed as (
    select chip_id from pair
    union
    select other_chip_id as chip_id from pair
),

final as (
    select
        chip.chip_id,
        chip.as_of,
        coalesce(
            briefed.chip_id is not null
            or chip.us_status is not null
            or chip.cn_status is not null,
            false
        ) as is_main,
        chip.vendor,
        chip.vendor_country,
        chip.short_name,
        chip.model,
        chip.announced_on,
        chip.announced_precision,
        chip.process_node,
        chip.die_area_mm2,
        chip.is_die_area_estimate,
        chip.memory_gb,
        chip.memory_type,
        chip.memory_bandwidth_gbs,
        chip.fp16_dense_tflops,
        chip.fp8_dense_tflops,
        chip.int8_dense_tops,
        chip.fp4_dense_tflops,
        chip.sparse_headline,
        chip.tdp_w,
        chip.interconnect_gbs,
        chip.tpp,
        chip.tpp_format,
        chip.performance_density,
        chip.eccn_class,
        chip.eccn_reason,
        chip.is_us_origin,
        chip.is_review_eligible,
        chip.review_reason,
        chip.duty_band,
        chip.duty_reason,
        chip.duty_rate_pct,
        chip.nearest_edge_rule,
        chip.nearest_edge_parameter,
        chip.nearest_edge_operator,
        chip.nearest_edge_threshold,
        chip.nearest_edge_pct,
        chip.is_near_edge,
        chip.us_status,
        chip.us_status_from,
        chip.us_status_precision,
        chip.us_status_basis,
        chip.cn_status,
        chip.cn_status_from,
        chip.cn_status_precision,
        chip.cn_status_basis,
        chip.is_us_licence_needed,
        chip.licence_basis,
        chip.standing,
        chip.letter_on,
        chip.letter_announced_on,
        chip.letter_instrument,
        chip.is_contested,
        chip.contested_fields,
        chip.has_vendor_datasheet,
        chip.note,
        chip.duty_edge_parameter,
        chip.duty_edge_operator,
        chip.duty_edge_threshold,
        chip.duty_edge_pct,
        chip.source_id,
        chip.confidence
    from chip
    left join briefed
        on chip.chip_id = briefed.chip_id
)

select * from final
