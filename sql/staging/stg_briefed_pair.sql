-- One row per pair of chips that the briefing compares, in page order.
-- grain: chip_id, other_chip_id
-- Why these: the two chips inside the duty bands (H200, MI325X) are what the
-- January 2026 rules are about. H200 is set against the chip that it would
-- replace in China (H20: the 13x claim), its own predecessor (H100: the 1.4x
-- bandwidth that the vendor quotes) and the two Chinese parts that buyers
-- weigh it with (910C on sale, 950DT announced); MI325X against H200, because
-- one cap counts both. Change the list here and nowhere else.
with final as (
    select
        cast(1 as bigint) as pair_no,
        'nv-h200-sxm' as chip_id,
        'nv-h20-96' as other_chip_id
    union all
    select
        cast(2 as bigint) as pair_no,
        'nv-h200-sxm' as chip_id,
        'nv-h100-sxm' as other_chip_id
    union all
    select
        cast(3 as bigint) as pair_no,
        'nv-h200-sxm' as chip_id,
        'hw-910c' as other_chip_id
    union all
    select
        cast(4 as bigint) as pair_no,
        'nv-h200-sxm' as chip_id,
        'hw-950dt-36' as other_chip_id
    union all
    select
        cast(5 as bigint) as pair_no,
        'amd-mi325x' as chip_id,
        'nv-h200-sxm' as other_chip_id
)

select * from final
