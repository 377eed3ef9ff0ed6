-- One row per figure that a claim may name: its value, unit and source.
-- grain: measure_id
-- Ids: chip.<chip>.<field>, fee.<fee>.rate, fee.<fee>.share_of_inclusive,
-- company.<vendor>.shares_outstanding, claim.<claim>.stated_low,
-- quote.<chip>.<main source>.usd_low,
-- sales.<vendor>.<period>.<region>.<basis>[.<chip or segment>].revenue_usd,
-- share.<publisher>.<period>.<measure>.<vendor>.high_pct,
-- volume.<chip>.<case>.units,
-- close.<symbol>.<day>, return.<symbol>.<day>. Blanks become underscores.
-- source: t/(1+t) is an ad valorem duty's share of an outlay that includes it.
-- A close is as quoted on the day (raw before split-adjusted: a market value
-- needs the price of its day); prices only where a claim names them.
with chip as (
    select * from rec_chips
),

chip_field as (
    select * from stg_chip_field
),

chip_tpp as (
    select * from int_chip_tpp
),

fee as (
    select * from rec_fees
),

company as (
    select * from rec_companies
),

claim as (
    select * from rec_claims
),

quote as (
    select
        *,
        case
            when confidence in ('contested', 'unverified', 'invented') then 1
            else 0
        end as is_doubted
    from rec_chip_prices
    where
        currency = 'USD'
        and quote_unit in ('gpu', 'card')
),

sale as (
    select * from rec_sales
    where
        fiscal_period is not null
        and currency = 'USD'
),

source as (
    select * from rec_sources
),

share as (
    select * from rec_share_estimates
),

price as (
    select * from rec_prices
    where adjustment in ('raw', 'split')
),

comparable as (
    -- a bar beyond the price limit of its exchange is in no figure
    select comparable.*
    from int_price_comparable as comparable
    left join int_price_step as step
        on
            comparable.symbol = step.symbol
            and comparable.mic = step.mic
            and comparable.traded_on = step.traded_on
            and step.rule = 'bar_beyond_price_limit'
    where step.symbol is null
),

volume as (
    select * from int_scenario_volume
),

rule_test as (
    select * from stg_rule_test
    where rule_role = 'volume_cap'
),

stage as (
    select * from rec_export_stages
    where stage = 'licensed'
),

named as (
    select measure_a as measure_id
    from claim
    where measure_a is not null
    union
    select measure_b as measure_id
    from claim
    where measure_b is not null
),

chip_measure as (
    select
        'chip.' || chip.chip_id || '.' || chip_field.field as measure_id,
        chip_field.value,
        chip_field.unit,
        chip.short_name || ': ' || chip_field.what as what,
        chip.source_id,
        chip.confidence,
        cast(1 as bigint) as preference
    from chip
    inner join chip_field
        on chip.chip_id = chip_field.chip_id
    union all
    select
        'chip.' || chip.chip_id || '.tpp' as measure_id,
        cast(chip_tpp.tpp as decimal(38, 10)) as value,
        'TPP' as unit,
        chip.short_name || ': total processing performance' as what,
        chip.source_id,
        chip.confidence,
        cast(1 as bigint) as preference
    from chip
    inner join chip_tpp
        on chip.chip_id = chip_tpp.chip_id
),

fee_measure as (
    select
        'fee.' || fee_id || '.rate' as measure_id,
        cast(rate as decimal(38, 10)) as value,
        'fraction' as unit,
        title || ': rate' as what,
        source_id,
        confidence,
        row_number() over (
            partition by fee_id
            order by valid_from desc
        ) as preference
    from fee
    union all
    select
        'fee.' || fee_id || '.share_of_inclusive' as measure_id,
        cast(rate / nullif(1 + rate, 0) as decimal(38, 10)) as value,
        'fraction' as unit,
        title || ': share of an outlay that includes it' as what,
        source_id,
        confidence,
        row_number() over (
            partition by fee_id
            order by valid_from desc
        ) as preference
    from fee
),

company_measure as (
    select
        'company.' || replace(vendor, ' ', '_') || '.shares_outstanding'
            as measure_id,
        cast(shares_outstanding as decimal(38, 10)) as value,
        'shares' as unit,
        vendor || ': shares outstanding' as what,
        source_id,
        confidence,
        cast(1 as bigint) as preference
    from company
    where shares_outstanding is not null
),

claim_measure as (
    select
        'claim.' || claim_id || '.stated_low' as measure_id,
        cast(stated_low as decimal(38, 10)) as value,
        unit,
        'as the claim states it' as what,
        split_part(source_id, ';', 1) as source_id,
        confidence,
        row_number() over (
            partition by claim_id
            order by published_on asc, definition_id asc
        ) as preference
    from claim
    where
        is_the_claims_own
        and stated_low is not null
),

quote_measure as (
    select
        'quote.' || chip_id || '.' || split_part(source_id, ';', 1)
        || '.usd_low' as measure_id,
        cast(price_low as decimal(38, 10)) as value,
        'USD' as unit,
        chip_id || ': price per GPU, low end' as what,
        source_id,
        confidence,
        row_number() over (
            partition by chip_id, split_part(source_id, ';', 1)
            order by
                quoted_on desc,
                case when quote_unit = 'gpu' then 0 else 1 end asc,
                is_doubted asc,
                channel asc
        ) as preference
    from quote
    union all
    select
        'quote.' || chip_id || '.' || split_part(source_id, ';', 1)
        || '.usd_high' as measure_id,
        cast(price_high as decimal(38, 10)) as value,
        'USD' as unit,
        chip_id || ': price per GPU, high end' as what,
        source_id,
        confidence,
        row_number() over (
            partition by chip_id, split_part(source_id, ';', 1)
            order by
                quoted_on desc,
                case when quote_unit = 'gpu' then 0 else 1 end asc,
                is_doubted asc,
                channel asc
        ) as preference
    from quote
),

sale_named as (
    select
        'sales.' || replace(vendor, ' ', '_') || '.' || fiscal_period || '.'
        || case
            when region in ('China', 'China incl. HK') then 'china'
            else replace(lower(region), ' ', '_')
        end
        || '.' || basis
        || case
            when chip_id is not null then '.' || chip_id
            when segment = 'Total' then ''
            else '.' || replace(segment, ' ', '_')
        end as stem,
        vendor || ', ' || fiscal_period || ', ' || segment || ', ' || region
        || ', ' || basis as what,
        revenue,
        coalesce(revenue_low, revenue) as revenue_low,
        coalesce(revenue_high, revenue) as revenue_high,
        source_id,
        confidence,
        published_on,
        case when confidence in ('unverified', 'invented') then 1 else 0 end
            as is_unseen,
        case
            when value_type = 'reported' then 1
            when value_type = 'ytd' then 2
            when value_type = 'derived' then 3
            when value_type = 'estimate' then 4
            else 5
        end as type_rank,
        sale_id
    from sale
),

sale_picked as (
    select
        sale_named.*,
        row_number() over (
            partition by sale_named.stem
            order by
                sale_named.type_rank asc,
                sale_named.is_unseen asc,
                coalesce(source.precedence, 1000) asc,
                sale_named.published_on desc,
                sale_named.sale_id asc
        ) as preference
    from sale_named
    left join source
        on split_part(sale_named.source_id, ';', 1) = source.key
),

sale_measure as (
    select
        stem || '.revenue_usd' as measure_id,
        cast(revenue as decimal(38, 10)) as value,
        'USD' as unit,
        what,
        source_id,
        confidence,
        preference
    from sale_picked
    union all
    select
        stem || '.revenue_usd_low' as measure_id,
        cast(revenue_low as decimal(38, 10)) as value,
        'USD' as unit,
        what || ', at least' as what,
        source_id,
        confidence,
        preference
    from sale_picked
    union all
    select
        stem || '.revenue_usd_high' as measure_id,
        cast(revenue_high as decimal(38, 10)) as value,
        'USD' as unit,
        what || ', at most' as what,
        source_id,
        confidence,
        preference
    from sale_picked
),

share_named as (
    select
        'share.' || replace(publisher, ' ', '_') || '.'
        || replace(period, ' ', '_') || '.' || measure || '.'
        || replace(vendor, ' ', '_') as stem,
        publisher || ': ' || vendor || ', ' || period || ', ' || measure
        || ', ' || kind as what,
        share_low_pct,
        share_high_pct,
        source_id,
        confidence,
        published_on,
        case
            when confidence in ('contested', 'unverified', 'invented') then 1
            else 0
        end as is_doubted,
        case
            when kind = 'actual' then 1
            when kind = 'estimate' then 2
            when kind = 'statement' then 3
            when kind = 'forecast' then 4
            else 5
        end as kind_rank,
        scope
    from share
    where
        share_low_pct is not null
        or share_high_pct is not null
),

share_picked as (
    select
        *,
        row_number() over (
            partition by stem
            order by
                kind_rank asc, is_doubted asc, published_on desc, scope asc
        ) as preference
    from share_named
),

share_measure as (
    select
        stem || '.low_pct' as measure_id,
        cast(share_low_pct as decimal(38, 10)) as value,
        'percent' as unit,
        what || ', low end' as what,
        source_id,
        confidence,
        preference
    from share_picked
    union all
    select
        stem || '.high_pct' as measure_id,
        cast(share_high_pct as decimal(38, 10)) as value,
        'percent' as unit,
        what || ', high end' as what,
        source_id,
        confidence,
        preference
    from share_picked
),

close_measure as (
    select
        named.measure_id,
        cast(price.close as decimal(38, 10)) as value,
        price.currency as unit,
        price.symbol || ': close of ' || cast(price.traded_on as varchar)
            as what,
        price.source_id,
        price.confidence,
        row_number() over (
            partition by named.measure_id
            order by
                case when price.adjustment = 'raw' then 0 else 1 end,
                price.mic
        ) as preference
    from price
    inner join named
        on
            'close.' || price.symbol || '.' || cast(
                price.traded_on as varchar
            ) = named.measure_id
),

return_measure as (
    select
        named.measure_id,
        cast(100 * comparable.return_1d as decimal(38, 10)) as value,
        'percent' as unit,
        comparable.symbol || ': close of '
        || cast(comparable.traded_on as varchar) || ' over the one before'
            as what,
        comparable.source_id,
        comparable.confidence,
        row_number() over (
            partition by named.measure_id
            order by
                case when comparable.return_1d is null then 1 else 0 end asc,
                comparable.mic asc
        ) as preference
    from comparable
    inner join named
        on
            'return.' || comparable.symbol || '.' || cast(
                comparable.traded_on as varchar
            ) = named.measure_id
),

-- A volume rests on the cap and, where it is of licences, on their records.
volume_source as (
    select
        volume.chip_id,
        volume.volume_case,
        string_agg(
            distinct rule_test.source_id, ';' order by rule_test.source_id
        ) as cap_source_id,
        string_agg(distinct stage.source_id, ';' order by stage.source_id)
            as stage_source_id
    from volume
    left join rule_test
        on
            volume.volume_case <> 'rule_ceiling'
            or rule_test.parameter = 'units_in_total'
    left join stage
        on
            volume.chip_id = stage.chip_id
            and volume.volume_case = 'licensed_to_date'
    group by volume.chip_id, volume.volume_case
),

volume_measure as (
    select
        'volume.' || volume.chip_id || '.' || volume.volume_case || '.units'
            as measure_id,
        cast(volume.units as decimal(38, 10)) as value,
        'units' as unit,
        volume.chip_id || ': units, ' || volume.volume_case as what,
        case
            when volume_source.stage_source_id is null
                then volume_source.cap_source_id
            when volume_source.cap_source_id is null
                then volume_source.stage_source_id
            else
                volume_source.stage_source_id
                || ';' || volume_source.cap_source_id
        end as source_id,
        'derived' as confidence,
        cast(1 as bigint) as preference
    from volume
    inner join volume_source
        on
            volume.chip_id = volume_source.chip_id
            and volume.volume_case = volume_source.volume_case
    where
        volume.volume_case <> 'none'
        and volume.units is not null
),

measure as (
    select * from chip_measure
    union all
    select * from volume_measure
    union all
    select * from fee_measure
    union all
    select * from company_measure
    union all
    select * from claim_measure
    union all
    select * from quote_measure
    union all
    select * from sale_measure
    union all
    select * from share_measure
    union all
    select * from close_measure
    union all
    select * from return_measure
),

final as (
    select
        measure_id,
        value,
        unit,
        what,
        source_id,
        confidence
    from measure
    where
        preference = 1
        and value is not null
)

select * from final
