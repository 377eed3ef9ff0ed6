-- One row per source on record: whose voice it is, and what precedence it has.
-- grain: source_id
-- Filings of one publisher are one voice; so are a source and the one that it
-- succeeds. Successions are followed eight links far; a ring of them leads
-- nowhere. A source that is not on record is a voice of its own.
with source as (
    select * from rec_sources
),

link as (
    select
        key as source_id,
        coalesce(succeeds, key) as root_id
    from source
),

two_links as (
    select
        link.source_id,
        coalesce(further.root_id, link.root_id) as root_id
    from link
    left join link as further
        on link.root_id = further.source_id
),

four_links as (
    select
        two_links.source_id,
        coalesce(further.root_id, two_links.root_id) as root_id
    from two_links
    left join two_links as further
        on two_links.root_id = further.source_id
),

eight_links as (
    select
        four_links.source_id,
        coalesce(further.root_id, four_links.root_id) as root_id
    from four_links
    left join four_links as further
        on four_links.root_id = further.source_id
),

final as (
    select
        source.key as source_id,
        coalesce(root.publisher, eight_links.root_id) as voice_id,
        coalesce(source.precedence, 1000) as precedence
    from source
    inner join eight_links
        on source.key = eight_links.source_id
    left join source as root
        on eight_links.root_id = root.key
)

select * from final
