-- One row per vendor, chip, segment, region, basis and month that has both
-- shipments and a filed period, which would be added: must be empty.
-- grain: vendor, chip_id, segment, region, basis, scope, month
-- The way out: give the shipments basis "shipment".
with sale as (
    select * from rec_sales
),

fiscal_month as (
    select * from int_sales_fiscal_month
    where value_type = 'reported' and metric = 'revenue'
),

filed as (
    select
        vendor,
        chip_id,
        segment,
        region,
        basis,
        scope,
        month
    from fiscal_month
    group by vendor, chip_id, segment, region, basis, scope, month
),

shipped as (
    select
        vendor,
        coalesce(chip_id, 'all') as chip_id,
        segment,
        region,
        case when basis = 'unspecified' then 'shipment' else basis end
            as basis,
        scope,
        cast(date_trunc('month', period_start) as date) as month,
        count(*) as shipment_count
    from sale
    where
        period_start = period_end
        and value_type not in ('estimate', 'forecast')
    group by
        vendor, coalesce(chip_id, 'all'), segment, region,
        case when basis = 'unspecified' then 'shipment' else basis end,
        scope, cast(date_trunc('month', period_start) as date)
),

final as (
    select
        filed.vendor,
        filed.chip_id,
        filed.segment,
        filed.region,
        filed.basis,
        filed.scope,
        filed.month,
        shipped.shipment_count
    from filed
    inner join shipped
        on
            filed.vendor = shipped.vendor
            and filed.chip_id = shipped.chip_id
            and filed.segment = shipped.segment
            and filed.region = shipped.region
            and filed.basis = shipped.basis
            and filed.scope = shipped.scope
            and filed.month = shipped.month
)

select * from final
