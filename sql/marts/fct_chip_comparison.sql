-- One row per ordered pair of chips and measure: both values, ratio, change.
-- grain: chip_id, other_chip_id, measure
-- source: dense figures of both spec sheets; the two *_sparse_over_dense
-- measures divide the one's sparse headline by the other's dense figure, as
-- the press does, and are never like for like.
with chip as (
    select * from dim_chip
),

spec_sheet as (
    select * from rec_chips
),

mark as (
    select * from stg_confidence
),

by_measure as (
    select
        chip_id,
        'fp8_dense' as measure,
        cast(1 as bigint) as measure_no,
        'TFLOPS' as unit,
        fp8_dense_tflops as own_value,
        fp8_dense_tflops as base_value
    from chip
    union all
    select
        chip_id,
        'fp16_dense' as measure,
        cast(2 as bigint) as measure_no,
        'TFLOPS' as unit,
        fp16_dense_tflops as own_value,
        fp16_dense_tflops as base_value
    from chip
    union all
    select
        chip_id,
        'int8_dense' as measure,
        cast(3 as bigint) as measure_no,
        'TOPS' as unit,
        int8_dense_tops as own_value,
        int8_dense_tops as base_value
    from chip
    union all
    select
        chip_id,
        'fp4_dense' as measure,
        cast(4 as bigint) as measure_no,
        'TFLOPS' as unit,
        fp4_dense_tflops as own_value,
        fp4_dense_tflops as base_value
    from chip
    union all
    select
        chip_id,
        'fp32' as measure,
        cast(5 as bigint) as measure_no,
        'TFLOPS' as unit,
        fp32_tflops as own_value,
        fp32_tflops as base_value
    from chip
    union all
    select
        chip_id,
        'tpp' as measure,
        cast(6 as bigint) as measure_no,
        'TPP' as unit,
        cast(tpp as decimal(28, 3)) as own_value,
        cast(tpp as decimal(28, 3)) as base_value
    from chip
    union all
    select
        chip_id,
        'memory_bandwidth' as measure,
        cast(7 as bigint) as measure_no,
        'GB/s' as unit,
        cast(memory_bandwidth_gbs as decimal(28, 3)) as own_value,
        cast(memory_bandwidth_gbs as decimal(28, 3)) as base_value
    from chip
    union all
    select
        chip_id,
        'memory_capacity' as measure,
        cast(8 as bigint) as measure_no,
        'GB' as unit,
        cast(memory_gb as decimal(28, 3)) as own_value,
        cast(memory_gb as decimal(28, 3)) as base_value
    from chip
    union all
    select
        chip_id,
        'interconnect' as measure,
        cast(9 as bigint) as measure_no,
        'GB/s' as unit,
        cast(interconnect_gbs as decimal(28, 3)) as own_value,
        cast(interconnect_gbs as decimal(28, 3)) as base_value
    from chip
    union all
    select
        chip_id,
        'fp8_sparse_over_dense' as measure,
        cast(10 as bigint) as measure_no,
        'TFLOPS' as unit,
        fp8_sparse_tflops as own_value,
        fp8_dense_tflops as base_value
    from chip
    union all
    select
        chip_id,
        'fp16_sparse_over_dense' as measure,
        cast(11 as bigint) as measure_no,
        'TFLOPS' as unit,
        fp16_sparse_tflops as own_value,
        fp16_dense_tflops as base_value
    from chip
),

paired as (
    select
        own.chip_id,
        other.chip_id as other_chip_id,
        own.measure,
        own.measure_no,
        own.unit,
        cast(own.own_value as decimal(28, 3)) as value,
        cast(other.base_value as decimal(28, 3)) as other_value
    from by_measure as own
    inner join by_measure as other
        on
            own.measure = other.measure
            and own.chip_id <> other.chip_id
),

sourced as (
    select
        spec_sheet.chip_id,
        spec_sheet.source_id,
        mark.weakness
    from spec_sheet
    left join mark
        on spec_sheet.confidence = mark.confidence
),

final as (
    select
        paired.chip_id,
        paired.other_chip_id,
        paired.measure,
        paired.measure_no,
        paired.value,
        paired.other_value,
        paired.unit,
        cast(
            paired.value / nullif(paired.other_value, 0) as decimal(18, 6)
        ) as ratio,
        cast(
            (paired.value - paired.other_value)
            * cast(100 as decimal(3, 0))
            / nullif(paired.other_value, 0) as decimal(18, 4)
        ) as change_pct,
        paired.measure not in (
            'fp8_sparse_over_dense', 'fp16_sparse_over_dense'
        ) as is_like_for_like,
        'comparison.' || paired.measure as definition,
        case
            when paired.value is null and paired.other_value is null
                then 'both_unknown'
            when paired.value is null then 'value_unknown'
            when paired.other_value is null then 'other_value_unknown'
        end as missing,
        case
            when
                ';' || own.source_id || ';'
                like '%;' || other.source_id || ';%'
                then own.source_id
            else own.source_id || ';' || other.source_id
        end as source_id,
        mark.confidence
    from paired
    inner join sourced as own
        on paired.chip_id = own.chip_id
    inner join sourced as other
        on paired.other_chip_id = other.chip_id
    left join mark
        on greatest(own.weakness, other.weakness) = mark.weakness
)

select * from final
