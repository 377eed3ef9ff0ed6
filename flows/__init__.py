"""The stages of chipbrief: ingest, build, brief, deliver, and what strings them together."""
