-- One row per source that a current record names.
-- grain: source_key
-- Two sources that copy each other are still listed apart; the count says how
-- many records name one, not how true they are.
with source as (
    select * from rec_sources
),

mark as (
    select * from stg_record_mark
    where kind <> 'sources'
),

named as (
    select
        source.key as source_key,
        mark.kind,
        mark.confidence,
        mark.record_count,
        case
            when split_part(mark.source_id, ';', 1) = source.key
                then mark.record_count
            else 0
        end as main_record_count
    from source
    inner join mark
        on
            strpos(';' || mark.source_id || ';', ';' || source.key || ';') > 0
),

kind_named as (
    select
        source_key,
        kind
    from named
    group by source_key, kind
),

kind_list as (
    select
        source_key,
        string_agg(kind, '; ' order by kind) as record_kinds
    from kind_named
    group by source_key
),

counted as (
    select
        source_key,
        sum(record_count) as record_count,
        sum(main_record_count) as main_record_count,
        sum(
            case when confidence = 'seen-primary' then record_count else 0 end
        ) as seen_primary_count,
        sum(
            case
                when confidence = 'seen-secondary' then record_count else 0
            end
        ) as seen_secondary_count,
        sum(
            case when confidence = 'seen-estimate' then record_count else 0 end
        ) as seen_estimate_count,
        sum(case when confidence = 'derived' then record_count else 0 end)
            as derived_count,
        sum(case when confidence = 'contested' then record_count else 0 end)
            as contested_count,
        sum(case when confidence = 'unverified' then record_count else 0 end)
            as unverified_count,
        sum(case when confidence = 'invented' then record_count else 0 end)
            as invented_count
    from named
    group by source_key
),

final as (
    select
        source.key as source_key,
        row_number() over (
            order by counted.record_count desc, source.key asc
        ) as source_no,
        source.title,
        source.address,
        source.dated,
        source.source_kind,
        source.licence,
        source.publisher,
        cast(counted.record_count as bigint) as record_count,
        cast(counted.main_record_count as bigint) as main_record_count,
        kind_list.record_kinds,
        cast(counted.seen_primary_count as bigint) as seen_primary_count,
        cast(counted.seen_secondary_count as bigint)
            as seen_secondary_count,
        cast(counted.seen_estimate_count as bigint) as seen_estimate_count,
        cast(counted.derived_count as bigint) as derived_count,
        cast(counted.contested_count as bigint) as contested_count,
        cast(counted.unverified_count as bigint) as unverified_count,
        cast(counted.invented_count as bigint) as invented_count
    from source
    inner join counted
        on source.key = counted.source_key
    inner join kind_list
        on source.key = kind_list.source_key
)

select * from final
