-- One row per published share: who says that which vendor has how much of
-- which market, on which measure, and how concentrated that makes it.
-- grain: period, scope, measure, vendor, publisher, kind, published_on
-- source: Herfindahl-Hirschman index, the sum of squared shares in per cent
-- (US DOJ and FTC Merger Guidelines 2023, section 2.1). The unnamed rest is
-- between many firms of no size (low) and one firm (high).
-- A figure that is handed on counts once: by what a row says that it repeats
-- (through chains), and where two print the same figure of the same kind.
with recorded as (
    select * from rec_share_estimates
),

contradicting as (
    select * from int_contradiction_share
),

share as (
    -- a table of over a hundred per cent is in no figure
    select recorded.*
    from recorded
    left join contradicting
        on
            recorded.batch_id = contradicting.batch_id
            and recorded.line = contradicting.line
    where contradicting.batch_id is null
),

company as (
    select * from rec_companies
),

bucketed as (
    select
        share.*,
        company.bucket is not null as is_vendor,
        case
            when share.vendor = 'domestic' then 'domestic'
            when share.vendor = 'imported' then 'foreign'
            when share.vendor = 'all' then 'total'
            when company.bucket in ('domestic', 'foreign', 'in_house')
                then company.bucket
            else 'unspecified'
        end as bucket
    from share
    left join company
        on share.vendor = company.vendor
),

named as (
    -- one table is one publication: two notes of a publisher are not added
    select
        publisher,
        period,
        scope,
        measure,
        kind,
        source_id,
        count(*) as vendor_count,
        sum(cast(share_low_pct as decimal(9, 4))) as low_sum,
        sum(cast(share_high_pct as decimal(9, 4))) as high_sum,
        sum(
            cast(share_low_pct as decimal(9, 4))
            * cast(share_low_pct as decimal(9, 4))
        ) as low_squares,
        sum(
            cast(share_high_pct as decimal(9, 4))
            * cast(share_high_pct as decimal(9, 4))
        ) as high_squares
    from bucketed
    where
        is_vendor
        and share_low_pct is not null
        and share_high_pct is not null
    group by publisher, period, scope, measure, kind, source_id
),

concentration as (
    select
        publisher,
        period,
        scope,
        measure,
        kind,
        source_id,
        vendor_count,
        cast(low_sum as decimal(18, 4)) as named_share_low_pct,
        cast(high_sum as decimal(18, 4)) as named_share_high_pct,
        case
            when vendor_count >= 2 and low_sum <= 100
                then cast(low_squares as decimal(18, 2))
        end as hhi_low,
        case
            when vendor_count >= 2 and low_sum <= 100
                then cast(
                    least(
                        high_squares
                        + cast(100 - low_sum as decimal(9, 4))
                        * cast(100 - low_sum as decimal(9, 4)),
                        cast(10000 as decimal(18, 2))
                    ) as decimal(18, 2)
                )
        end as hhi_high
    from named
),

repeating as (
    select
        period,
        measure,
        vendor,
        publisher,
        copy_of,
        row_number() over (
            partition by period, measure, vendor, publisher
            order by published_on desc, copy_of asc
        ) as word_no
    from share
    where copy_of is not null
),

declared as (
    -- what a publisher says that it repeats, figure by figure: its last word
    select
        period,
        measure,
        vendor,
        publisher,
        copy_of
    from repeating
    where word_no = 1
),

one_step as (
    select
        own.period,
        own.measure,
        own.vendor,
        own.publisher,
        own.copy_of as step_1,
        coalesce(next_one.copy_of, own.copy_of) as step_2
    from declared as own
    left join declared as next_one
        on
            own.period = next_one.period
            and own.measure = next_one.measure
            and own.vendor = next_one.vendor
            and own.copy_of = next_one.publisher
),

four_steps as (
    select
        own.*,
        coalesce(next_one.step_2, own.step_2) as step_4
    from one_step as own
    left join one_step as next_one
        on
            own.period = next_one.period
            and own.measure = next_one.measure
            and own.vendor = next_one.vendor
            and own.step_2 = next_one.publisher
),

lineage as (
    -- eight steps up a chain; where the chain is a ring, its first name stands
    -- for all of it
    select
        own.period,
        own.measure,
        own.vendor,
        own.publisher,
        case
            when ring.publisher is null
                then coalesce(next_one.step_4, own.step_4)
            else
                least(
                    own.publisher,
                    own.step_1,
                    own.step_2,
                    own.step_4,
                    coalesce(next_one.step_4, own.step_4)
                )
        end as origin
    from four_steps as own
    left join four_steps as next_one
        on
            own.period = next_one.period
            and own.measure = next_one.measure
            and own.vendor = next_one.vendor
            and own.step_4 = next_one.publisher
    left join declared as ring
        on
            own.period = ring.period
            and own.measure = ring.measure
            and own.vendor = ring.vendor
            and coalesce(next_one.step_4, own.step_4) = ring.publisher
),

rooted as (
    select
        bucketed.*,
        coalesce(lineage.origin, bucketed.publisher) as origin,
        -- the same figure of the same kind, printed by another later, is no
        -- second witness until it is shown to be one
        case
            when
                bucketed.share_low_pct is not null
                and bucketed.vendor <> 'all'
                then row_number() over (
                    partition by
                        bucketed.period,
                        bucketed.measure,
                        bucketed.vendor,
                        bucketed.kind,
                        bucketed.share_low_pct,
                        bucketed.share_high_pct
                    order by
                        case when lineage.origin is null then 0 else 1 end,
                        bucketed.published_on,
                        bucketed.publisher,
                        bucketed.scope
                )
        end as telling
    from bucketed
    left join lineage
        on
            bucketed.period = lineage.period
            and bucketed.measure = lineage.measure
            and bucketed.vendor = lineage.vendor
            and bucketed.publisher = lineage.publisher
),

first_telling as (
    select
        period,
        measure,
        vendor,
        kind,
        share_low_pct,
        share_high_pct,
        origin
    from rooted
    where telling = 1
),

witnessed as (
    select
        rooted.*,
        case
            when rooted.origin <> rooted.publisher then rooted.origin
            else coalesce(first_telling.origin, rooted.origin)
        end as witness
    from rooted
    left join first_telling
        on
            rooted.period = first_telling.period
            and rooted.measure = first_telling.measure
            and rooted.vendor = first_telling.vendor
            and rooted.kind = first_telling.kind
            and rooted.share_low_pct
            is not distinct from first_telling.share_low_pct
            and rooted.share_high_pct
            is not distinct from first_telling.share_high_pct
),

repeated as (
    select
        period,
        measure,
        vendor,
        witness,
        string_agg(distinct publisher, ';' order by publisher) as copies
    from witnessed
    where publisher <> witness
    group by period, measure, vendor, witness
),

counted as (
    select
        period,
        measure,
        vendor,
        count(distinct witness) as witness_count
    from witnessed
    group by period, measure, vendor
),

final as (
    select
        witnessed.period,
        witnessed.scope,
        witnessed.measure,
        witnessed.vendor,
        witnessed.publisher,
        witnessed.kind,
        witnessed.published_on,
        witnessed.published_precision,
        witnessed.period_start,
        witnessed.period_end,
        witnessed.bucket,
        witnessed.is_vendor,
        witnessed.share_low_pct,
        witnessed.share_high_pct,
        witnessed.value,
        witnessed.value_unit,
        concentration.vendor_count as named_vendor_count,
        concentration.named_share_low_pct,
        concentration.named_share_high_pct,
        concentration.hhi_low,
        concentration.hhi_high,
        witnessed.publisher <> witnessed.witness as is_copy,
        case
            when witnessed.publisher <> witnessed.witness
                then witnessed.witness
        end as copy_of,
        repeated.copies,
        counted.witness_count,
        witnessed.note,
        witnessed.source_id,
        witnessed.confidence
    from witnessed
    left join concentration
        on
            witnessed.publisher = concentration.publisher
            and witnessed.period = concentration.period
            and witnessed.scope = concentration.scope
            and witnessed.measure = concentration.measure
            and witnessed.kind = concentration.kind
            and witnessed.source_id = concentration.source_id
    left join repeated
        on
            witnessed.period = repeated.period
            and witnessed.measure = repeated.measure
            and witnessed.vendor = repeated.vendor
            and witnessed.publisher = repeated.witness
    inner join counted
        on
            witnessed.period = counted.period
            and witnessed.measure = counted.measure
            and witnessed.vendor = counted.vendor
)

select * from final
