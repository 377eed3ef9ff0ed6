-- One row per topic and name on record: what other records may refer to.
-- grain: topic, name
-- Segments and regions have no records of their own: known are the words of
-- stg_reference_word and, as a segment, every name of a chip. Ingest asks this
-- same query over all versions.
with place as (
    select numbered.place
    from
        (
            values
            (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12)
        ) as numbered (place)
),

word as (
    select * from stg_reference_word
),

chip as (
    select
        chip_id,
        vendor,
        model,
        short_name,
        aliases
    from rec_chips
),

alias as (
    select trim(split_part(chip.aliases, ';', place.place)) as name
    from chip
    inner join place
        on
            length(chip.aliases) - length(replace(chip.aliases, ';', '')) + 1
            >= place.place
),

chip_name as (
    select chip_id as name
    from chip
    union all
    select short_name as name
    from chip
    union all
    select model as name
    from chip
    union all
    select name
    from alias
),

named as (
    select
        topic,
        name
    from word
    union all
    select
        'vendor' as topic,
        vendor as name
    from rec_companies
    union all
    select
        'vendor' as topic,
        vendor as name
    from chip
    union all
    select
        'chip' as topic,
        chip_id as name
    from chip
    union all
    select
        'segment' as topic,
        name
    from chip_name
    union all
    select
        'chip_name' as topic,
        name
    from chip_name
    union all
    select
        'source' as topic,
        key as name
    from rec_sources
    union all
    select
        'listing' as topic,
        symbol || ':' || mic as name
    from rec_listings
    union all
    select
        'symbol' as topic,
        symbol as name
    from rec_listings
    union all
    select
        'rule' as topic,
        rule_id as name
    from rec_rules
    union all
    select
        'event' as topic,
        event_id as name
    from rec_events
    union all
    select
        'currency' as topic,
        currency as name
    from rec_fx
),

final as (
    select
        topic,
        name
    from named
    where name is not null and name <> ''
    group by topic, name
)

select * from final
