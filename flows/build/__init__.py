"""The build stage: SQL models over the recorded versions, checked and published together."""
