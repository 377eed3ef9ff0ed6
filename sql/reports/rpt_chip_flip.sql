-- One row per chip, contested or rounded figure and rule whose answer it
-- changes, as the briefing tells it.
-- grain: chip_id, variant_id, rule_id
with flip as (
    select * from int_chip_flip
),

chip as (
    select * from dim_chip
),

final as (
    select
        flip.chip_id,
        flip.variant_id,
        flip.rule_id,
        row_number() over (
            order by
                case when flip.recorded_reason = 'unknown' then 1 else 0 end,
                flip.chip_id,
                flip.variant_kind,
                flip.variant_id,
                flip.rule_id
        ) as flip_no,
        chip.short_name,
        flip.rule_role,
        flip.recorded_reason,
        flip.reason,
        flip.parameter,
        flip.operator,
        flip.threshold,
        flip.variant_kind,
        flip.field,
        flip.figures,
        flip.value,
        flip.recorded_value,
        flip.tpp,
        chip.tpp as recorded_tpp,
        flip.verdict,
        flip.source_id,
        flip.confidence
    from flip
    inner join chip
        on flip.chip_id = chip.chip_id
)

select * from final
