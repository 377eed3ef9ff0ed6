-- One row per chip whose way from eligible to revenue the briefing follows.
-- grain: chip_id
-- Why these: the chips made for, or licensed to, China for which dated steps
-- are on record. H200 carries the January 2026 rules; H20 and MI308X the
-- licences of August 2025. Change the list here and nowhere else.
with final as (
    select
        cast(1 as bigint) as chip_no,
        'nv-h200-sxm' as chip_id
    union all
    select
        cast(2 as bigint) as chip_no,
        'nv-h20-96' as chip_id
    union all
    select
        cast(3 as bigint) as chip_no,
        'amd-mi308x' as chip_id
)

select * from final
