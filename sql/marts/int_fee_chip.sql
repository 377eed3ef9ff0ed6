-- One row per fee version and chip that it bears on: named by the instrument,
-- or inside the band of the instrument's rule, from a day to a day.
-- grain: fee_id, valid_from, chip_id, applies_from
-- source: Proclamation 11002, US Note 39: both bounds of each parameter are
-- strict, as the operators of rec_rules say. A band is read on the day, not on
-- the as-of date. Exemptions spare goods, not chips, and bear on none here.
with fee as (
    select * from stg_fee
    where not is_exemption
),

rule as (
    select * from rec_rules
),

chip as (
    select * from rec_chips
),

chip_tpp as (
    select * from int_chip_tpp
),

band_rule as (
    select band_rule_id as rule_id
    from fee
    where band_rule_id is not null
    group by band_rule_id
),

band_test as (
    select rule.*
    from rule
    inner join band_rule
        on rule.rule_id = band_rule.rule_id
),

change_day as (
    select
        rule_id,
        valid_from as changes_on
    from band_test
    group by rule_id, valid_from
    union
    select
        rule_id,
        cast(valid_to + interval 1 day as date) as changes_on
    from band_test
    where valid_to is not null
    group by rule_id, valid_to
),

band_period as (
    select
        rule_id,
        changes_on as applies_from,
        cast(
            lead(changes_on) over (
                partition by rule_id
                order by changes_on
            ) - interval 1 day as date
        ) as applies_to
    from change_day
),

test_on_day as (
    select
        band_period.rule_id,
        band_period.applies_from,
        band_period.applies_to,
        band_test.alternative,
        band_test.parameter,
        band_test.operator,
        band_test.threshold,
        row_number() over (
            partition by
                band_period.rule_id,
                band_period.applies_from,
                band_test.alternative,
                band_test.parameter,
                band_test.operator
            order by band_test.valid_from desc
        ) as recency
    from band_period
    inner join band_test
        on
            band_period.rule_id = band_test.rule_id
            and band_period.applies_from >= band_test.valid_from
            and (
                band_test.valid_to is null
                or band_period.applies_from <= band_test.valid_to
            )
),

chip_value as (
    select
        chip.chip_id,
        'tpp' as parameter,
        cast(chip_tpp.tpp as decimal(28, 4)) as value
    from chip
    left join chip_tpp
        on chip.chip_id = chip_tpp.chip_id
    where chip.is_us_origin
    union all
    select
        chip.chip_id,
        'performance_density' as parameter,
        cast(chip_tpp.performance_density as decimal(28, 4)) as value
    from chip
    left join chip_tpp
        on chip.chip_id = chip_tpp.chip_id
    where chip.is_us_origin
    union all
    select
        chip_id,
        'memory_bandwidth_gbs' as parameter,
        cast(memory_bandwidth_gbs as decimal(28, 4)) as value
    from chip
    where is_us_origin
    union all
    select
        chip_id,
        'interconnect_gbs' as parameter,
        cast(interconnect_gbs as decimal(28, 4)) as value
    from chip
    where is_us_origin
),

tested as (
    select
        test_on_day.rule_id,
        test_on_day.applies_from,
        test_on_day.applies_to,
        test_on_day.alternative,
        chip_value.chip_id,
        case
            when chip_value.value is null then 0
            when
                test_on_day.operator = '>'
                and chip_value.value > test_on_day.threshold
                then 1
            when
                test_on_day.operator = '>='
                and chip_value.value >= test_on_day.threshold
                then 1
            when
                test_on_day.operator = '<'
                and chip_value.value < test_on_day.threshold
                then 1
            when
                test_on_day.operator = '<='
                and chip_value.value <= test_on_day.threshold
                then 1
            else 0
        end as is_met
    from test_on_day
    inner join chip_value
        on test_on_day.parameter = chip_value.parameter
    where test_on_day.recency = 1
),

alternative_met as (
    select
        rule_id,
        applies_from,
        applies_to,
        alternative,
        chip_id
    from tested
    group by rule_id, applies_from, applies_to, alternative, chip_id
    having min(is_met) = 1
),

in_band as (
    select
        rule_id,
        applies_from,
        applies_to,
        chip_id
    from alternative_met
    group by rule_id, applies_from, applies_to, chip_id
),

by_band as (
    select
        fee.fee_id,
        fee.valid_from,
        in_band.chip_id,
        in_band.applies_from,
        in_band.applies_to,
        'band' as matched_by
    from fee
    inner join in_band
        on fee.band_rule_id = in_band.rule_id
),

by_name as (
    select
        fee.fee_id,
        fee.valid_from,
        chip.chip_id,
        fee.valid_from as applies_from,
        cast(null as date) as applies_to,
        'named' as matched_by
    from fee
    inner join chip
        on
            strpos(';' || fee.chip_ids || ';', ';' || chip.chip_id || ';') > 0
    where fee.band_rule_id is null
),

matched as (
    select * from by_band
    union all
    select * from by_name
),

final as (
    select
        matched.fee_id,
        matched.valid_from,
        matched.chip_id,
        matched.applies_from,
        matched.applies_to,
        matched.matched_by,
        chip.vendor,
        chip.short_name,
        chip.source_id,
        chip.confidence
    from matched
    inner join chip
        on matched.chip_id = chip.chip_id
)

select * from final
