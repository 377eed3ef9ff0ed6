-- One row per chip named in a letter that asks for a licence: the newest letter
-- in effect on the as-of date.
-- grain: chip_id
-- A letter binds whatever the thresholds say (15 CFR 744: is-informed notices).
with event as (
    select * from rec_events
    where kind = 'letter'
),

chip as (
    select * from rec_chips
),

parameter_row as (
    select * from parameters
),

named as (
    select
        chip.chip_id,
        event.event_id,
        event.effective_on,
        event.announced_on,
        event.instrument,
        event.source_id,
        row_number() over (
            partition by chip.chip_id
            order by event.effective_on desc, event.event_id asc
        ) as recency
    from event
    inner join chip
        on
            strpos(
                ';' || event.affected_chips || ';',
                ';' || chip.short_name || ';'
            )
            > 0
    cross join parameter_row
    where event.effective_on <= parameter_row.as_of
),

final as (
    select
        chip_id,
        event_id,
        effective_on as letter_on,
        announced_on as letter_announced_on,
        instrument as letter_instrument,
        source_id
    from named
    where recency = 1
)

select * from final
