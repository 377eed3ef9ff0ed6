-- One row per kind of record, topic and name that current records use and that
-- is not on record: how many of them, and by which day they were published.
-- grain: kind, topic, name
-- A later record of the name resolves it, as of the day on which that was
-- known. A segment or region beyond the words of stg_known_name counts as known
-- where two sources use it: a filer's own word, not a slip of one file.
with known as (
    select * from stg_known_name
),

place as (
    select numbered.place
    from
        (
            values
            (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12),
            (13), (14), (15), (16), (17), (18), (19), (20), (21), (22), (23),
            (24)
        ) as numbered (place)
),

sale as (
    select
        vendor,
        chip_id,
        segment,
        region,
        currency,
        split_part(source_id, ';', 1) as main_source,
        sum(record_count) as record_count,
        max(last_published_on) as last_published_on
    from stg_sales_name
    group by
        vendor,
        chip_id,
        segment,
        region,
        currency,
        split_part(source_id, ';', 1)
),

disclosure as (
    select
        vendor,
        chip_id,
        segment,
        region,
        published_on,
        split_part(source_id, ';', 1) as main_source
    from rec_disclosures
),

price as (
    select
        symbol || ':' || mic as name,
        count(*) as record_count,
        max(published_on) as last_published_on
    from rec_prices
    group by symbol || ':' || mic
),

mark as (
    select
        kind,
        source_id,
        length(source_id) - length(replace(source_id, ';', '')) + 1
            as named_count,
        sum(record_count) as record_count,
        max(last_published_on) as last_published_on
    from stg_record_mark
    group by kind, source_id
),

fee_chip as (
    select
        trim(split_part(fee.chip_ids, ';', place.place)) as name,
        fee.published_on
    from rec_fees as fee
    inner join place
        on
            length(fee.chip_ids) - length(replace(fee.chip_ids, ';', '')) + 1
            >= place.place
),

event_chip as (
    select
        trim(split_part(event.affected_chips, ';', place.place)) as name,
        event.published_on
    from rec_events as event
    inner join place
        on
            length(event.affected_chips)
            - length(replace(event.affected_chips, ';', ''))
            + 1
            >= place.place
),

used as (
    select
        'sales' as kind,
        'vendor' as topic,
        vendor as name,
        record_count,
        last_published_on,
        main_source
    from sale
    union all
    select
        'sales' as kind,
        'chip' as topic,
        chip_id as name,
        record_count,
        last_published_on,
        main_source
    from sale
    union all
    select
        'sales' as kind,
        'segment' as topic,
        segment as name,
        record_count,
        last_published_on,
        main_source
    from sale
    union all
    select
        'sales' as kind,
        'region' as topic,
        region as name,
        record_count,
        last_published_on,
        main_source
    from sale
    union all
    select
        'sales' as kind,
        'currency' as topic,
        currency as name,
        record_count,
        last_published_on,
        main_source
    from sale
    union all
    select
        'disclosures' as kind,
        'vendor' as topic,
        vendor as name,
        1 as record_count,
        published_on as last_published_on,
        main_source
    from disclosure
    union all
    select
        'disclosures' as kind,
        'chip' as topic,
        chip_id as name,
        1 as record_count,
        published_on as last_published_on,
        main_source
    from disclosure
    union all
    select
        'disclosures' as kind,
        'segment' as topic,
        segment as name,
        1 as record_count,
        published_on as last_published_on,
        main_source
    from disclosure
    union all
    select
        'disclosures' as kind,
        'region' as topic,
        region as name,
        1 as record_count,
        published_on as last_published_on,
        main_source
    from disclosure
    union all
    select
        'prices' as kind,
        'listing' as topic,
        name,
        record_count,
        last_published_on,
        cast(null as varchar) as main_source
    from price
    union all
    select
        'corporate_actions' as kind,
        'listing' as topic,
        symbol || ':' || mic as name,
        1 as record_count,
        published_on as last_published_on,
        cast(null as varchar) as main_source
    from rec_corporate_actions
    union all
    select
        'listings' as kind,
        'vendor' as topic,
        vendor as name,
        1 as record_count,
        published_on as last_published_on,
        cast(null as varchar) as main_source
    from rec_listings
    union all
    select
        'listings' as kind,
        'symbol' as topic,
        benchmark_symbol as name,
        1 as record_count,
        published_on as last_published_on,
        cast(null as varchar) as main_source
    from rec_listings
    union all
    select
        'chip_prices' as kind,
        'chip' as topic,
        chip_id as name,
        1 as record_count,
        published_on as last_published_on,
        cast(null as varchar) as main_source
    from rec_chip_prices
    union all
    select
        'chip_prices' as kind,
        'currency' as topic,
        currency as name,
        1 as record_count,
        published_on as last_published_on,
        cast(null as varchar) as main_source
    from rec_chip_prices
    union all
    select
        'chip_conflicts' as kind,
        'chip' as topic,
        chip_id as name,
        1 as record_count,
        published_on as last_published_on,
        cast(null as varchar) as main_source
    from rec_chip_conflicts
    union all
    select
        'chip_formats' as kind,
        'chip' as topic,
        chip_id as name,
        1 as record_count,
        published_on as last_published_on,
        cast(null as varchar) as main_source
    from rec_chip_formats
    union all
    select
        'supply_counts' as kind,
        'vendor' as topic,
        vendor as name,
        1 as record_count,
        published_on as last_published_on,
        cast(null as varchar) as main_source
    from rec_supply_counts
    union all
    select
        'supply_counts' as kind,
        'chip' as topic,
        chip_id as name,
        1 as record_count,
        published_on as last_published_on,
        cast(null as varchar) as main_source
    from rec_supply_counts
    where chip_id not in ('all', 'unspecified')
    union all
    select
        'export_status' as kind,
        'chip' as topic,
        chip_id as name,
        1 as record_count,
        published_on as last_published_on,
        cast(null as varchar) as main_source
    from rec_export_status
    union all
    select
        'export_stages' as kind,
        'chip' as topic,
        chip_id as name,
        1 as record_count,
        published_on as last_published_on,
        cast(null as varchar) as main_source
    from rec_export_stages
    union all
    select
        'export_stages' as kind,
        'event' as topic,
        event_id as name,
        1 as record_count,
        published_on as last_published_on,
        cast(null as varchar) as main_source
    from rec_export_stages
    union all
    select
        'share_estimates' as kind,
        'share_vendor' as topic,
        vendor as name,
        1 as record_count,
        published_on as last_published_on,
        cast(null as varchar) as main_source
    from rec_share_estimates
    union all
    select
        'fees' as kind,
        'chip' as topic,
        name,
        1 as record_count,
        published_on as last_published_on,
        cast(null as varchar) as main_source
    from fee_chip
    union all
    select
        'events' as kind,
        'chip_name' as topic,
        name,
        1 as record_count,
        published_on as last_published_on,
        cast(null as varchar) as main_source
    from event_chip
    union all
    select
        'fees' as kind,
        'rule' as topic,
        band_rule_id as name,
        1 as record_count,
        published_on as last_published_on,
        cast(null as varchar) as main_source
    from rec_fees
    union all
    select
        mark.kind,
        'source' as topic,
        split_part(mark.source_id, ';', place.place) as name,
        mark.record_count,
        mark.last_published_on,
        cast(null as varchar) as main_source
    from mark
    inner join place
        on mark.named_count >= place.place
),

summed as (
    select
        kind,
        topic,
        name,
        cast(sum(record_count) as bigint) as record_count,
        max(last_published_on) as last_published_on
    from used
    where name is not null and name <> ''
    group by kind, topic, name
),

shared as (
    select
        topic,
        name,
        count(distinct main_source) as source_count
    from used
    where topic in ('segment', 'region')
    group by topic, name
),

final as (
    select
        summed.kind,
        case
            when summed.topic = 'share_vendor' then 'vendor'
            when summed.topic = 'chip_name' then 'chip'
            else summed.topic
        end as topic,
        summed.name,
        summed.record_count,
        summed.last_published_on
    from summed
    left join known
        on
            summed.topic = known.topic
            and (
                summed.name = known.name
                or (
                    summed.topic = 'segment'
                    and lower(summed.name) = lower(known.name)
                )
            )
    left join known as vendor
        on
            summed.topic = 'share_vendor'
            and vendor.topic = 'vendor'
            and summed.name = vendor.name
    left join shared
        on
            summed.topic = shared.topic
            and summed.name = shared.name
    where
        known.name is null
        and vendor.name is null
        and coalesce(shared.source_count, 0) < 2
        and not (summed.topic = 'region' and summed.name like 'China%')
)

select * from final
