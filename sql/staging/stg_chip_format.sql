-- One row per chip and number format with a known dense rate: rate and bits.
-- grain: chip_id, format
-- source: 15 CFR 774 supp. 1, ECCN 3A090 technical notes; bit length is the
-- widest operand of the format. Sparse headlines never enter.
with chip as (
    select * from rec_chips
),

by_format as (
    select
        chip_id,
        'FP4' as format,
        cast(4 as bigint) as bit_length,
        cast(4 as bigint) as format_rank,
        fp4_dense_tflops as dense_tops
    from chip
    union all
    select
        chip_id,
        'FP8' as format,
        cast(8 as bigint) as bit_length,
        cast(2 as bigint) as format_rank,
        fp8_dense_tflops as dense_tops
    from chip
    union all
    select
        chip_id,
        'INT8' as format,
        cast(8 as bigint) as bit_length,
        cast(3 as bigint) as format_rank,
        int8_dense_tops as dense_tops
    from chip
    union all
    select
        chip_id,
        'FP16' as format,
        cast(16 as bigint) as bit_length,
        cast(1 as bigint) as format_rank,
        fp16_dense_tflops as dense_tops
    from chip
),

final as (
    select
        chip_id,
        format,
        bit_length,
        format_rank,
        dense_tops,
        cast(
            dense_tops * cast(bit_length as decimal(3, 0)) as decimal(18, 3)
        ) as tpp
    from by_format
    where dense_tops is not null
)

select * from final
