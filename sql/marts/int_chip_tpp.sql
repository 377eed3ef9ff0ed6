-- One row per chip: total processing performance and performance density.
-- grain: chip_id
-- source: 15 CFR 774 supp. 1, ECCN 3A090 technical notes: TPP is the largest
-- of 2 x MacTOPS x bit length, that is TOPS x bit length, over all formats;
-- performance density is TPP over applicable die area in mm2. On a tie the
-- longer bit length names the format (FP16 before FP8 before INT8).
with chip as (
    select * from rec_chips
),

chip_format as (
    select * from stg_chip_format
),

ranked as (
    select
        chip_id,
        format,
        tpp,
        row_number() over (
            partition by chip_id
            order by tpp desc, format_rank asc
        ) as tpp_rank
    from chip_format
),

known as (
    select
        chip_id,
        string_agg(format, ';' order by format) as formats_known
    from chip_format
    group by chip_id
),

final as (
    select
        chip.chip_id,
        ranked.tpp,
        ranked.format as tpp_format,
        known.formats_known,
        cast(
            ranked.tpp / nullif(chip.die_area_mm2, 0) as decimal(18, 4)
        ) as performance_density
    from chip
    left join ranked
        on
            chip.chip_id = ranked.chip_id
            and ranked.tpp_rank = 1
    left join known
        on chip.chip_id = known.chip_id
)

select * from final
