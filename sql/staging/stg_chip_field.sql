-- One row per chip and figure of its spec sheet that is known.
-- grain: chip_id, field
with chip as (
    select * from rec_chips
),

field as (
    select
        chip_id,
        'fp32_tflops' as field,
        cast(fp32_tflops as decimal(38, 10)) as value,
        'TFLOPS' as unit,
        'FP32, non-tensor' as what
    from chip
    union all
    select
        chip_id,
        'fp16_dense_tflops' as field,
        cast(fp16_dense_tflops as decimal(38, 10)) as value,
        'TFLOPS' as unit,
        'FP16, dense' as what
    from chip
    union all
    select
        chip_id,
        'fp16_sparse_tflops' as field,
        cast(fp16_sparse_tflops as decimal(38, 10)) as value,
        'TFLOPS' as unit,
        'FP16, sparse' as what
    from chip
    union all
    select
        chip_id,
        'fp8_dense_tflops' as field,
        cast(fp8_dense_tflops as decimal(38, 10)) as value,
        'TFLOPS' as unit,
        'FP8, dense' as what
    from chip
    union all
    select
        chip_id,
        'fp8_sparse_tflops' as field,
        cast(fp8_sparse_tflops as decimal(38, 10)) as value,
        'TFLOPS' as unit,
        'FP8, sparse' as what
    from chip
    union all
    select
        chip_id,
        'int8_dense_tops' as field,
        cast(int8_dense_tops as decimal(38, 10)) as value,
        'TOPS' as unit,
        'INT8, dense' as what
    from chip
    union all
    select
        chip_id,
        'fp4_dense_tflops' as field,
        cast(fp4_dense_tflops as decimal(38, 10)) as value,
        'TFLOPS' as unit,
        'FP4, dense' as what
    from chip
    union all
    select
        chip_id,
        'memory_gb' as field,
        cast(memory_gb as decimal(38, 10)) as value,
        'GB' as unit,
        'memory capacity' as what
    from chip
    union all
    select
        chip_id,
        'memory_bandwidth_gbs' as field,
        cast(memory_bandwidth_gbs as decimal(38, 10)) as value,
        'GB/s' as unit,
        'memory bandwidth' as what
    from chip
    union all
    select
        chip_id,
        'interconnect_gbs' as field,
        cast(interconnect_gbs as decimal(38, 10)) as value,
        'GB/s' as unit,
        'chip-to-chip link' as what
    from chip
    union all
    select
        chip_id,
        'die_area_mm2' as field,
        cast(die_area_mm2 as decimal(38, 10)) as value,
        'mm2' as unit,
        'die area' as what
    from chip
    union all
    select
        chip_id,
        'tdp_w' as field,
        cast(tdp_w as decimal(38, 10)) as value,
        'W' as unit,
        'board power' as what
    from chip
    union all
    select
        chip_id,
        'announced_on' as field,
        cast(
            10000 * year(announced_on)
            + 100 * month(announced_on)
            + day(announced_on)
            as decimal(38, 10)
        ) as value,
        'date' as unit,
        'date of announcement' as what
    from chip
    where announced_precision = 'day'
),

final as (
    select * from field
    where value is not null
)

select * from final
