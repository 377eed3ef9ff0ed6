-- One row per chip: what it is, what the rules in force make of it, and what
-- the export status on the as-of date is. Class and status are two things.
-- grain: chip_id
-- source: class ECCN 3A090.a/.b (15 CFR 774 supp. 1); review zone 15 CFR
-- 742.6(b)(10)(iii)(A)(1); duty bands Proclamation 11002. All thresholds come
-- from rec_rules as of the date, rates from rec_fees.
with chip as (
    select * from rec_chips
),

parameter_row as (
    select * from parameters
),

chip_tpp as (
    select * from int_chip_tpp
),

edge as (
    select * from int_chip_edge
),

chip_rule as (
    select * from int_chip_rule
),

duty as (
    select * from stg_duty_in_force
),

export_status as (
    select * from stg_export_status
),

conflict as (
    select * from rec_chip_conflicts
),

letter as (
    select * from int_chip_letter
),

mark as (
    select * from stg_confidence
),

-- A chip in two bands is in the one of the higher rate, then the later one.
ranked_duty as (
    select
        chip_rule.chip_id,
        duty.*,
        row_number() over (
            partition by chip_rule.chip_id, chip_rule.reason
            order by
                duty.rate desc,
                duty.effective_from desc,
                duty.rule_id asc
        ) as duty_place
    from chip_rule
    inner join duty
        on chip_rule.rule_id = duty.rule_id
),

-- One value a role: 3 met, 2 undecided, 1 not met, null where no rule of that
-- role is in force. Of two rules of a role the one that is met decides.
rule_outcome as (
    select
        chip_rule.chip_id,
        max(
            case when chip_rule.rule_role in ('class_a', 'class_b') then 1 end
        ) as has_class_rule,
        max(
            case when chip_rule.rule_id = '3A090-2022' then 1 end
        ) as has_2022_rule,
        max(
            case
                when chip_rule.rule_role = 'class_a'
                    then
                        case chip_rule.reason
                            when 'met' then 3
                            when 'unknown' then 2
                            else 1
                        end
            end
        ) as class_a_no,
        max(
            case
                when chip_rule.rule_role = 'class_b'
                    then
                        case chip_rule.reason
                            when 'met' then 3
                            when 'unknown' then 2
                            else 1
                        end
            end
        ) as class_b_no,
        string_agg(
            distinct case
                when chip_rule.rule_role = 'class_a'
                    then chip_rule.missing_parameters
            end, ';'
            order by case
                when chip_rule.rule_role = 'class_a'
                    then chip_rule.missing_parameters
            end
        ) as class_a_missing,
        string_agg(
            distinct case
                when chip_rule.rule_role = 'class_b'
                    then chip_rule.missing_parameters
            end, ';'
            order by case
                when chip_rule.rule_role = 'class_b'
                    then chip_rule.missing_parameters
            end
        ) as class_b_missing,
        max(
            case
                when chip_rule.rule_role = 'review_zone'
                    then
                        case chip_rule.reason
                            when 'met' then 3
                            when 'unknown' then 2
                            else 1
                        end
            end
        ) as review_zone_no,
        string_agg(
            distinct case
                when chip_rule.rule_role = 'review_zone'
                    then chip_rule.missing_parameters
            end, ';'
            order by case
                when chip_rule.rule_role = 'review_zone'
                    then chip_rule.missing_parameters
            end
        ) as review_missing,
        max(
            case
                when chip_rule.reason = 'met' and duty.duty_place = 1
                    then duty.rule_id
            end
        ) as band_met,
        max(
            case
                when chip_rule.reason = 'unknown' and duty.duty_place = 1
                    then duty.rule_id
            end
        ) as band_unknown,
        max(case when duty.rule_id is not null then 1 end) as band_tested,
        max(
            case when chip_rule.reason = 'met' then duty.rate end
        ) as rate_if_met,
        max(
            case when chip_rule.reason = 'met' then duty.effective_from end
        ) as duty_from_if_met
    from chip_rule
    left join ranked_duty as duty
        on
            chip_rule.chip_id = duty.chip_id
            and chip_rule.rule_id = duty.rule_id
    group by chip_rule.chip_id
),

-- Review zone and duty bands bind US-origin chips only, so their edges count
-- for no other.
ranked_edge as (
    select
        edge.*,
        row_number() over (
            partition by edge.chip_id
            order by
                abs(edge.distance_pct) asc,
                case edge.rule_role
                    when 'class_a' then 1
                    when 'class_b' then 2
                    when 'review_zone' then 3
                    else 4
                end asc,
                edge.valid_from desc,
                edge.alternative asc,
                edge.rule_id asc,
                edge.parameter asc,
                edge.operator asc
        ) as edge_rank
    from edge
    inner join chip
        on edge.chip_id = chip.chip_id
    where
        edge.distance_pct is not null
        and (
            chip.is_us_origin
            or edge.rule_role in ('class_a', 'class_b')
        )
),

ranked_duty_edge as (
    select
        edge.*,
        row_number() over (
            partition by edge.chip_id
            order by
                abs(edge.distance_pct) asc,
                case edge.rule_role
                    when 'class_a' then 1
                    when 'class_b' then 2
                    when 'review_zone' then 3
                    else 4
                end asc,
                edge.valid_from desc,
                edge.alternative asc,
                edge.rule_id asc,
                edge.parameter asc,
                edge.operator asc
        ) as edge_rank
    from edge
    inner join chip
        on edge.chip_id = chip.chip_id
    inner join duty
        on edge.rule_id = duty.rule_id
    where
        edge.distance_pct is not null
        and chip.is_us_origin
),

contested as (
    select
        chip_id,
        string_agg(field, ';' order by field) as contested_fields
    from conflict
    group by chip_id
),

classed as (
    select
        chip.*,
        parameter_row.as_of,
        chip_tpp.tpp,
        chip_tpp.tpp_format,
        chip_tpp.formats_known,
        chip_tpp.performance_density,
        rule_outcome.has_class_rule,
        rule_outcome.has_2022_rule,
        case rule_outcome.review_zone_no
            when 3 then 'met'
            when 2 then 'unknown'
            when 1 then 'not_met'
        end as review_zone,
        rule_outcome.review_missing,
        rule_outcome.band_met,
        rule_outcome.band_unknown,
        rule_outcome.band_tested,
        rule_outcome.rate_if_met,
        rule_outcome.duty_from_if_met,
        coalesce(
            rule_outcome.class_a_missing, rule_outcome.class_b_missing
        ) as class_missing,
        case
            when rule_outcome.class_a_no = 3 then '3A090.a'
            when rule_outcome.class_a_no = 2 then 'unknown'
            when rule_outcome.class_b_no = 3 then '3A090.b'
            when rule_outcome.class_b_no = 2 then 'unknown'
            else 'below'
        end as class_if_decided
    from chip
    cross join parameter_row
    left join chip_tpp
        on chip.chip_id = chip_tpp.chip_id
    left join rule_outcome
        on chip.chip_id = rule_outcome.chip_id
),

judged as (
    select
        *,
        case
            when
                class_if_decided = 'unknown'
                and class_missing = 'performance_density'
                and tpp is not null
                then 'needs_die_area'
            else class_if_decided
        end as eccn_class,
        case
            when has_class_rule is null then 'no_rule_in_force'
            when class_if_decided = '3A090.a' and has_2022_rule = 1
                then 'meets_2022_rule'
            when class_if_decided = '3A090.a' then 'meets_a'
            when class_if_decided = '3A090.b' then 'meets_b'
            when class_if_decided = 'below' then 'below_thresholds'
            when tpp is null then 'tpp_unknown'
            when class_missing = 'performance_density'
                then 'die_area_unknown'
            when class_missing = 'interconnect_gbs'
                then 'interconnect_unknown'
            else 'inputs_unknown'
        end as eccn_reason,
        case
            when not is_us_origin then 'not_applicable'
            when band_met is not null then replace(band_met, 'duty_', '')
            when band_unknown is not null then 'unknown'
            else 'none'
        end as duty_band
    from classed
),

reasoned as (
    select
        judged.*,
        case
            when not judged.is_us_origin then 'not_us_origin'
            when judged.review_zone is null then 'no_review_zone_in_force'
            when judged.review_zone = 'not_met' then 'outside_zone'
            when judged.eccn_class = 'below' then 'below_class'
            when
                judged.review_zone = 'met'
                and judged.eccn_class in ('3A090.a', '3A090.b')
                then 'inside_zone'
            when judged.review_zone = 'met' then 'class_undecided'
            when judged.review_missing = 'memory_bandwidth_gbs'
                then 'memory_bandwidth_unknown'
            when judged.review_missing = 'tpp' then 'tpp_unknown'
            else 'tpp_and_bandwidth_unknown'
        end as review_reason,
        case
            when not judged.is_us_origin then 'not_us_origin'
            when judged.band_tested is null then 'no_duty_in_force'
            when judged.band_met is not null then 'inside_band'
            when judged.duty_band = 'none' then 'outside_bands'
            when
                judged.tpp is not null
                and judged.memory_bandwidth_gbs is null
                then 'memory_bandwidth_unknown'
            when
                judged.tpp is null
                and judged.memory_bandwidth_gbs is not null
                then 'tpp_unknown'
            else 'tpp_and_bandwidth_unknown'
        end as duty_reason,
        us_status.status as us_status,
        us_status.effective_from as us_status_from,
        us_status.effective_from_precision as us_status_precision,
        us_status.basis as us_status_basis,
        us_status.source_id as us_source_id,
        us_status.confidence as us_confidence,
        cn_status.status as cn_status,
        cn_status.effective_from as cn_status_from,
        cn_status.effective_from_precision as cn_status_precision,
        cn_status.basis as cn_status_basis,
        letter.letter_on,
        letter.letter_announced_on,
        letter.letter_instrument,
        letter.source_id as letter_source_id
    from judged
    left join letter
        on judged.chip_id = letter.chip_id
    left join export_status as us_status
        on
            judged.chip_id = us_status.chip_id
            and us_status.jurisdiction = 'US'
    left join export_status as cn_status
        on
            judged.chip_id = cn_status.chip_id
            and cn_status.jurisdiction = 'CN'
),

marked as (
    select
        reasoned.*,
        greatest(
            chip_mark.weakness,
            coalesce(us_mark.weakness, chip_mark.weakness)
        ) as weakness
    from reasoned
    left join mark as chip_mark
        on reasoned.confidence = chip_mark.confidence
    left join mark as us_mark
        on reasoned.us_confidence = us_mark.confidence
),

final as (
    select
        marked.chip_id,
        marked.as_of,
        marked.vendor,
        marked.vendor_country,
        marked.model,
        marked.short_name,
        marked.aliases,
        marked.architecture,
        marked.announced_on,
        marked.announced_precision,
        marked.process_node,
        marked.foundry,
        marked.die_area_mm2,
        marked.is_die_area_estimate,
        marked.memory_gb,
        marked.memory_type,
        marked.memory_bandwidth_gbs,
        marked.fp32_tflops,
        marked.fp16_dense_tflops,
        marked.fp8_dense_tflops,
        marked.int8_dense_tops,
        marked.fp4_dense_tflops,
        marked.fp16_sparse_tflops,
        marked.fp8_sparse_tflops,
        marked.sparse_headline,
        marked.tdp_w,
        marked.interconnect_gbs,
        marked.interconnect_name,
        marked.is_us_origin,
        marked.has_vendor_datasheet,
        marked.tpp,
        marked.tpp_format,
        marked.formats_known,
        marked.performance_density,
        marked.eccn_class,
        marked.eccn_reason,
        case
            when marked.review_reason = 'inside_zone' then true
            when
                marked.review_reason in (
                    'no_review_zone_in_force', 'outside_zone', 'below_class'
                )
                then false
        end as is_review_eligible,
        marked.review_reason,
        marked.duty_band,
        marked.duty_reason,
        case
            when marked.duty_reason = 'inside_band'
                then cast(
                    marked.rate_if_met * cast(100 as decimal(3, 0))
                    as decimal(18, 4)
                )
        end as duty_rate_pct,
        case
            when marked.duty_reason = 'inside_band'
                then marked.duty_from_if_met
        end as duty_from,
        ranked_edge.rule_id as nearest_edge_rule,
        ranked_edge.parameter as nearest_edge_parameter,
        ranked_edge.operator as nearest_edge_operator,
        ranked_edge.threshold as nearest_edge_threshold,
        ranked_edge.distance_pct as nearest_edge_pct,
        ranked_edge.is_within_1pct as is_near_edge,
        ranked_duty_edge.parameter as duty_edge_parameter,
        ranked_duty_edge.operator as duty_edge_operator,
        ranked_duty_edge.threshold as duty_edge_threshold,
        ranked_duty_edge.distance_pct as duty_edge_pct,
        marked.us_status,
        marked.us_status_from,
        marked.us_status_precision,
        marked.us_status_basis,
        marked.cn_status,
        marked.cn_status_from,
        marked.cn_status_precision,
        marked.cn_status_basis,
        case
            when not marked.is_us_origin then cast(null as boolean)
            when marked.us_status = 'free' then false
            when marked.us_status is not null then true
            when marked.eccn_class in ('3A090.a', '3A090.b') then true
        end as is_us_licence_needed,
        case
            when not marked.is_us_origin then 'not_us_origin'
            when marked.us_status = 'free' then 'free'
            when
                marked.us_status is not null
                and marked.eccn_class in ('3A090.a', '3A090.b')
                then 'class'
            when
                marked.us_status is not null and marked.eccn_class = 'below'
                then 'letter_below_class'
            when marked.us_status is not null then 'status'
            when marked.eccn_class in ('3A090.a', '3A090.b') then 'class'
            else 'unknown'
        end as licence_basis,
        case
            when not marked.is_us_origin then 'not_us_origin'
            when marked.us_status = 'announced_not_effective'
                then 'announced_not_effective'
            when marked.us_status = 'free' then 'free'
            when
                marked.us_status is not null
                and marked.eccn_class = 'below'
                and marked.letter_on is not null
                then 'letter_below_class'
            when marked.us_status is not null and marked.eccn_class = 'below'
                then 'status_below_class'
            when
                marked.review_reason = 'inside_zone'
                and marked.duty_reason = 'inside_band'
                then 'review_with_duty'
            when marked.review_reason = 'inside_zone' then 'review_no_duty'
            when marked.eccn_class in ('3A090.a', '3A090.b')
                then 'licence_by_class'
            when marked.us_status is not null then 'licence_by_status'
            when marked.eccn_class = 'below' then 'below_no_record'
            else 'undecided'
        end as standing,
        marked.letter_on,
        marked.letter_announced_on,
        marked.letter_instrument,
        marked.letter_source_id,
        marked.confidence = 'contested' as is_contested,
        contested.contested_fields,
        marked.note,
        case
            when marked.us_source_id is null then marked.source_id
            when
                ';' || marked.source_id || ';'
                like '%;' || marked.us_source_id || ';%'
                then marked.source_id
            else marked.source_id || ';' || marked.us_source_id
        end as source_id,
        final_mark.confidence
    from marked
    left join ranked_edge
        on
            marked.chip_id = ranked_edge.chip_id
            and ranked_edge.edge_rank = 1
    left join ranked_duty_edge
        on
            marked.chip_id = ranked_duty_edge.chip_id
            and ranked_duty_edge.edge_rank = 1
    left join contested
        on marked.chip_id = contested.chip_id
    left join mark as final_mark
        on marked.weakness = final_mark.weakness
)

select * from final
