-- One row per vendor with filed revenue: the last period filed, and the last
-- that should be by the as-of date.
-- grain: vendor
-- source: Form 10-Q (40 days) and 10-K (60 days) of a large accelerated filer;
-- SSE STAR listing rules (annual and first-quarter report by 30 April, half
-- year by 31 August, third quarter by 31 October); HKEX main board rule 13.49
-- (annual results in three months, interim in two). A results day announced
-- beforehand counts where it comes before the deadline. US fiscal quarters are
-- 13 weeks; a 53-week year shifts the guess by one week. Unlisted: nothing due.
with sale as (
    select * from rec_sales
    where
        value_type in ('reported', 'ytd')
        and segment = 'Total'
        and chip_id is null
),

company as (
    select * from rec_companies
),

listing as (
    select * from rec_listings
    where security_type = 'equity'
),

event as (
    select * from rec_events
    where kind = 'result'
),

parameter_row as (
    select * from parameters
),

filed as (
    select
        vendor,
        max(period_end) as last_on,
        max(published_on) as last_published_on,
        count(*) as filing_count
    from sale
    group by vendor
),

ranked_filing as (
    select
        sale.vendor,
        sale.source_id,
        row_number() over (
            partition by sale.vendor
            order by
                sale.period_end desc,
                sale.published_on desc,
                sale.sale_id asc
        ) as recency
    from sale
),

filed_source as (
    select
        vendor,
        source_id
    from ranked_filing
    where recency = 1
),

listed as (
    -- a vendor listed in several countries reports by the first of them
    select
        listing.vendor,
        min(
            case
                when listing.mic in ('XNAS', 'XNYS') then 1
                when listing.mic in ('XSHG', 'XSHE') then 2
                when listing.mic = 'XHKG' then 3
            end
        ) as regime_no
    from listing
    cross join parameter_row
    where
        listing.vendor is not null
        and (
            listing.listed_on is null
            or listing.listed_on <= parameter_row.as_of
        )
    group by listing.vendor
),

regime as (
    select
        vendor,
        case regime_no
            when 1 then '1us'
            when 2 then '2cn'
            when 3 then '3hk'
        end as ranked_regime
    from listed
),

calendar_year as (
    select year(as_of) as filing_year
    from parameter_row
    union all
    select year(as_of) - 1 as filing_year
    from parameter_row
),

fixed_deadline as (
    select
        '2cn' as ranked_regime,
        make_date(filing_year - 1, 12, 31) as period_end,
        make_date(filing_year, 4, 30) as due_on
    from calendar_year
    union all
    select
        '2cn' as ranked_regime,
        make_date(filing_year, 3, 31) as period_end,
        make_date(filing_year, 4, 30) as due_on
    from calendar_year
    union all
    select
        '2cn' as ranked_regime,
        make_date(filing_year, 6, 30) as period_end,
        make_date(filing_year, 8, 31) as due_on
    from calendar_year
    union all
    select
        '2cn' as ranked_regime,
        make_date(filing_year, 9, 30) as period_end,
        make_date(filing_year, 10, 31) as due_on
    from calendar_year
    union all
    select
        '3hk' as ranked_regime,
        make_date(filing_year - 1, 12, 31) as period_end,
        make_date(filing_year, 3, 31) as due_on
    from calendar_year
    union all
    select
        '3hk' as ranked_regime,
        make_date(filing_year, 6, 30) as period_end,
        make_date(filing_year, 8, 31) as due_on
    from calendar_year
),

next_quarter as (
    select
        vendor,
        cast(last_on + interval 91 day as date) as period_end
    from filed
    union all
    select
        vendor,
        cast(last_on + interval 182 day as date) as period_end
    from filed
    union all
    select
        vendor,
        cast(last_on + interval 273 day as date) as period_end
    from filed
    union all
    select
        vendor,
        cast(last_on + interval 364 day as date) as period_end
    from filed
    union all
    select
        vendor,
        cast(last_on + interval 455 day as date) as period_end
    from filed
    union all
    select
        vendor,
        cast(last_on + interval 546 day as date) as period_end
    from filed
),

us_deadline as (
    select
        next_quarter.vendor,
        next_quarter.period_end,
        case
            when
                month(next_quarter.period_end) = case
                    when company.fiscal_year_end like '%January%' then 1
                    when company.fiscal_year_end like '%December%' then 12
                    when company.fiscal_year_end = '12-31' then 12
                    when company.fiscal_year_end = '03-31' then 3
                end
                then cast(
                    next_quarter.period_end + interval 60 day as date
                )
            else cast(next_quarter.period_end + interval 40 day as date)
        end as due_on
    from next_quarter
    left join company
        on next_quarter.vendor = company.vendor
),

announced_result as (
    select
        event.authority as vendor,
        cast(filed.last_on + interval 91 day as date) as period_end,
        max(event.announced_on) as due_on
    from event
    inner join filed
        on event.authority = filed.vendor
    where
        event.announced_on > event.published_on
        and event.announced_on > filed.last_published_on
    group by event.authority, filed.last_on
),

deadline as (
    select
        filed.vendor,
        fixed_deadline.period_end,
        fixed_deadline.due_on,
        'filing_overdue' as reason
    from filed
    inner join regime
        on filed.vendor = regime.vendor
    inner join fixed_deadline
        on regime.ranked_regime = fixed_deadline.ranked_regime
    union all
    select
        us_deadline.vendor,
        us_deadline.period_end,
        us_deadline.due_on,
        'filing_overdue' as reason
    from us_deadline
    inner join regime
        on
            us_deadline.vendor = regime.vendor
            and regime.ranked_regime = '1us'
    union all
    select
        vendor,
        period_end,
        due_on,
        'results_date_passed' as reason
    from announced_result
),

passed as (
    select
        deadline.*,
        row_number() over (
            partition by deadline.vendor
            order by deadline.period_end desc, deadline.due_on asc
        ) as recency
    from deadline
    cross join parameter_row
    where deadline.due_on < parameter_row.as_of
),

final as (
    select
        filed.vendor,
        filed.last_on,
        case
            when passed.period_end > filed.last_on then passed.period_end
            when regime.ranked_regime is not null then filed.last_on
        end as expected_on,
        case when passed.period_end > filed.last_on then passed.due_on end
            as due_on,
        case
            when passed.period_end > filed.last_on then 'stale'
            when regime.ranked_regime is null then 'not_expected'
            else 'fresh'
        end as status,
        case
            when passed.period_end > filed.last_on then passed.reason
            when regime.ranked_regime is null then 'not_listed'
        end as reason,
        filed.filing_count,
        filed_source.source_id
    from filed
    inner join filed_source
        on filed.vendor = filed_source.vendor
    left join regime
        on filed.vendor = regime.vendor
    left join passed
        on
            filed.vendor = passed.vendor
            and passed.recency = 1
)

select * from final
