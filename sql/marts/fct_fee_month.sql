-- One row per fee instrument, vendor, chip and month with China revenue known:
-- what an instrument in force took, as a range; and apart, never added to it,
-- what an announced one would have been and what the press formula gives.
-- grain: fee_id, vendor, chip_id, month
-- source: Proclamation 11002 (ad valorem on customs value, which nobody
-- publishes: bounded, not known). A fee is never rate x revenue by default
-- (trap 7); an instrument never in force took nothing. Amounts keep all their
-- decimals (rate x cents is exact), so that months add up; reports round. A
-- sale without a dollar value leaves the upper bound of its month blank.
with fee as (
    select * from stg_fee
    where rate > 0
),

fee_chip as (
    select * from int_fee_chip
),

revenue as (
    select * from fct_revenue_month
),

quote as (
    select * from int_chip_quote
),

confidence as (
    select * from stg_confidence
),

ranked_revenue as (
    -- What is of which kind counts first: filings before estimates, China
    -- alone before China with Hong Kong, where the buyer sits before where the
    -- bill goes, the chip's own line before wider ones. Shipments are no total.
    -- What has no upper bound in dollars comes last, and shipments of which no
    -- dollar is known: they open the bound and displace nothing.
    select
        vendor,
        chip_id,
        month,
        coalesce(method = 'shipped', false) as is_shipped,
        greatest(coalesce(period_from, month), month) as sold_from,
        least(coalesce(period_to, last_day(month)), last_day(month))
            as sold_to,
        coalesce(period_from, month) as period_from,
        coalesce(period_to, last_day(month)) as period_to,
        region,
        basis,
        value_type,
        coalesce(revenue_usd_low, 0) as revenue_low_usd,
        revenue_usd_high as revenue_high_usd,
        source_id,
        confidence,
        case
            when
                revenue_usd_high is null
                and (
                    revenue_usd_low is null
                    or not coalesce(method = 'shipped', false)
                )
                then 1000000
            else 0
        end
        + case when value_type = 'reported' then 0 else 100000 end
        + case when region = 'China' then 0 else 10000 end
        + case basis
            when 'customer_hq' then 1000
            when 'billing' then 2000
            when 'unspecified' then 3000
            else 4000
        end
        + case scope
            when 'product' then 100
            when 'ai_chips' then 200
            when 'data_center' then 300
            else 400
        end as preference
    from revenue
    where
        chip_id <> 'all'
        and region like 'China%'
        and value_type in ('reported', 'estimate')
        and (
            revenue_usd_high is not null
            or method = 'shipped'
            or fx_method <> 'no_money'
        )
),

revenue_mark as (
    select
        ranked_revenue.*,
        confidence.weakness
    from ranked_revenue
    inner join confidence
        on ranked_revenue.confidence = confidence.confidence
),

best_kind as (
    select
        vendor,
        chip_id,
        month,
        is_shipped,
        min(preference) as preference
    from revenue_mark
    group by vendor, chip_id, month, is_shipped
),

kept as (
    -- beside the best kind, shipments of any whose dollars are not all known
    select
        revenue_mark.*,
        revenue_mark.preference = best_kind.preference as is_best
    from revenue_mark
    inner join best_kind
        on
            revenue_mark.vendor = best_kind.vendor
            and revenue_mark.chip_id = best_kind.chip_id
            and revenue_mark.month = best_kind.month
            and revenue_mark.is_shipped = best_kind.is_shipped
            and (
                revenue_mark.preference = best_kind.preference
                or (
                    revenue_mark.is_shipped
                    and revenue_mark.revenue_high_usd is null
                    and revenue_mark.value_type = 'reported'
                )
            )
),

of_kind as (
    -- Filed lines of one kind are of the same chips: the most that one of them
    -- leaves open is the bound, so that a further line never lowers it. Of
    -- shipments each is another.
    select
        vendor,
        chip_id,
        month,
        is_shipped,
        min(sold_from) as sold_from,
        max(sold_to) as sold_to,
        min(period_from) as period_from,
        max(period_to) as period_to,
        string_agg(
            distinct case when is_best then region end, ';'
            order by case when is_best then region end
        ) as region,
        max(case when is_best then basis end) as basis,
        max(case when is_best then value_type end) as value_type,
        case
            when is_shipped
                then sum(case when is_best then revenue_low_usd end)
            else max(revenue_low_usd)
        end as revenue_low_usd,
        case
            when count(revenue_high_usd) < count(*) then null
            when is_shipped then sum(revenue_high_usd)
            else max(revenue_high_usd)
        end as revenue_high_usd,
        string_agg(
            distinct source_id, ';'
            order by source_id
        ) as source_id,
        max(weakness) as weakness
    from kept
    group by vendor, chip_id, month, is_shipped
),

shipped as (
    select * from of_kind
    where is_shipped
),

filed as (
    -- an estimate is no bound to what is known to have been shipped
    select
        of_kind.*,
        case
            when of_kind.revenue_high_usd is null then null
            when
                of_kind.value_type = 'estimate'
                and shipped.value_type = 'reported'
                then greatest(of_kind.revenue_high_usd, shipped.revenue_low_usd)
            else of_kind.revenue_high_usd
        end as bound_usd
    from of_kind
    left join shipped
        on
            of_kind.vendor = shipped.vendor
            and of_kind.chip_id = shipped.chip_id
            and of_kind.month = shipped.month
    where not of_kind.is_shipped
),

-- Shipments are a part of what was sold. Inside the days of a filing they can
-- raise its lower bound, up to the upper one, which they never move; on days
-- that no filing holds they come on top of it.
china_revenue as (
    select
        filed.vendor,
        filed.chip_id,
        filed.month,
        least(filed.sold_from, coalesce(outside.sold_from, filed.sold_from))
            as sold_from,
        greatest(filed.sold_to, coalesce(outside.sold_to, filed.sold_to))
            as sold_to,
        least(
            filed.period_from, coalesce(outside.period_from, filed.period_from)
        ) as period_from,
        greatest(
            filed.period_to, coalesce(outside.period_to, filed.period_to)
        ) as period_to,
        filed.region,
        filed.basis,
        filed.value_type,
        least(
            case
                when
                    outside.sold_from > filed.sold_to
                    or outside.sold_to < filed.sold_from
                    then filed.revenue_low_usd + outside.revenue_low_usd
                else greatest(
                    filed.revenue_low_usd,
                    coalesce(shipped.revenue_low_usd, filed.revenue_low_usd)
                )
            end,
            filed.bound_usd
            + case
                when outside.vendor is null then 0
                else outside.revenue_high_usd
            end
        ) as revenue_low_usd,
        filed.bound_usd
        + case
            when outside.vendor is null then 0 else outside.revenue_high_usd
        end as revenue_high_usd,
        case
            when
                shipped.vendor is null
                or strpos(
                    ';' || filed.source_id || ';',
                    ';' || shipped.source_id || ';'
                )
                > 0
                then filed.source_id
            else filed.source_id || ';' || shipped.source_id
        end as source_id,
        greatest(filed.weakness, coalesce(shipped.weakness, 1)) as weakness
    from filed
    left join shipped
        on
            filed.vendor = shipped.vendor
            and filed.chip_id = shipped.chip_id
            and filed.month = shipped.month
            and shipped.region in ('China', filed.region)
            and (
                filed.revenue_low_usd < shipped.revenue_low_usd
                or filed.sold_from > shipped.sold_from
                or filed.sold_to < shipped.sold_to
            )
    left join shipped as outside
        on
            shipped.vendor = outside.vendor
            and shipped.chip_id = outside.chip_id
            and shipped.month = outside.month
            and (
                filed.sold_from > outside.sold_from
                or filed.sold_to < outside.sold_to
            )
    union all
    select
        shipped.vendor,
        shipped.chip_id,
        shipped.month,
        shipped.sold_from,
        shipped.sold_to,
        shipped.period_from,
        shipped.period_to,
        shipped.region,
        shipped.basis,
        shipped.value_type,
        shipped.revenue_low_usd,
        shipped.revenue_high_usd,
        shipped.source_id,
        shipped.weakness
    from shipped
    left join filed
        on
            shipped.vendor = filed.vendor
            and shipped.chip_id = filed.chip_id
            and shipped.month = filed.month
    where filed.vendor is null
),

standing as (
    select
        fee_id,
        valid_from,
        'in_force' as status,
        in_force_from as stands_from,
        in_force_to as stands_to
    from fee
    where in_force_from is not null
    union all
    select
        fee_id,
        valid_from,
        'announced' as status,
        announced_only_from as stands_from,
        announced_only_to as stands_to
    from fee
    where announced_only_from is not null
),

bearing as (
    select
        standing.fee_id,
        standing.valid_from,
        standing.status,
        fee_chip.chip_id,
        fee_chip.matched_by,
        fee_chip.source_id as chip_source_id,
        fee_chip.confidence as chip_confidence,
        greatest(standing.stands_from, fee_chip.applies_from) as bears_from,
        case
            when standing.stands_to is null then fee_chip.applies_to
            when fee_chip.applies_to is null then standing.stands_to
            else least(standing.stands_to, fee_chip.applies_to)
        end as bears_to
    from standing
    inner join fee_chip
        on
            standing.fee_id = fee_chip.fee_id
            and standing.valid_from = fee_chip.valid_from
),

in_month as (
    select
        fee.fee_id,
        bearing.valid_from,
        china_revenue.vendor,
        china_revenue.chip_id,
        china_revenue.month,
        bearing.status,
        cast(fee.rate as decimal(9, 6)) as rate,
        fee.base,
        fee.instrument,
        china_revenue.region,
        china_revenue.basis,
        china_revenue.value_type,
        cast(china_revenue.revenue_low_usd as decimal(20, 2))
            as revenue_low_usd,
        cast(china_revenue.revenue_high_usd as decimal(20, 2))
            as revenue_high_usd,
        coalesce(
            bearing.bears_from <= china_revenue.period_from
            and (
                bearing.bears_to is null
                or bearing.bears_to >= china_revenue.period_to
            ),
            false
        ) as is_whole_period,
        date_diff('day', china_revenue.sold_from, china_revenue.sold_to) + 1
            as sold_days,
        date_diff('day', china_revenue.period_from, china_revenue.period_to)
        + 1 as period_days,
        date_diff(
            'day',
            greatest(china_revenue.sold_from, bearing.bears_from),
            least(
                china_revenue.sold_to,
                coalesce(bearing.bears_to, china_revenue.sold_to)
            )
        ) + 1 as sold_days_borne,
        date_diff(
            'day',
            greatest(china_revenue.period_from, bearing.bears_from),
            least(
                china_revenue.period_to,
                coalesce(bearing.bears_to, china_revenue.period_to)
            )
        ) + 1 as period_days_borne,
        case
            when
                bearing.status = 'in_force'
                and fee.base = 'customs_value'
                and quote.unit_cost_low_usd < quote.price_high_usd
                then cast(
                    quote.unit_cost_low_usd / nullif(quote.price_high_usd, 0)
                    as decimal(9, 6)
                )
        end as cost_share,
        fee.source_id as fee_source_id,
        china_revenue.source_id as revenue_source_id,
        greatest(
            fee_mark.weakness,
            china_revenue.weakness,
            case
                when bearing.matched_by = 'band' then chip_mark.weakness
                else 0
            end,
            case
                when
                    bearing.status = 'in_force' and fee.base = 'customs_value'
                    then coalesce(cost_mark.weakness, 0)
                else 0
            end
        ) as weakness
    from china_revenue
    inner join bearing
        on
            china_revenue.chip_id = bearing.chip_id
            and china_revenue.sold_to >= bearing.bears_from
            and (
                bearing.bears_to is null
                or china_revenue.sold_from <= bearing.bears_to
            )
    inner join fee
        on
            bearing.fee_id = fee.fee_id
            and bearing.valid_from = fee.valid_from
    left join quote
        on china_revenue.chip_id = quote.chip_id
    left join confidence as fee_mark
        on fee.confidence = fee_mark.confidence
    left join confidence as chip_mark
        on bearing.chip_confidence = chip_mark.confidence
    left join confidence as cost_mark
        on quote.cost_confidence = cost_mark.confidence
),

-- Where a fee bears on a part of the recorded period, all or none of the sales
-- may fall in that part (days within a quarter are arithmetic, not
-- information): the lower bound is zero, the upper bound all of the period,
-- spread over the days of it on which the fee bears.
bounded as (
    select
        *,
        case
            when is_whole_period then revenue_low_usd
            else cast(0 as decimal(20, 2))
        end as borne_low_usd,
        case
            when is_whole_period then revenue_high_usd
            else cast(
                round(
                    revenue_high_usd
                    * cast(sold_days_borne * period_days as decimal(9, 0))
                    / nullif(
                        cast(sold_days * period_days_borne as decimal(9, 0)), 0
                    ), 2
                ) as decimal(20, 2)
            )
        end as borne_high_usd,
        case
            when base = 'seller_revenue' then cast(1 as decimal(9, 6))
            when base = 'customs_value'
                then coalesce(cost_share, cast(0 as decimal(9, 6)))
        end as base_low_share,
        case
            when status = 'announced' and base = 'seller_revenue'
                then 'base_is_revenue'
            when status = 'announced' then 'base_not_stated'
            when base = 'seller_revenue' then 'base_is_revenue'
            when base = 'customs_value' and cost_share is null
                then 'customs_value_between_zero_and_revenue'
            when base = 'customs_value'
                then 'customs_value_between_build_cost_and_revenue'
            else 'base_not_stated'
        end as base_assumption
    from in_month
),

amounts as (
    select
        *,
        case
            when status = 'in_force'
                then cast(
                    round(borne_low_usd * base_low_share, 2)
                    as decimal(20, 2)
                )
        end as base_low_usd,
        case
            when status = 'in_force' and base_low_share is not null
                then borne_high_usd
        end as base_high_usd,
        case
            when status = 'announced' and base = 'seller_revenue'
                then borne_low_usd
        end as announced_base_low_usd,
        case
            when status = 'announced' and base = 'seller_revenue'
                then borne_high_usd
        end as announced_base_high_usd
    from bounded
),

-- Two versions of an instrument may share a month: what was in force counts,
-- the bounds are the widest of its versions, and the words those of the last.
ranked as (
    select
        *,
        rank() over (
            partition by fee_id, vendor, chip_id, month
            order by case when status = 'in_force' then 0 else 1 end
        ) as status_rank,
        row_number() over (
            partition by fee_id, vendor, chip_id, month
            order by
                case when status = 'in_force' then 0 else 1 end asc,
                valid_from desc
        ) as version_place
    from amounts
),

newest as (
    select * from ranked
    where version_place = 1
),

by_month as (
    select
        fee_id,
        vendor,
        chip_id,
        month,
        max(rate) as rate,
        min(revenue_low_usd) as revenue_low_usd,
        max(revenue_high_usd) as revenue_high_usd,
        min(case when is_whole_period then 1 else 0 end) = 1
            as is_whole_period,
        min(base_low_usd) as base_low_usd,
        max(base_high_usd) as base_high_usd,
        min(cast(rate * base_low_usd as decimal(28, 8)))
            as fee_low_usd,
        max(cast(rate * base_high_usd as decimal(28, 8)))
            as fee_high_usd,
        min(cast(rate * announced_base_low_usd as decimal(28, 8)))
            as announced_low_usd,
        max(cast(rate * announced_base_high_usd as decimal(28, 8)))
            as announced_high_usd,
        min(cast(rate * borne_low_usd as decimal(28, 8)))
            as press_formula_low_usd,
        max(cast(rate * borne_high_usd as decimal(28, 8)))
            as press_formula_high_usd,
        max(weakness) as weakness
    from ranked
    where status_rank = 1
    group by fee_id, vendor, chip_id, month
),

final as (
    select
        by_month.fee_id,
        by_month.vendor,
        by_month.chip_id,
        by_month.month,
        newest.status,
        by_month.rate,
        newest.base,
        newest.instrument,
        newest.region,
        newest.basis,
        newest.value_type,
        by_month.is_whole_period,
        by_month.revenue_low_usd,
        by_month.revenue_high_usd,
        by_month.base_low_usd,
        by_month.base_high_usd,
        by_month.fee_low_usd,
        by_month.fee_high_usd,
        by_month.announced_low_usd,
        by_month.announced_high_usd,
        by_month.press_formula_low_usd,
        by_month.press_formula_high_usd,
        newest.base_assumption as assumption,
        case
            when
                strpos(
                    ';' || newest.fee_source_id || ';',
                    ';' || newest.revenue_source_id || ';'
                )
                > 0
                then newest.fee_source_id
            else newest.fee_source_id || ';' || newest.revenue_source_id
        end as source_id,
        confidence.confidence
    from by_month
    inner join newest
        on
            by_month.fee_id = newest.fee_id
            and by_month.vendor = newest.vendor
            and by_month.chip_id = newest.chip_id
            and by_month.month = newest.month
    inner join confidence
        on by_month.weakness = confidence.weakness
)

select * from final
