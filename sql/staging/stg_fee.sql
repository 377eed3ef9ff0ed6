-- One row per fee instrument and version: since when it was announced, since
-- when and until when it was in force, and where it stands on the as-of date.
-- grain: fee_id, valid_from
-- An instrument is in force only by its effective date (trap 8): announced is
-- not in force, and a record that says in_force takes effect on its own day.
with fee as (
    select * from rec_fees
),

parameter_row as (
    select * from parameters
),

ordered as (
    select
        fee.*,
        lead(fee.valid_from) over (
            partition by fee.fee_id
            order by fee.valid_from
        ) as next_valid_from
    from fee
),

dated as (
    select
        ordered.*,
        case
            when ordered.next_valid_from is null then ordered.valid_to
            when
                ordered.valid_to is null
                or ordered.valid_to >= ordered.next_valid_from
                then cast(
                    ordered.next_valid_from - interval 1 day as date
                )
            else ordered.valid_to
        end as last_valid_on
    from ordered
),

final as (
    select
        dated.fee_id,
        dated.valid_from,
        dated.last_valid_on,
        case
            when dated.effective_from is not null
                then greatest(dated.effective_from, dated.valid_from)
        end as in_force_from,
        case
            when dated.effective_from is not null then dated.last_valid_on
        end as in_force_to,
        case
            when dated.effective_from is null
                then greatest(dated.announced_on, dated.valid_from)
        end as announced_only_from,
        case
            when dated.effective_from is null then dated.last_valid_on
        end as announced_only_to,
        case
            when
                dated.status = 'struck_down'
                and (
                    dated.last_valid_on is null
                    or dated.last_valid_on < parameter_row.as_of
                )
                then 'struck_down'
            when dated.last_valid_on < parameter_row.as_of
                then 'superseded'
            when
                dated.status = 'superseded' and dated.last_valid_on is null
                then 'superseded'
            when dated.effective_from is null then 'announced'
            when dated.effective_from > parameter_row.as_of
                then 'not_yet_in_force'
            else 'in_force'
        end as status,
        row_number() over (
            partition by dated.fee_id
            order by
                case
                    when dated.valid_from <= parameter_row.as_of then 0
                    else 1
                end,
                abs(
                    date_diff('day', dated.valid_from, parameter_row.as_of)
                )
        ) = 1 as is_current,
        dated.title,
        dated.title_zh,
        dated.jurisdiction,
        dated.announced_on,
        dated.effective_from,
        dated.valid_to,
        dated.rate,
        dated.base,
        dated.base_text,
        dated.payer,
        dated.inclusion,
        dated.instrument,
        dated.applies_to,
        dated.chip_ids,
        dated.band_rule_id,
        coalesce(dated.is_exemption, false) as is_exemption,
        dated.challenge,
        dated.challenge_zh,
        dated.source_id,
        dated.confidence
    from dated
    cross join parameter_row
)

select * from final
