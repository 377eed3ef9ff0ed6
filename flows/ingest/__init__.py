"""Ingest: files in, records and quarantine out, in one transaction a file.

Importing this package loads nothing heavy; `flows.ingest.run.ingest` is the way in.
"""
