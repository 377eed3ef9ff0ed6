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

final as (
    -- from the filings outwards: they are few, the shipments are many
    select
        filed.vendor,
        filed.chip_id,
        filed.segment,
        filed.region,
        filed.basis,
        filed.scope,
        filed.month,
        count(*) as shipment_count
    from filed
    inner join sale
        on
            filed.vendor = sale.vendor
            and filed.chip_id = coalesce(sale.chip_id, 'all')
            and filed.segment = sale.segment
            and filed.region = sale.region
            and filed.scope = sale.scope
            and filed.month = cast(
                date_trunc('month', sale.period_start) as date
            )
            and filed.basis = case
                when sale.basis = 'unspecified' then 'shipment'
                else sale.basis
            end
    where
        sale.period_start = sale.period_end
        and sale.value_type not in ('estimate', 'forecast')
    group by
        filed.vendor, filed.chip_id, filed.segment, filed.region,
        filed.basis, filed.scope, filed.month
)

select * from final
