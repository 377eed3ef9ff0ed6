-- One row per chip, price case and volume: the inputs of the fee scenarios.
-- grain: chip_id, price_case, volume_case
-- Price: the low and the high end of the latest per-GPU dollar quote. Cost:
-- the build-cost estimate (low end), null where no record gives one. The
-- transfer price is not published: the build cost stands in as its floor.
-- Volumes: none; at most licensed to date (the units of licences recorded in
-- units, and the reported cap per customer times the customers of the others);
-- the cap times ten; the ceiling of the 50 percent rule if a record gives it.
-- `chipbrief fee` puts its own rows in place of these.
with quote as (
    select * from int_chip_quote
    where price_low_usd is not null
),

fee_chip as (
    select * from int_fee_chip
),

chip as (
    select * from rec_chips
),

event as (
    select * from rec_events
),

stage as (
    select * from rec_export_stages
),

confidence as (
    select * from stg_confidence
),

parameter_row as (
    select * from parameters
),

fee_of_chip as (
    select
        chip_id,
        fee_id
    from fee_chip
    group by chip_id, fee_id
),

fee_list as (
    select
        chip_id,
        string_agg(fee_id, ';' order by fee_id) as fee_ids
    from fee_of_chip
    group by chip_id
),

cap as (
    select
        chip.chip_id,
        try_cast(
            replace(replace(event.key_parameters, '/customer', ''), ',', '')
            as decimal(18, 0)
        ) as units_per_customer,
        event.source_id,
        row_number() over (
            partition by chip.chip_id
            order by event.announced_on desc, event.event_id desc
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
    where
        event.key_parameters like '%/customer'
        and event.announced_on <= parameter_row.as_of
),

licensed as (
    select
        stage.chip_id,
        sum(
            case
                when stage.quantity_unit = 'customer'
                    then coalesce(stage.quantity_high, stage.quantity_low)
            end
        ) as customers,
        sum(
            case
                when stage.quantity_unit = 'gpu'
                    then coalesce(stage.quantity_high, stage.quantity_low)
            end
        ) as units
    from stage
    cross join parameter_row
    where
        stage.stage = 'licensed'
        and stage.reached_on <= parameter_row.as_of
    group by stage.chip_id
),

ceiling_stage as (
    select
        stage.chip_id,
        max(stage.quantity_high) as units
    from stage
    cross join parameter_row
    where
        stage.stage = 'eligible'
        and stage.quantity_unit = 'gpu'
        and stage.reached_on <= parameter_row.as_of
    group by stage.chip_id
),

volume_case as (
    select 'none' as volume_case
    union all
    select 'licensed_to_date' as volume_case
    union all
    select 'ten_customers' as volume_case
    union all
    select 'rule_ceiling' as volume_case
),

price_case as (
    select 'low' as price_case
    union all
    select 'high' as price_case
),

final as (
    select
        quote.chip_id,
        price_case.price_case,
        volume_case.volume_case,
        chip.short_name,
        case
            when price_case.price_case = 'low' then quote.price_low_usd
            else quote.price_high_usd
        end as price_usd,
        quote.quoted_on,
        quote.unit_cost_low_usd as unit_cost_usd,
        quote.unit_cost_low_usd as transfer_price_usd,
        cast(
            case
                when volume_case.volume_case = 'none' then 0
                when
                    volume_case.volume_case = 'licensed_to_date'
                    and licensed.customers is null
                    then cast(licensed.units as decimal(18, 0))
                when volume_case.volume_case = 'licensed_to_date'
                    then cast(
                        coalesce(licensed.units, 0) as decimal(18, 0)
                    )
                    + cap.units_per_customer
                    * cast(licensed.customers as decimal(12, 0))
                when volume_case.volume_case = 'ten_customers'
                    then cap.units_per_customer * cast(10 as decimal(2, 0))
                else cast(ceiling_stage.units as decimal(18, 0))
            end as decimal(20, 0)
        ) as units,
        fee_list.fee_ids,
        case
            when quote.cost_source_id is null then quote.price_source_id
            else quote.price_source_id || ';' || quote.cost_source_id
        end as source_id,
        weakest.confidence
    from quote
    inner join fee_list
        on quote.chip_id = fee_list.chip_id
    inner join chip
        on quote.chip_id = chip.chip_id
    cross join price_case
    cross join volume_case
    left join cap
        on
            quote.chip_id = cap.chip_id
            and cap.recency = 1
    left join licensed
        on quote.chip_id = licensed.chip_id
    left join ceiling_stage
        on quote.chip_id = ceiling_stage.chip_id
    left join confidence as price_mark
        on quote.price_confidence = price_mark.confidence
    left join confidence as cost_mark
        on quote.cost_confidence = cost_mark.confidence
    left join confidence as weakest
        on
            weakest.weakness = greatest(
                price_mark.weakness, coalesce(cost_mark.weakness, 0)
            )
)

select * from final
