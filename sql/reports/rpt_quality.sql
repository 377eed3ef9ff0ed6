-- One row per series or count that a reader must know of: what is stale, what
-- has gaps, what carries a mark, what is held back.
-- grain: check_kind, item
-- Days stale are counted to the last session (prices, exchange rates) or the
-- last period due (filings) by the as-of date, never to the as-of date itself.
-- A listing with no bar at all is missing where its vendor makes a chip on
-- record; other listings are in the records for their names and not shown.
with listing as (
    select * from rec_listings
),

price as (
    select * from rec_prices
),

session as (
    select * from rec_sessions
),

fx as (
    select * from rec_fx
),

filing as (
    select * from int_filing_due
),

company as (
    select * from rec_companies
),

chip as (
    select * from rec_chips
),

mark as (
    select * from stg_record_mark
),

source as (
    select * from rec_sources
),

quarantine as (
    select * from rec_quarantine
),

disagreement as (
    select * from stg_disagreement
),

unknown as (
    select * from int_unknown_reference
),

contradiction as (
    select * from int_contradiction
),

parameter_row as (
    select * from parameters
),

chip_vendor as (
    select vendor
    from chip
    group by vendor
),

last_session as (
    select
        session.mic,
        max(session.session_on) as expected_on
    from session
    cross join parameter_row
    where session.session_on <= parameter_row.as_of
    group by session.mic
),

any_session as (
    select max(expected_on) as expected_on
    from last_session
),

traded_day as (
    select
        symbol,
        mic,
        traded_on
    from price
    group by symbol, mic, traded_on
),

traded as (
    select
        symbol,
        mic,
        min(traded_on) as first_on,
        max(traded_on) as last_on,
        count(*) as day_count
    from traded_day
    group by symbol, mic
),

last_bar as (
    select
        price.symbol,
        price.mic,
        string_agg(distinct price.source_id, ';' order by price.source_id)
            as source_id
    from price
    inner join traded
        on
            price.symbol = traded.symbol
            and price.mic = traded.mic
            and price.traded_on = traded.last_on
    group by price.symbol, price.mic
),

price_series as (
    select
        'freshness_price' as check_kind,
        listing.symbol || ':' || listing.mic as item,
        listing.title || ' (' || listing.symbol || ')' as title,
        listing.title_zh || ' (' || listing.symbol || ')' as title_zh,
        case
            when traded.last_on is null then 'missing'
            when last_session.expected_on is null then 'not_expected'
            when traded.last_on >= last_session.expected_on then 'fresh'
            else 'stale'
        end as status,
        traded.last_on,
        last_session.expected_on,
        coalesce(traded.day_count, 0) as row_count,
        cast(null as bigint) as total_rows,
        case
            when traded.last_on is null then 'no_bar_on_record'
            when last_session.expected_on is null then 'no_calendar_on_record'
            when traded.last_on < last_session.expected_on
                then 'sessions_since_last_bar'
        end as reason,
        cast(null as varchar) as detail,
        coalesce(last_bar.source_id, listing.source_id) as source_id
    from listing
    left join traded
        on
            listing.symbol = traded.symbol
            and listing.mic = traded.mic
    left join last_bar
        on
            listing.symbol = last_bar.symbol
            and listing.mic = last_bar.mic
    left join last_session
        on listing.calendar_mic = last_session.mic
    left join chip_vendor
        on listing.vendor = chip_vendor.vendor
    where
        traded.last_on is not null
        or chip_vendor.vendor is not null
),

session_without_bar as (
    select
        listing.symbol || ':' || listing.mic as item,
        listing.title || ' (' || listing.symbol || ')' as title,
        listing.title_zh || ' (' || listing.symbol || ')' as title_zh,
        listing.source_id,
        count(*) as session_count,
        min(session.session_on) as first_missing_on,
        max(session.session_on) as last_missing_on
    from listing
    inner join traded
        on
            listing.symbol = traded.symbol
            and listing.mic = traded.mic
    inner join session
        on
            listing.calendar_mic = session.mic
            and traded.first_on < session.session_on
            and traded.last_on > session.session_on
    left join traded_day
        on
            listing.symbol = traded_day.symbol
            and listing.mic = traded_day.mic
            and session.session_on = traded_day.traded_on
    where traded_day.traded_on is null
    group by
        listing.symbol,
        listing.mic,
        listing.title,
        listing.title_zh,
        listing.source_id
),

gap as (
    select
        'gap_session' as check_kind,
        item,
        title,
        title_zh,
        'gap' as status,
        last_missing_on as last_on,
        cast(null as date) as expected_on,
        session_count as row_count,
        cast(null as bigint) as total_rows,
        'sessions_without_bar' as reason,
        case
            when first_missing_on = last_missing_on
                then cast(first_missing_on as varchar)
            else
                cast(first_missing_on as varchar) || ' .. '
                || cast(last_missing_on as varchar)
        end as detail,
        source_id
    from session_without_bar
),

fx_last as (
    select
        currency,
        max(rate_on) as last_on,
        count(*) as day_count,
        string_agg(distinct source_id, ';' order by source_id) as source_id
    from fx
    group by currency
),

fx_series as (
    select
        'freshness_fx' as check_kind,
        fx_last.currency as item,
        cast(null as varchar) as title,
        cast(null as varchar) as title_zh,
        case
            when any_session.expected_on is null then 'not_expected'
            when fx_last.last_on >= any_session.expected_on then 'fresh'
            else 'stale'
        end as status,
        fx_last.last_on,
        any_session.expected_on,
        fx_last.day_count as row_count,
        cast(null as bigint) as total_rows,
        case
            when any_session.expected_on is null then 'no_calendar_on_record'
            when fx_last.last_on < any_session.expected_on
                then 'sessions_since_last_rate'
        end as reason,
        cast(null as varchar) as detail,
        fx_last.source_id
    from fx_last
    cross join any_session
),

filing_series as (
    select
        'freshness_filing' as check_kind,
        filing.vendor as item,
        filing.vendor as title,
        company.vendor_zh as title_zh,
        filing.status,
        filing.last_on,
        filing.expected_on,
        filing.filing_count as row_count,
        cast(null as bigint) as total_rows,
        filing.reason,
        cast(filing.due_on as varchar) as detail,
        filing.source_id
    from filing
    left join company
        on filing.vendor = company.vendor
),

kind_count as (
    select
        kind,
        sum(record_count) as record_count,
        max(last_published_on) as last_on
    from mark
    group by kind
),

kind_series as (
    select
        'freshness_record' as check_kind,
        kind as item,
        cast(null as varchar) as title,
        cast(null as varchar) as title_zh,
        'not_expected' as status,
        last_on,
        cast(null as date) as expected_on,
        record_count as row_count,
        cast(null as bigint) as total_rows,
        cast(null as varchar) as reason,
        cast(null as varchar) as detail,
        cast(null as varchar) as source_id
    from kind_count
),

marked as (
    select
        'marked_rows' as check_kind,
        mark.kind || ':' || mark.confidence as item,
        cast(null as varchar) as title,
        cast(null as varchar) as title_zh,
        'marked' as status,
        max(mark.last_published_on) as last_on,
        cast(null as date) as expected_on,
        sum(mark.record_count) as row_count,
        max(kind_count.record_count) as total_rows,
        mark.confidence as reason,
        cast(null as varchar) as detail,
        cast(null as varchar) as source_id
    from mark
    inner join kind_count
        on mark.kind = kind_count.kind
    where mark.confidence in ('contested', 'unverified', 'invented')
    group by mark.kind, mark.confidence
),

source_match as (
    select
        mark.kind,
        mark.source_id,
        mark.confidence,
        mark.record_count,
        mark.last_published_on,
        length(mark.source_id) - length(replace(mark.source_id, ';', '')) + 1
            as named_count,
        count(source.key) as listed_count
    from mark
    left join source
        on
            strpos(';' || mark.source_id || ';', ';' || source.key || ';') > 0
    group by
        mark.kind,
        mark.source_id,
        mark.confidence,
        mark.record_count,
        mark.last_published_on
),

unlisted as (
    select
        'marked_rows' as check_kind,
        source_match.kind || ':source_not_listed' as item,
        cast(null as varchar) as title,
        cast(null as varchar) as title_zh,
        'marked' as status,
        max(source_match.last_published_on) as last_on,
        cast(null as date) as expected_on,
        sum(source_match.record_count) as row_count,
        max(kind_count.record_count) as total_rows,
        'source_not_listed' as reason,
        cast(null as varchar) as detail,
        cast(null as varchar) as source_id
    from source_match
    inner join kind_count
        on source_match.kind = kind_count.kind
    where source_match.listed_count < source_match.named_count
    group by source_match.kind
),

held_back_rule as (
    select
        coalesce(kind, 'unknown') as kind,
        coalesce(rule, 'unknown') as rule,
        sum(rows) as row_count
    from quarantine
    group by coalesce(kind, 'unknown'), coalesce(rule, 'unknown')
),

held_back as (
    select
        'held_back' as check_kind,
        held_back_rule.kind || ':' || held_back_rule.rule as item,
        cast(null as varchar) as title,
        cast(null as varchar) as title_zh,
        'held_back' as status,
        cast(null as date) as last_on,
        cast(null as date) as expected_on,
        held_back_rule.row_count,
        held_back_rule.row_count + coalesce(kind_count.record_count, 0)
            as total_rows,
        held_back_rule.rule as reason,
        cast(null as varchar) as detail,
        cast(null as varchar) as source_id
    from held_back_rule
    left join kind_count
        on held_back_rule.kind = kind_count.kind
),

ranked_disagreement as (
    select
        *,
        row_number() over (
            partition by kind, field, taken_source_id, other_source_id
            order by
                difference_pct desc nulls last,
                published_on desc,
                record_key asc,
                other_record_key asc
        ) as place
    from disagreement
),

source_pair as (
    select
        kind,
        field,
        taken_source_id,
        other_source_id,
        max(published_on) as last_on,
        max(difference_pct) as difference_pct,
        count(*) as row_count
    from ranked_disagreement
    group by kind, field, taken_source_id, other_source_id
),

disagreeing as (
    select
        'disagreement' as check_kind,
        source_pair.kind || ':' || source_pair.field || ', '
        || source_pair.taken_source_id || ' / ' || source_pair.other_source_id
            as item,
        cast(null as varchar) as title,
        cast(null as varchar) as title_zh,
        'disagreement' as status,
        source_pair.last_on,
        cast(null as date) as expected_on,
        source_pair.row_count,
        cast(null as bigint) as total_rows,
        'first_source_is_taken' as reason,
        worst.record_key || ': '
        || worst.taken_value || ' / ' || worst.other_value as detail,
        source_pair.taken_source_id || ';' || source_pair.other_source_id
            as source_id,
        source_pair.difference_pct
    from source_pair
    inner join ranked_disagreement as worst
        on
            source_pair.kind = worst.kind
            and source_pair.field = worst.field
            and source_pair.taken_source_id = worst.taken_source_id
            and source_pair.other_source_id = worst.other_source_id
            and worst.place = 1
),

unknown_name as (
    select
        'unknown_reference' as check_kind,
        kind || ':' || topic || ':' || name as item,
        cast(null as varchar) as title,
        cast(null as varchar) as title_zh,
        'unknown_reference' as status,
        last_published_on as last_on,
        cast(null as date) as expected_on,
        record_count as row_count,
        cast(null as bigint) as total_rows,
        'unknown_' || topic as reason,
        cast(null as varchar) as detail,
        cast(null as varchar) as source_id
    from unknown
),

ranked_contradiction as (
    select
        *,
        row_number() over (
            partition by kind, rule
            order by
                published_on desc,
                line asc,
                record_key asc
        ) as place,
        count(*) over (partition by kind, rule) as row_count
    from contradiction
),

contradicting as (
    select
        'contradiction' as check_kind,
        kind || ':' || rule as item,
        cast(null as varchar) as title,
        cast(null as varchar) as title_zh,
        'contradiction' as status,
        published_on as last_on,
        cast(null as date) as expected_on,
        row_count,
        cast(null as bigint) as total_rows,
        rule as reason,
        record_key || ': ' || coalesce(detail, '') as detail,
        source_id
    from ranked_contradiction
    where place = 1
),

item_row as (
    select
        *,
        cast(null as decimal(18, 4)) as difference_pct
    from price_series
    union all
    select
        *,
        cast(null as decimal(18, 4)) as difference_pct
    from gap
    union all
    select
        *,
        cast(null as decimal(18, 4)) as difference_pct
    from fx_series
    union all
    select
        *,
        cast(null as decimal(18, 4)) as difference_pct
    from filing_series
    union all
    select
        *,
        cast(null as decimal(18, 4)) as difference_pct
    from kind_series
    union all
    select
        *,
        cast(null as decimal(18, 4)) as difference_pct
    from marked
    union all
    select
        *,
        cast(null as decimal(18, 4)) as difference_pct
    from unlisted
    union all
    select
        *,
        cast(null as decimal(18, 4)) as difference_pct
    from held_back
    union all
    select
        *,
        cast(null as decimal(18, 4)) as difference_pct
    from contradicting
    union all
    select * from disagreeing
    union all
    select
        *,
        cast(null as decimal(18, 4)) as difference_pct
    from unknown_name
),

measured as (
    select
        *,
        cast(
            case
                when status in ('fresh', 'stale') and expected_on > last_on
                    then date_diff('day', last_on, expected_on)
                when status in ('fresh', 'stale') then 0
            end as bigint
        ) as days_stale
    from item_row
),

final as (
    select
        check_kind,
        item,
        row_number() over (
            partition by check_kind
            order by
                case
                    when status = 'missing' then 1
                    when status = 'stale' then 2
                    when
                        status in (
                            'gap',
                            'marked',
                            'held_back',
                            'disagreement',
                            'contradiction',
                            'unknown_reference'
                        )
                        then 3
                    when status = 'fresh' then 4
                    else 5
                end,
                days_stale desc,
                difference_pct desc nulls last,
                row_count desc,
                item asc
        ) as quality_no,
        title,
        title_zh,
        status,
        last_on,
        expected_on,
        days_stale,
        cast(row_count as bigint) as row_count,
        cast(total_rows as bigint) as total_rows,
        reason,
        detail,
        source_id,
        difference_pct
    from measured
)

select * from final
