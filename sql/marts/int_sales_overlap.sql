-- One row per record and metric that is left out because it overlaps with one
-- that is used: periods that cross, neither holding the other, periods in two
-- currencies, which cannot be subtracted, and what nobody has seen on days of
-- a period that somebody has.
-- grain: sale_id, metric
-- A figure unseen splits none that is seen: inside one, around one or across
-- one it is left out, and so is a total unseen beside a customer seen.
-- Of two that overlap the one that somebody has seen is used, then the one of
-- the better precedence, the surer, in the currency of more records, the
-- shorter, published last. A record that is left out leaves nothing else out:
-- this is followed five times, and what is then undecided is left out.
with latest as (
    select * from int_sales_version
    where place = 1
),

ranked as (
    select
        *,
        sale_id || '|' || metric as row_id,
        row_number() over (
            partition by total_id
            order by
                is_unseen asc,
                precedence asc,
                weakness asc,
                currency_count desc,
                days asc,
                published_on desc,
                period_start asc,
                period_end asc,
                sale_id asc
        ) as preference
    from latest
),

overlap as (
    select
        loser.row_id,
        loser.sale_id,
        loser.metric,
        loser.currency,
        loser.is_unseen,
        winner.row_id as winner_id,
        winner.sale_id as winner_sale_id,
        winner.currency as winner_currency,
        winner.is_unseen as is_winner_unseen,
        winner.preference
    from ranked as loser
    inner join ranked as winner
        on
            loser.total_id = winner.total_id
            and loser.customer = winner.customer
            and loser.preference > winner.preference
            and loser.period_start <= winner.period_end
            and loser.period_end >= winner.period_start
            and (
                loser.currency <> winner.currency
                or (loser.is_unseen and not winner.is_unseen)
                or (
                    loser.period_start < winner.period_start
                    and loser.period_end < winner.period_end
                )
                or (
                    loser.period_start > winner.period_start
                    and loser.period_end > winner.period_end
                )
            )
    union all
    -- a customer that somebody has seen beside a total that nobody has
    select
        loser.row_id,
        loser.sale_id,
        loser.metric,
        loser.currency,
        loser.is_unseen,
        winner.row_id as winner_id,
        winner.sale_id as winner_sale_id,
        winner.currency as winner_currency,
        winner.is_unseen as is_winner_unseen,
        winner.preference
    from ranked as loser
    inner join ranked as winner
        on
            loser.total_id = winner.total_id
            and loser.period_start <= winner.period_end
            and loser.period_end >= winner.period_start
    where
        loser.customer = ''
        and loser.is_unseen
        and winner.customer <> ''
        and not winner.is_unseen
),

pair as (
    select
        row_id,
        winner_id,
        sale_id,
        metric,
        winner_sale_id,
        preference,
        case
            when currency <> winner_currency then 'other_currency'
            when is_unseen and not is_winner_unseen then 'unseen'
            else 'overlapping'
        end as reason
    from overlap
),

loser as (
    select row_id
    from pair
    group by row_id
),

winner_state as (
    -- what is in no pair as a loser is used for certain
    select
        pair.row_id,
        pair.winner_id,
        loser.row_id is null as is_used
    from pair
    left join loser
        on pair.winner_id = loser.row_id
),

out_1 as (
    select row_id
    from winner_state
    where is_used
    group by row_id
),

used_1 as (
    -- all that it overlaps with is left out
    select winner_state.row_id
    from winner_state
    left join out_1
        on winner_state.winner_id = out_1.row_id
    group by winner_state.row_id
    having count(*) = count(out_1.row_id)
),

out_2 as (
    select winner_state.row_id
    from winner_state
    left join used_1
        on winner_state.winner_id = used_1.row_id
    where winner_state.is_used or used_1.row_id is not null
    group by winner_state.row_id
),

used_2 as (
    select winner_state.row_id
    from winner_state
    left join out_2
        on winner_state.winner_id = out_2.row_id
    group by winner_state.row_id
    having count(*) = count(out_2.row_id)
),

out_3 as (
    select winner_state.row_id
    from winner_state
    left join used_2
        on winner_state.winner_id = used_2.row_id
    where winner_state.is_used or used_2.row_id is not null
    group by winner_state.row_id
),

used_3 as (
    select winner_state.row_id
    from winner_state
    left join out_3
        on winner_state.winner_id = out_3.row_id
    group by winner_state.row_id
    having count(*) = count(out_3.row_id)
),

out_4 as (
    select winner_state.row_id
    from winner_state
    left join used_3
        on winner_state.winner_id = used_3.row_id
    where winner_state.is_used or used_3.row_id is not null
    group by winner_state.row_id
),

used_4 as (
    select winner_state.row_id
    from winner_state
    left join out_4
        on winner_state.winner_id = out_4.row_id
    group by winner_state.row_id
    having count(*) = count(out_4.row_id)
),

out_5 as (
    select winner_state.row_id
    from winner_state
    left join used_4
        on winner_state.winner_id = used_4.row_id
    where winner_state.is_used or used_4.row_id is not null
    group by winner_state.row_id
),

used_5 as (
    select winner_state.row_id
    from winner_state
    left join out_5
        on winner_state.winner_id = out_5.row_id
    group by winner_state.row_id
    having count(*) = count(out_5.row_id)
),

left_out as (
    select
        pair.sale_id,
        pair.metric,
        pair.winner_sale_id,
        pair.reason,
        row_number() over (
            partition by pair.row_id
            order by
                case
                    when loser.row_id is null or winner_used.row_id is not null
                        then 0
                    else 1
                end asc,
                pair.preference asc
        ) as against
    from pair
    left join used_5
        on pair.row_id = used_5.row_id
    left join loser
        on pair.winner_id = loser.row_id
    left join used_5 as winner_used
        on pair.winner_id = winner_used.row_id
    where used_5.row_id is null
),

final as (
    select
        sale_id,
        metric,
        winner_sale_id as against_sale_id,
        reason
    from left_out
    where against = 1
)

select * from final
