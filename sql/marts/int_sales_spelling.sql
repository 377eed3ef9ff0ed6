-- One row per name of a vendor, region or segment as some record of a period
-- of several days writes it: how the series is called.
-- grain: field, written
-- Capitals, blanks, hyphens, dots and brackets make no other series: `total`
-- is `Total`. A listed company's own spelling is taken, and the usual one of
-- regions and totals; else that of the record published first, and of two
-- spellings of one day the one that more records have.
with sale as (
    select * from rec_sales
    where period_start < period_end
),

company as (
    select * from rec_companies
),

written_name as (
    select
        'vendor' as field,
        vendor as written,
        published_on
    from sale
    union all
    select
        'region' as field,
        region as written,
        published_on
    from sale
    union all
    select
        'segment' as field,
        segment as written,
        published_on
    from sale
),

counted as (
    select
        field,
        written,
        min(published_on) as first_on,
        count(*) as record_count
    from written_name
    group by field, written
),

usual as (
    select
        'vendor' as field,
        vendor as written
    from company
    union all
    select
        'region' as field,
        'World' as written
    union all
    select
        'region' as field,
        'China' as written
    union all
    select
        'region' as field,
        'China incl. HK' as written
    union all
    select
        'region' as field,
        'non-China' as written
    union all
    select
        'segment' as field,
        'Total' as written
    union all
    select
        'segment' as field,
        'Data Center' as written
),

name as (
    select
        field,
        written,
        first_on,
        record_count,
        1 as spelling_rank
    from counted
    union all
    select
        field,
        written,
        cast(null as date) as first_on,
        cast(0 as bigint) as record_count,
        0 as spelling_rank
    from usual
),

folded as (
    select
        *,
        replace(replace(replace(replace(replace(replace(replace(
            lower(trim(written)),
            '.', ''
        ), '(', ''), ')', ''), '  ', ' '), '  ', ' '), '  ', ' '), ' ', '-')
            as folded_name
    from name
),

chosen as (
    select
        field,
        folded_name,
        written,
        row_number() over (
            partition by field, folded_name
            order by
                spelling_rank asc,
                first_on asc,
                record_count desc,
                written asc
        ) as choice
    from folded
),

final as (
    select
        folded.field,
        folded.written,
        chosen.written as spelling
    from folded
    inner join chosen
        on
            folded.field = chosen.field
            and folded.folded_name = chosen.folded_name
            and chosen.choice = 1
    where folded.spelling_rank = 1
)

select * from final
