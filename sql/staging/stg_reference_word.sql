-- One row per topic and word that records may use without a record of it.
-- grain: topic, name
-- Regions and segments as filings write them, whom a publisher's share may be
-- of beside vendors, what an event may affect beside chips on record, and the
-- currency that rates are in. TWD is what TSMC reports in: no rate of it is at
-- hand, which each figure says. Regions that begin with China are known too:
-- the figures read them.
with word as (
    select
        listed.topic,
        listed.name
    from
        (
            values
            ('currency', 'USD'),
            ('currency', 'TWD'),
            ('region', 'World'),
            ('region', 'China'),
            ('region', 'China incl. HK'),
            ('region', 'non-China'),
            ('region', 'Hong Kong'),
            ('region', 'Taiwan'),
            ('region', 'United States'),
            ('region', 'Other'),
            ('segment', 'Total'),
            ('segment', 'Data Center'),
            ('segment', 'AI accelerators'),
            ('segment', 'Ascend'),
            ('segment', 'MI308'),
            ('segment', '910C'),
            ('segment', 'cloud cards'),
            ('segment', 'Compute'),
            ('segment', 'Networking'),
            ('segment', 'Compute & Networking'),
            ('segment', 'Gaming'),
            ('segment', 'Hyperscale'),
            ('segment', 'AI Clouds Industrial Enterprise'),
            ('segment', 'Edge Computing'),
            ('segment', 'AI semiconductors'),
            ('segment', 'Invented shipments'),
            ('chip_name', '910D'),
            ('chip_name', 'HBM'),
            ('chip_name', 'L40S'),
            ('chip_name', 'MI325X and below'),
            ('chip_name', 'RTX4090'),
            ('chip_name', 'all'),
            ('chip_name', 'all 3A090/4A090'),
            ('chip_name', 'all foreign'),
            ('chip_name', 'domestic'),
            ('share_vendor', 'all'),
            ('share_vendor', 'domestic'),
            ('share_vendor', 'imported')
        ) as listed (topic, name)
),

final as (
    select
        cast(topic as varchar) as topic,
        cast(name as varchar) as name
    from word
)

select * from final
