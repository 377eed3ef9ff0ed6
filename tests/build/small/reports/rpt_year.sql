select vendor, cast(sum(units) as bigint) as units from fct_month group by vendor
