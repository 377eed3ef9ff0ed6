-- One row per chip and other figure that one may meet in print: each value that
-- a contested field was seen with, and the usual roundings to two and to three
-- figures, with what total processing performance (TPP) then comes to.
-- grain: chip_id, variant_id
-- A rounded rate is rounded in all formats at once, as a spec sheet does it:
-- MI325X at 1,300 FP16 and 2,600 FP8 has a TPP of 20,800. Values that are no
-- number are left out.
with chip as (
    select * from rec_chips
),

chip_tpp as (
    select * from int_chip_tpp
),

chip_format as (
    select * from stg_chip_format
),

conflict as (
    select * from rec_chip_conflicts
),

place as (
    select 1 as place
    union all
    select 2 as place
    union all
    select 3 as place
    union all
    select 4 as place
    union all
    select 5 as place
    union all
    select 6 as place
    union all
    select 7 as place
    union all
    select 8 as place
),

figure_count as (
    select cast(2 as bigint) as figures
    union all
    select cast(3 as bigint) as figures
),

-- The format that a field of the spec sheet is the rate of.
format_field as (
    select
        'fp4_dense_tflops' as field,
        'FP4' as format,
        cast(4 as decimal(3, 0)) as bits
    union all
    select
        'fp8_dense_tflops' as field,
        'FP8' as format,
        cast(8 as decimal(3, 0)) as bits
    union all
    select
        'int8_dense_tops' as field,
        'INT8' as format,
        cast(8 as decimal(3, 0)) as bits
    union all
    select
        'fp16_dense_tflops' as field,
        'FP16' as format,
        cast(16 as decimal(3, 0)) as bits
),

recorded as (
    select
        chip.chip_id,
        cast(chip_tpp.tpp as decimal(18, 3)) as tpp,
        cast(chip.die_area_mm2 as decimal(18, 3)) as die_area_mm2,
        cast(chip.memory_bandwidth_gbs as decimal(18, 3))
            as memory_bandwidth_gbs,
        cast(chip.interconnect_gbs as decimal(18, 3)) as interconnect_gbs,
        cast(chip.fp4_dense_tflops as decimal(18, 3)) as fp4_dense_tflops,
        cast(chip.fp8_dense_tflops as decimal(18, 3)) as fp8_dense_tflops,
        cast(chip.int8_dense_tops as decimal(18, 3)) as int8_dense_tops,
        cast(chip.fp16_dense_tflops as decimal(18, 3)) as fp16_dense_tflops
    from chip
    left join chip_tpp
        on chip.chip_id = chip_tpp.chip_id
),

seen as (
    select
        conflict.chip_id,
        conflict.field,
        conflict.verdict,
        conflict.source_id,
        try_cast(
            split_part(conflict.values_seen, ' / ', place.place)
            as decimal(18, 3)
        ) as value
    from conflict
    cross join place
),

seen_once as (
    -- a record has one verdict, however often it names a value
    select
        chip_id,
        field,
        value,
        verdict,
        source_id
    from seen
    where value > 0 and value < 1000000000
    group by chip_id, field, value, verdict, source_id
),

-- What the other formats come to, which a contested rate does not change.
other_format as (
    select
        seen_once.chip_id,
        seen_once.field,
        seen_once.value,
        format_field.bits,
        max(cast(chip_format.tpp as decimal(18, 3))) as tpp
    from seen_once
    inner join format_field
        on seen_once.field = format_field.field
    left join chip_format
        on
            seen_once.chip_id = chip_format.chip_id
            and format_field.format <> chip_format.format
    group by
        seen_once.chip_id, seen_once.field, seen_once.value, format_field.bits
),

contested as (
    select
        seen_once.chip_id,
        'contested' as variant_kind,
        seen_once.field,
        cast(null as bigint) as figures,
        seen_once.value,
        case seen_once.field
            when 'tpp' then recorded.tpp
            when 'die_area_mm2' then recorded.die_area_mm2
            when 'memory_bandwidth_gbs' then recorded.memory_bandwidth_gbs
            when 'interconnect_gbs' then recorded.interconnect_gbs
            when 'fp4_dense_tflops' then recorded.fp4_dense_tflops
            when 'fp8_dense_tflops' then recorded.fp8_dense_tflops
            when 'int8_dense_tops' then recorded.int8_dense_tops
            when 'fp16_dense_tflops' then recorded.fp16_dense_tflops
        end as recorded_value,
        case
            when seen_once.field = 'tpp' then seen_once.value
            when other_format.bits is not null
                then greatest(
                    cast(
                        cast(seen_once.value as decimal(28, 3))
                        * other_format.bits as decimal(18, 3)
                    ),
                    coalesce(other_format.tpp, 0)
                )
            else recorded.tpp
        end as tpp,
        case
            when seen_once.field = 'die_area_mm2' then seen_once.value
            else recorded.die_area_mm2
        end as die_area_mm2,
        case
            when seen_once.field = 'memory_bandwidth_gbs' then seen_once.value
            else recorded.memory_bandwidth_gbs
        end as memory_bandwidth_gbs,
        case
            when seen_once.field = 'interconnect_gbs' then seen_once.value
            else recorded.interconnect_gbs
        end as interconnect_gbs,
        seen_once.verdict,
        seen_once.source_id
    from seen_once
    inner join recorded
        on seen_once.chip_id = recorded.chip_id
    left join other_format
        on
            seen_once.chip_id = other_format.chip_id
            and seen_once.field = other_format.field
            and seen_once.value = other_format.value
    where
        other_format.bits is not null
        or seen_once.field in (
            'tpp', 'die_area_mm2', 'memory_bandwidth_gbs', 'interconnect_gbs'
        )
),

-- Whatever is rounded: each dense rate, TPP itself, memory bandwidth.
exact as (
    select
        chip_id,
        'dense_rates' as field,
        format,
        cast(dense_tops as decimal(18, 3)) as value,
        cast(bit_length as decimal(3, 0)) as bits
    from chip_format
    union all
    select
        chip_id,
        'tpp' as field,
        cast(null as varchar) as format,
        tpp as value,
        cast(1 as decimal(3, 0)) as bits
    from recorded
    where tpp is not null
    union all
    select
        chip_id,
        'memory_bandwidth_gbs' as field,
        cast(null as varchar) as format,
        memory_bandwidth_gbs as value,
        cast(1 as decimal(3, 0)) as bits
    from recorded
    where memory_bandwidth_gbs is not null
),

sized as (
    select
        exact.*,
        figure_count.figures,
        length(cast(cast(floor(exact.value) as bigint) as varchar))
        - figure_count.figures as surplus_digits
    from exact
    cross join figure_count
),

stepped as (
    select
        *,
        cast(
            case surplus_digits
                when 1 then 10
                when 2 then 100
                when 3 then 1000
                when 4 then 10000
                else 1
            end as decimal(18, 3)
        ) as step
    from sized
),

rounded_once as (
    select
        chip_id,
        field,
        figures,
        max(
            cast(
                cast(floor((value + step / 2) / step) as decimal(28, 0))
                * cast(step as decimal(6, 0)) * bits
                as decimal(18, 3)
            )
        ) as value
    from stepped
    group by chip_id, field, figures
),

rounded as (
    select
        rounded_once.chip_id,
        'rounded' as variant_kind,
        rounded_once.field,
        rounded_once.figures,
        rounded_once.value,
        case
            when rounded_once.field = 'memory_bandwidth_gbs'
                then recorded.memory_bandwidth_gbs
            else recorded.tpp
        end as recorded_value,
        case
            when rounded_once.field = 'memory_bandwidth_gbs' then recorded.tpp
            else rounded_once.value
        end as tpp,
        recorded.die_area_mm2,
        case
            when rounded_once.field = 'memory_bandwidth_gbs'
                then rounded_once.value
            else recorded.memory_bandwidth_gbs
        end as memory_bandwidth_gbs,
        recorded.interconnect_gbs,
        cast(null as varchar) as verdict,
        cast(null as varchar) as source_id
    from rounded_once
    inner join recorded
        on rounded_once.chip_id = recorded.chip_id
),

every_variant as (
    select * from contested
    union all
    select * from rounded
),

final as (
    select
        chip_id,
        field || ':'
        || case
            when figures is null then cast(value as varchar)
            else 'to ' || cast(figures as varchar) || ' figures'
        end as variant_id,
        variant_kind,
        field,
        figures,
        value,
        recorded_value,
        tpp,
        die_area_mm2,
        memory_bandwidth_gbs,
        interconnect_gbs,
        verdict,
        source_id
    from every_variant
    where recorded_value is null or value <> recorded_value
)

select * from final
