"""The store: where records, ledgers, snapshots and editions live, and how they change safely.

Nothing here knows what a chip or a briefing is; nothing here imports the stages.
"""
